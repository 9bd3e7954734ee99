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
import { RobotTable } from "../../../../../views/robot/robot-table.tsx";

interface RobotsPageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: RobotsPageProps) {
  return { title: `Robots of ${(await params).organization}` };
}

/** Which machines sign in, what can each touch, and which are dead or about to stop? */
export default async function RobotsPage({ params, searchParams }: RobotsPageProps) {
  const page = await organizationForPage((await params).organization);
  const { after } = await readQuery(searchParams);
  const { name } = page.organization;
  const [robots, mayChange] = await Promise.all([
    orRefused(rooms().accounts.listRobots(page.viewer, name)),
    offers(page, "change-robots"),
  ]);
  const { entries, next } = slicePage(robots, { limit: 50, after, keyOf: (robot) => robot.name });
  const path = organizationPath(name, "robots");
  const create = (
    <LinkButton href={`${path}/new`} variant="primary">
      New robot
    </LinkButton>
  );
  return (
    <OrganizationFrame page={page} tab="robots" crumbs={[{ label: "Robots" }]}>
      <PageHeader
        level={2}
        title="Robots"
        description="Accounts for machines: they pull and push, and cannot sign in to these pages."
        actions={mayChange && robots.length > 0 ? create : null}
      />
      {robots.length === 0 ? (
        <EmptyState kind="nothing-yet" title="No robots yet" action={mayChange ? create : null}>
          Make one for each machine that pulls or pushes: a CI pipeline, a cluster. Its secret is its own, and ends
          without touching anybody.
        </EmptyState>
      ) : (
        <>
          <RobotTable organization={name} robots={entries} total={robots.length} now={new Date()} />
          <Pager
            path={path}
            query={{}}
            isFirst={after === undefined}
            next={next}
            summary={formatCounted(robots.length, "robot")}
          />
        </>
      )}
    </OrganizationFrame>
  );
}
