import { formatCounted } from "../../../format/count.ts";
import { requireOverseer } from "../../../server/overseer.ts";
import { firstValue, type SearchParameters } from "../../../server/parameters.ts";
import { rooms } from "../../../server/rooms.ts";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { LinkButton } from "../../../ui/link-button.tsx";
import { ListSearch } from "../../../ui/list-search.tsx";
import { AdministrationFrame } from "../../../views/administration/administration-frame.tsx";
import { UserTable } from "../../../views/administration/user-table.tsx";
import { PageHeader } from "../../../views/frame/page-header.tsx";
import { Pager } from "../../../views/frame/pager.tsx";

export const metadata = { title: "Users" };

const usersPerPage = 50;

/** Who has an account, and is it safe? */
export default async function UsersPage({ searchParams }: { readonly searchParams: SearchParameters }) {
  const viewer = await requireOverseer();
  const query = await searchParams;
  const search = firstValue(query.q)?.trim() || undefined;
  const after = firstValue(query.after);
  const { entries, next, total } = await rooms().accounts.listUsers(viewer, { search, after, limit: usersPerPage });
  return (
    <AdministrationFrame viewer={viewer} path="/admin/users" crumbs={[{ label: "Users" }]}>
      <PageHeader
        title="Users"
        description="Everybody with an account here."
        actions={
          viewer.isAdministrator ? (
            <LinkButton href="/admin/invitations" variant="primary">
              Invite a person
            </LinkButton>
          ) : null
        }
      />
      <ListSearch path="/admin/users" label="Search names and addresses" search={search} />
      {entries.length === 0 ? (
        <EmptyState
          kind="filtered-out"
          title={search === undefined ? "Nobody further" : `Nobody matches “${search}”`}
          action={<LinkButton href="/admin/users">Show everybody</LinkButton>}
        />
      ) : (
        <>
          <UserTable users={entries} total={total} />
          <Pager
            path="/admin/users"
            query={{ q: search }}
            isFirst={after === undefined}
            next={next}
            summary={formatCounted(total, search === undefined ? "user" : "matching user")}
          />
        </>
      )}
    </AdministrationFrame>
  );
}
