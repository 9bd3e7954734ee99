import type { RegistryLister } from "@layerport/registry-core";
import type { TagsEndpoint } from "../endpoint.ts";
import { linkHeader, pageRequest } from "../pagination.ts";
import { jsonReply, type Reply } from "../reply.ts";

// Most clients ask without `n` and do not follow `Link`, so that list is as long as a repository may sensibly get.
const tagsWithoutLimit = 10_000;

/** end-8a and end-8b: `GET` of a repository's tags, in byte order. */
export async function listTags(registry: RegistryLister, { repository, list }: TagsEndpoint): Promise<Reply> {
  const page = pageRequest(list, tagsWithoutLimit);
  const { entries, next } = await registry.listTags(repository, page);
  const link =
    next === undefined || page.limit === 0
      ? []
      : linkHeader(`/v2/${repository}/tags/list`, { n: String(page.limit), last: next });
  return jsonReply(200, { name: repository, tags: entries }, link);
}
