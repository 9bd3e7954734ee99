import type { AccessGrant } from "@layerport/accounts";
import { parseOrganizationName } from "@layerport/registry-core";
import { formatCounted } from "../../format/count.ts";
import type { OrganizationPage } from "../../server/organization.ts";
import { rooms } from "../../server/rooms.ts";
import { catalogForViewer } from "../../server/viewer.ts";
import { ListSearch } from "../../ui/list-search.tsx";
import { Section } from "../frame/page-header.tsx";
import { Pager, withQuery } from "../frame/pager.tsx";
import { PermissionMatrix, type PermissionMatrixProps } from "./permission-matrix.tsx";
import { reachOf } from "./reach.ts";

const rowsPerPage = 50;

/** The repositories that the viewer sees, and what a team or a robot may do in each. */
export async function ReachSection(props: {
  readonly page: OrganizationPage;
  readonly principal: PermissionMatrixProps["principal"];
  readonly grants: readonly AccessGrant[];
  readonly mayChange: boolean;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}) {
  const { page, principal, grants, mayChange, path, query } = props;
  const { name, defaultRole } = page.organization;
  const { q, after } = query;
  const catalog = await catalogForViewer();
  const repositories = await catalog.listRepositories({
    organization: parseOrganizationName(name),
    search: q,
    order: "name",
    after,
    limit: rowsPerPage,
  });
  const rows = await Promise.all(
    repositories.entries.map(async (repository) => {
      const known = await rooms().store.findRepository(repository.name);
      return reachOf(
        { name: repository.name, names: known?.names ?? [repository.name] },
        { organization: name, grants, defaultRole: principal.kind === "team" ? defaultRole : undefined },
      );
    }),
  );
  return (
    <Section
      title="In each repository"
      description="What follows from the grants for the repositories that there are now."
    >
      {q === undefined && rows.length === 0 ? null : (
        <ListSearch path={path} label="Search these repositories" search={q} />
      )}
      {rows.length === 0 ? (
        <p className="text-fg-muted">
          {q === undefined ? "There is no repository yet." : `No repository matches “${q}”.`}
        </p>
      ) : (
        <>
          <PermissionMatrix
            organization={name}
            principal={principal}
            rows={rows}
            total={repositories.total}
            mayChange={mayChange}
            back={withQuery(path, { q, after })}
          />
          <Pager
            path={path}
            query={{ q }}
            isFirst={after === undefined}
            next={repositories.next}
            summary={formatCounted(repositories.total, "repository", "repositories")}
          />
        </>
      )}
    </Section>
  );
}
