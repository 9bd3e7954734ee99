import {
  type OrganizationName,
  parseOrganizationName,
  RegistryError,
  type RepositoryQuery,
} from "@layerport/registry-core";
import { formatCounted } from "../../format/count.ts";
import { firstValue, type SearchParameters } from "../../server/parameters.ts";
import { catalogForViewer, findViewer } from "../../server/viewer.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { SegmentedLinks } from "../../ui/segmented.tsx";
import { PageHeader } from "../../views/frame/page-header.tsx";
import { Pager, withQuery } from "../../views/frame/pager.tsx";
import { ViewerFrame } from "../../views/frame/viewer-frame.tsx";
import { LiveRefresh } from "../../views/live/live-refresh.tsx";
import { RepositoryRows } from "../../views/repository/repository-rows.tsx";

export const metadata = { title: "Explore" };

const repositoriesPerPage = 40;

/** Is there an image for this here? */
export default async function ExplorePage({ searchParams }: { searchParams: SearchParameters }) {
  const query = await searchParams;
  const search = firstValue(query.q)?.trim() || undefined;
  const order: RepositoryQuery["order"] = firstValue(query.sort) === "name" ? "name" : "pushed";
  const after = firstValue(query.after);
  const organization = findOrganizationName(firstValue(query.organization));

  const catalog = await catalogForViewer();
  const repositories = await catalog.listRepositories({
    search,
    order,
    organization,
    after,
    limit: repositoriesPerPage,
  });
  const kept = { q: search, organization, sort: order === "name" ? order : undefined };
  const viewer = await findViewer();

  return (
    <ViewerFrame path={withQuery("/explore", kept)} {...(search === undefined ? {} : { query: search })}>
      <LiveRefresh />
      <PageHeader
        title="Explore"
        description={describe(search, organization)}
        actions={
          <SegmentedLinks
            label="Sort by"
            options={[
              {
                href: withQuery("/explore", { ...kept, sort: undefined }),
                label: "Newest push",
                isCurrent: order === "pushed",
              },
              { href: withQuery("/explore", { ...kept, sort: "name" }), label: "Name", isCurrent: order === "name" },
            ]}
          />
        }
      />
      {repositories.entries.length === 0 ? (
        <NoRepositories search={search ?? organization} isSignedIn={viewer !== undefined} />
      ) : (
        <>
          <RepositoryRows label="Repositories" repositories={repositories.entries} total={repositories.total} />
          <Pager
            path="/explore"
            query={kept}
            isFirst={after === undefined}
            next={repositories.next}
            summary={formatCounted(repositories.total, "repository", "repositories")}
          />
        </>
      )}
    </ViewerFrame>
  );
}

function NoRepositories({ search, isSignedIn }: { search: string | undefined; isSignedIn: boolean }) {
  if (search !== undefined) {
    return (
      <EmptyState
        kind="filtered-out"
        title={`No repository matches “${search}”`}
        action={<LinkButton href="/explore">Show all</LinkButton>}
      >
        Names and descriptions were searched, among the repositories that you may see.
      </EmptyState>
    );
  }
  return isSignedIn ? (
    <EmptyState
      kind="nothing-yet"
      title="No repositories yet"
      action={<LinkButton href="/">How to push one</LinkButton>}
    >
      A repository comes to be with the first push to its name.
    </EmptyState>
  ) : (
    <EmptyState
      kind="no-permission"
      title="There is nothing here for the public"
      action={<LinkButton href="/login?callbackUrl=%2Fexplore">Sign in</LinkButton>}
    >
      Repositories are private until an owner makes them public.
    </EmptyState>
  );
}

function describe(search: string | undefined, organization: string | undefined): string {
  const where = organization === undefined ? "" : ` in ${organization}`;
  return search === undefined
    ? `Repositories that you may see${where}.`
    : `Repositories${where} that match “${search}”.`;
}

function findOrganizationName(text: string | undefined): OrganizationName | undefined {
  if (text === undefined) return undefined;
  try {
    return parseOrganizationName(text);
  } catch (error) {
    if (RegistryError.is(error)) return undefined;
    throw new Error("an organization's name could not be read", { cause: error });
  }
}
