import { formatCounted } from "../../../../../format/count.ts";
import { offers, organizationForPage } from "../../../../../server/organization.ts";
import { organizationPath } from "../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../server/parameters.ts";
import { orRefused } from "../../../../../server/refusal.ts";
import { rooms } from "../../../../../server/rooms.ts";
import { slicePage } from "../../../../../server/slice-page.ts";
import { EmptyState } from "../../../../../ui/empty-state.tsx";
import { LinkButton } from "../../../../../ui/link-button.tsx";
import { PageHeader } from "../../../../../views/frame/page-header.tsx";
import { Pager } from "../../../../../views/frame/pager.tsx";
import { OrganizationFrame } from "../../../../../views/organization/organization-frame.tsx";
import { TeamTable } from "../../../../../views/team/team-table.tsx";

interface TeamsPageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: TeamsPageProps) {
  return { title: `Teams of ${(await params).organization}` };
}

/** Which groups of members get rights together? */
export default async function TeamsPage({ params, searchParams }: TeamsPageProps) {
  const page = await organizationForPage((await params).organization);
  const { after } = await readQuery(searchParams);
  const { name } = page.organization;
  const [teams, mayChange] = await Promise.all([
    orRefused(rooms().accounts.listTeams(page.viewer, name)),
    offers(page, "change-teams"),
  ]);
  const { entries, next } = slicePage(teams, { limit: 50, after, keyOf: (team) => team.name });
  const path = organizationPath(name, "teams");
  const create = (
    <LinkButton href={`${path}/new`} variant="primary">
      New team
    </LinkButton>
  );
  return (
    <OrganizationFrame page={page} tab="teams" crumbs={[{ label: "Teams" }]}>
      <PageHeader
        level={2}
        title="Teams"
        description="What is granted to a team, each of its members has."
        actions={mayChange && teams.length > 0 ? create : null}
      />
      {teams.length === 0 ? (
        <EmptyState kind="nothing-yet" title="No teams yet" action={mayChange ? create : null}>
          A team gets rights in some repositories, such as push on{" "}
          <code className="break-words text-sm">{name}/web-*</code>, and whoever joins it has them.
        </EmptyState>
      ) : (
        <>
          <TeamTable organization={name} teams={entries} total={teams.length} />
          <Pager
            path={path}
            query={{}}
            isFirst={after === undefined}
            next={next}
            summary={formatCounted(teams.length, "team")}
          />
        </>
      )}
    </OrganizationFrame>
  );
}
