import { formatCounted } from "../../../format/count.ts";
import { requireOverseer } from "../../../server/overseer.ts";
import { firstValue, type SearchParameters } from "../../../server/parameters.ts";
import { rooms } from "../../../server/rooms.ts";
import { ConfirmPanel } from "../../../ui/confirm-panel.tsx";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { LinkButton } from "../../../ui/link-button.tsx";
import { ListSearch } from "../../../ui/list-search.tsx";
import { Select } from "../../../ui/select.tsx";
import { takeOwnership } from "../../../views/administration/actions.ts";
import { AdministrationFrame } from "../../../views/administration/administration-frame.tsx";
import { OrganizationAccountTable } from "../../../views/administration/organization-account-table.tsx";
import { PageHeader } from "../../../views/frame/page-header.tsx";
import { Pager, withQuery } from "../../../views/frame/pager.tsx";

export const metadata = { title: "Organizations" };

const organizationsPerPage = 50;
const path = "/admin/orgs";
const kinds = ["shared", "personal"] as const;

/** Which organizations exist, and who owns them? */
export default async function OrganizationsPage({ searchParams }: { readonly searchParams: SearchParameters }) {
  const viewer = await requireOverseer();
  const query = await searchParams;
  const search = firstValue(query.q)?.trim() || undefined;
  const kind = kinds.find((known) => known === firstValue(query.kind));
  const after = firstValue(query.after);
  const taken = viewer.isAdministrator ? firstValue(query.take) : undefined;
  const { entries, next, total } = await rooms().accounts.listAllOrganizations(viewer, {
    search,
    kind,
    after,
    limit: organizationsPerPage,
  });
  const kept = { q: search, kind };
  const here = withQuery(path, { ...kept, after });
  return (
    <AdministrationFrame viewer={viewer} path={here} crumbs={[{ label: "Organizations" }]}>
      <PageHeader title="Organizations" description="Every owner of repositories here, people included." />
      {taken !== undefined && entries.some(({ name }) => name === taken) ? (
        <ConfirmPanel
          title={`Take ownership of ${taken}?`}
          confirmLabel="Take ownership"
          confirmVariant="danger"
          cancelHref={here}
          action={takeOwnership}
          fields={{ organization: taken }}
        >
          <p>
            You become an owner of {taken} beside those there are. Nobody loses anything, and you stay one until an
            owner changes that.
          </p>
          <p>It is recorded in the audit log with your name, and the organization's owners can see it there.</p>
        </ConfirmPanel>
      ) : null}
      <ListSearch path={path} label="Search organizations" search={search}>
        <Select name="kind" aria-label="Kind" defaultValue={kind ?? ""}>
          <option value="">All kinds</option>
          <option value="shared">Shared</option>
          <option value="personal">Personal</option>
        </Select>
      </ListSearch>
      {entries.length === 0 ? (
        <EmptyState
          kind="filtered-out"
          title={search === undefined ? "No organization further" : `No organization matches “${search}”`}
          action={<LinkButton href={path}>Show all</LinkButton>}
        />
      ) : (
        <>
          <OrganizationAccountTable
            organizations={entries}
            total={total}
            viewerName={viewer.name}
            takeHref={viewer.isAdministrator ? (name) => withQuery(path, { ...kept, after, take: name }) : undefined}
          />
          <Pager
            path={path}
            query={kept}
            isFirst={after === undefined}
            next={next}
            summary={formatCounted(total, search === undefined ? "organization" : "matching organization")}
          />
        </>
      )}
    </AdministrationFrame>
  );
}
