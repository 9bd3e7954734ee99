import { type AccessExplanation, type AccessSubject, AccountError } from "@layerport/accounts";
import { parseOrganizationName } from "@layerport/registry-core";
import { type OrganizationPage, offers, organizationForPage } from "../../../../../server/organization.ts";
import { organizationPath } from "../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../server/parameters.ts";
import { orRefused } from "../../../../../server/refusal.ts";
import { rooms } from "../../../../../server/rooms.ts";
import { type FormState, refusedForm } from "../../../../../server/submit-form.ts";
import { catalogForViewer } from "../../../../../server/viewer.ts";
import { AccessFrame } from "../../../../../views/access/access-frame.tsx";
import { ExplainForm } from "../../../../../views/access/explain-form.tsx";
import { Explanation } from "../../../../../views/access/explanation.tsx";
import { PageHeader } from "../../../../../views/frame/page-header.tsx";
import { withQuery } from "../../../../../views/frame/pager.tsx";

/** How many names the fields offer to pick from. */
const offeredNames = 100;

interface AccessPageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: AccessPageProps) {
  return { title: `Access to ${(await params).organization}` };
}

/** Why may somebody do something in a repository, or why not? */
export default async function AccessPage({ params, searchParams }: AccessPageProps) {
  const page = await organizationForPage((await params).organization);
  const { name } = page.organization;
  const query = await readQuery(searchParams);
  const { who, repository } = query;
  const seesOthers = await offers(page, "read-rights");
  const [{ explanation, refused }, names, mayChange] = await Promise.all([
    who === undefined || repository === undefined ? noAnswer : explain(page, { who, repository }),
    namesToPick(page, seesOthers),
    offers(page, "change-grants"),
  ]);
  const entered = { ...query, who: who ?? (seesOthers ? "" : page.viewer.name) };
  return (
    <AccessFrame page={page} current="explain">
      <PageHeader
        level={2}
        title="Explain access"
        description={
          seesOthers
            ? "What somebody may do in a repository, and by which role or grant."
            : "What you may do in a repository, and by which role or grant. Maintainers and owners can ask about others."
        }
      />
      <div className="flex flex-col gap-6">
        <ExplainForm organization={name} state={{ ...refused, entered }} {...names} />
        {explanation === undefined ? null : (
          <Explanation
            explanation={explanation}
            organization={name}
            mayChange={mayChange}
            back={withQuery(organizationPath(name, "access"), { who, repository })}
          />
        )}
      </div>
    </AccessFrame>
  );
}

const noAnswer: { explanation?: AccessExplanation; refused?: FormState } = {};

async function explain(
  { viewer, organization }: OrganizationPage,
  asked: { who: string; repository: string },
): Promise<{ explanation?: AccessExplanation; refused?: FormState }> {
  const prefix = `${organization.name}/`;
  if (!asked.repository.startsWith(prefix)) {
    return { refused: { field: "repository", message: `Ask about a repository of ${organization.name}: ${prefix}…` } };
  }
  try {
    const subject = subjectOf(asked.who.trim());
    return { explanation: await rooms().accounts.explainAccess(viewer, subject, asked.repository.trim()) };
  } catch (error) {
    if (AccountError.is(error) && error.code === "NOT_ALLOWED") {
      return { refused: { field: "who", message: "Only maintainers and owners may ask about others." } };
    }
    if (!AccountError.is(error)) throw error;
    return { refused: refusedForm(error, asked, { PRINCIPAL: "who", NAME: "repository" }) };
  }
}

/** A robot's login name has a plus, which no person's name has. */
function subjectOf(who: string): AccessSubject {
  if (who === "anybody") return { kind: "anonymous" };
  return { kind: who.includes("+") ? "robot" : "user", name: who };
}

async function namesToPick(
  page: OrganizationPage,
  seesOthers: boolean,
): Promise<{ people: readonly string[]; repositories: readonly string[] }> {
  const { viewer, organization } = page;
  const { accounts } = rooms();
  const catalog = await catalogForViewer();
  const [members, robots, repositories] = await Promise.all([
    seesOthers ? orRefused(accounts.listMembers(viewer, organization.name, { limit: offeredNames })) : undefined,
    (await offers(page, "read-robots")) ? orRefused(accounts.listRobots(viewer, organization.name)) : [],
    catalog.listRepositories({
      organization: parseOrganizationName(organization.name),
      order: "name",
      limit: offeredNames,
    }),
  ]);
  return {
    people: [
      ...robots.slice(0, offeredNames).map(({ loginName }) => loginName),
      ...(members?.entries.map((member) => member.name) ?? [viewer.name]),
    ],
    repositories: repositories.entries.map((repository) => repository.name),
  };
}
