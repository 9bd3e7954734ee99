import type { TagOrder } from "@layerport/registry-core";
import { redirect } from "next/navigation";
import { formatCounted } from "../../../../format/count.ts";
import { firstValue, readRepositoryName, type SearchParameters } from "../../../../server/parameters.ts";
import { tagsPath } from "../../../../server/repository-path.ts";
import { rooms } from "../../../../server/rooms.ts";
import { catalogForViewer, findViewer, orNotFound } from "../../../../server/viewer.ts";
import { Pager, withQuery } from "../../../../views/frame/pager.tsx";
import { ViewerFrame } from "../../../../views/frame/viewer-frame.tsx";
import { LiveRefresh } from "../../../../views/live/live-refresh.tsx";
import { RepositoryHead } from "../../../../views/repository/repository-head.tsx";
import { EmptyTags, TagFilter } from "../../../../views/repository/tag-filter.tsx";
import { TagTable } from "../../../../views/repository/tag-table.tsx";

const tagsPerPage = 50;
const orders: readonly TagOrder[] = ["version", "pushed", "name", "size"];

interface TagsPageProps {
  readonly params: Promise<{ name: string[] }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: TagsPageProps) {
  return { title: `Tags of ${readRepositoryName((await params).name)}` };
}

/** Which tag is newest, and which are the same image. */
export default async function TagsPage({ params, searchParams }: TagsPageProps) {
  const name = readRepositoryName((await params).name);
  const query = await searchParams;
  const filter = firstValue(query.q)?.trim() || undefined;
  const after = firstValue(query.after);
  const order = orders.find((known) => known === firstValue(query.sort)) ?? "version";

  const catalog = await catalogForViewer();
  const [repository, tags, viewer] = await Promise.all([
    orNotFound(catalog.describeRepository(name)),
    orNotFound(catalog.listTags(name, { order, filter, after, limit: tagsPerPage })),
    findViewer(),
  ]);
  const kept = { q: filter, sort: order === "version" ? undefined : order };
  if (repository.name !== name) redirect(withQuery(tagsPath(repository.name), kept));
  const path = tagsPath(name);
  const { host } = new URL(rooms().environment.publicUrl);

  return (
    <ViewerFrame path={path} width="full" breadcrumb={[]}>
      <RepositoryHead repository={repository} host={host} tab="tags" />
      <LiveRefresh repository={name} />
      <TagFilter path={path} filter={filter} order={order} />
      {tags.entries.length === 0 ? (
        <EmptyTags repository={name} filter={filter} path={path} viewer={viewer} />
      ) : (
        <>
          <TagTable
            repository={name}
            tags={tags.entries}
            total={tags.total}
            host={host}
            order={order}
            path={path}
            query={{ q: filter }}
          />
          <Pager
            path={path}
            query={kept}
            isFirst={after === undefined}
            next={tags.next}
            summary={formatCounted(tags.total, filter === undefined ? "tag" : "matching tag")}
          />
        </>
      )}
    </ViewerFrame>
  );
}
