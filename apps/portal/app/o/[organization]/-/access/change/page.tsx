import { type AccessPreview, AccountError, type AccountErrorCode } from "@layerport/accounts";
import { notFound } from "next/navigation";
import { type OrganizationPage, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../../server/parameters.ts";
import { orRefused } from "../../../../../../server/refusal.ts";
import { returnPath } from "../../../../../../server/return-path.ts";
import { rooms } from "../../../../../../server/rooms.ts";
import { type FormState, refusedForm } from "../../../../../../server/submit-form.ts";
import { ConfirmPanel } from "../../../../../../ui/confirm-panel.tsx";
import {
  type ChangeQuery,
  findChange,
  findChangeKind,
  formatChange,
  joinTicks,
} from "../../../../../../views/access/access-change.ts";
import { AccessDifferences } from "../../../../../../views/access/access-differences.tsx";
import { saveChange } from "../../../../../../views/access/change-actions.ts";
import { ChangeControls } from "../../../../../../views/access/change-controls.tsx";
import { changeWords } from "../../../../../../views/access/change-words.ts";
import { grantFields } from "../../../../../../views/access/grant-form.tsx";
import { PageHeader } from "../../../../../../views/frame/page-header.tsx";
import { OrganizationFrame } from "../../../../../../views/organization/organization-frame.tsx";

interface ChangePageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export const metadata = { title: "Change of access" };

/** Who gains and who loses, before a role, a team or a grant is changed. The address is the change. */
export default async function ChangePage({ params, searchParams }: ChangePageProps) {
  const page = await organizationForPage((await params).organization);
  const { name } = page.organization;
  const query = joinTicks(await readQuery(searchParams));
  if (findChangeKind(query) === undefined) notFound();
  const asked = returnPath(query.back);
  const back = asked === "/" ? organizationPath(name, "access") : asked;
  const change = findChange(query);
  const { preview, refused } = change === undefined ? {} : await previewOf(page, query);
  const words = changeWords(query, { organization: name, viewer: page.viewer.name });
  return (
    <OrganizationFrame page={page} tab="access" crumbs={[{ label: words.title }]}>
      <PageHeader level={2} title={words.title} description={words.description} />
      <div className="flex flex-col gap-6">
        <ChangeControls page={page} query={query} state={refused ?? { entered: query }} back={back} />
        {change === undefined || preview === undefined ? null : (
          <ConfirmPanel
            title="What changes"
            confirmLabel={words.button}
            confirmVariant={words.isDanger ? "danger" : "primary"}
            cancelHref={back}
            action={saveChange}
            fields={{ ...formatChange(change), organization: name, back }}
          >
            <AccessDifferences preview={preview} />
          </ConfirmPanel>
        )}
      </div>
    </OrganizationFrame>
  );
}

/** What belongs to the address is a page of its own; the rest is said at the form's field. */
const ofThePage: readonly AccountErrorCode[] = ["ORGANIZATION_UNKNOWN", "NOT_ALLOWED", "TEAM_UNKNOWN", "GRANT_UNKNOWN"];

async function previewOf(
  { viewer, organization }: OrganizationPage,
  query: ChangeQuery,
): Promise<{ preview?: AccessPreview; refused?: FormState }> {
  const change = findChange(query);
  if (change === undefined) return {};
  try {
    return { preview: await rooms().accounts.previewChange(viewer, organization.name, change) };
  } catch (error) {
    if (!AccountError.is(error) || ofThePage.includes(error.code)) return orRefused(Promise.reject(error));
    return { refused: refusedForm(error, query, grantFields) };
  }
}
