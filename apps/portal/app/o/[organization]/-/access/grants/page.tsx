import { formatCounted } from "../../../../../../format/count.ts";
import { offers, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../../server/parameters.ts";
import { orRefused } from "../../../../../../server/refusal.ts";
import { rooms } from "../../../../../../server/rooms.ts";
import { slicePage } from "../../../../../../server/slice-page.ts";
import { EmptyState } from "../../../../../../ui/empty-state.tsx";
import { LinkButton } from "../../../../../../ui/link-button.tsx";
import { ListSearch } from "../../../../../../ui/list-search.tsx";
import { changePath } from "../../../../../../views/access/access-change.ts";
import { AccessFrame } from "../../../../../../views/access/access-frame.tsx";
import { GrantTable } from "../../../../../../views/access/grant-table.tsx";
import { PageHeader } from "../../../../../../views/frame/page-header.tsx";
import { Pager, withQuery } from "../../../../../../views/frame/pager.tsx";

interface GrantsPageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: GrantsPageProps) {
  return { title: `Grants of ${(await params).organization}` };
}

/** Which rights are given to whom, beside roles? */
export default async function GrantsPage({ params, searchParams }: GrantsPageProps) {
  const page = await organizationForPage((await params).organization);
  const { name } = page.organization;
  const { q, after } = await readQuery(searchParams);
  const [grants, mayChange] = await Promise.all([
    orRefused(rooms().accounts.listGrants(page.viewer, name)),
    offers(page, "change-grants"),
  ]);
  const sought = q?.trim().toLowerCase() ?? "";
  const found = grants.filter(({ pattern, principal }) => `${pattern} ${principal.name}`.includes(sought));
  const { entries, next } = slicePage(found, { limit: 50, after, keyOf: (grant) => grant.id });
  const path = organizationPath(name, "access", "grants");
  const back = withQuery(path, { q, after });
  const create = (
    <LinkButton href={changePath(name, { kind: "grant-created" }, path)} prefetch={false} variant="primary">
      New grant
    </LinkButton>
  );
  return (
    <AccessFrame page={page} current="grants">
      <PageHeader
        level={2}
        title="Grants"
        description="What people, teams and robots may do in repositories, beside what their role gives."
        actions={mayChange && grants.length > 0 ? create : null}
      />
      {grants.length === 0 ? (
        <EmptyState kind="nothing-yet" title="No grants yet" action={mayChange ? create : null}>
          Members have what their role gives.
        </EmptyState>
      ) : (
        <>
          <ListSearch path={path} label="Search patterns and names" search={q} />
          {entries.length === 0 ? (
            <EmptyState
              kind="filtered-out"
              title={`No grant matches “${q ?? ""}”`}
              action={<LinkButton href={path}>Show all</LinkButton>}
            />
          ) : (
            <>
              <GrantTable
                label={`Grants of ${name}`}
                organization={name}
                grants={entries}
                total={found.length}
                showsPrincipal
                mayChange={mayChange}
                back={back}
              />
              <Pager
                path={path}
                query={{ q }}
                isFirst={after === undefined}
                next={next}
                summary={formatCounted(found.length, sought === "" ? "grant" : "matching grant")}
              />
            </>
          )}
        </>
      )}
    </AccessFrame>
  );
}
