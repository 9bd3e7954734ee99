import { formatCounted } from "../../../../../../format/count.ts";
import { offers, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../../server/parameters.ts";
import { orRefused } from "../../../../../../server/refusal.ts";
import { rooms } from "../../../../../../server/rooms.ts";
import { slicePage } from "../../../../../../server/slice-page.ts";
import { AccessFrame } from "../../../../../../views/access/access-frame.tsx";
import { GrantTable } from "../../../../../../views/access/grant-table.tsx";
import { PageHeader, Section } from "../../../../../../views/frame/page-header.tsx";
import { Pager, withQuery } from "../../../../../../views/frame/pager.tsx";
import { RobotTable } from "../../../../../../views/robot/robot-table.tsx";

interface UnusedPageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: UnusedPageProps) {
  return { title: `Unused access to ${(await params).organization}` };
}

/** What could be taken away without anybody missing it? */
export default async function UnusedPage({ params, searchParams }: UnusedPageProps) {
  const page = await organizationForPage((await params).organization);
  const { name } = page.organization;
  const { after } = await readQuery(searchParams);
  const [unused, mayChange] = await Promise.all([
    orRefused(rooms().accounts.listUnused(page.viewer, name)),
    offers(page, "change-grants"),
  ]);
  const grants = slicePage(unused.grants, { limit: 50, after, keyOf: (grant) => grant.id });
  const path = organizationPath(name, "access", "unused");
  return (
    <AccessFrame page={page} current="unused">
      <PageHeader
        level={2}
        title="Unused for 90 days"
        description="Neither made nor used within 90 days. Nobody seems to need it, and it would serve whoever steals it."
      />
      <Section title="Grants">
        {unused.grants.length === 0 ? (
          <p className="text-fg-muted">Every grant was used or made within 90 days.</p>
        ) : (
          <>
            <GrantTable
              label="Unused grants"
              organization={name}
              grants={grants.entries}
              total={unused.grants.length}
              showsPrincipal
              mayChange={mayChange}
              back={withQuery(path, { after })}
            />
            <Pager
              path={path}
              query={{}}
              isFirst={after === undefined}
              next={grants.next}
              summary={formatCounted(unused.grants.length, "unused grant")}
            />
          </>
        )}
      </Section>
      <Section title="Robots">
        {unused.robots.length === 0 ? (
          <p className="text-fg-muted">Every robot was used or made within 90 days.</p>
        ) : (
          <RobotTable organization={name} robots={unused.robots} total={unused.robots.length} now={new Date()} />
        )}
      </Section>
    </AccessFrame>
  );
}
