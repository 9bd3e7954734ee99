import type { RegistryLister } from "@layerport/registry-core";
import type { CatalogEndpoint } from "../endpoint.ts";
import { linkHeader, maximumPageSize, pageRequest } from "../pagination.ts";
import { jsonReply, type Reply } from "../reply.ts";

/** `GET /v2/_catalog`: every repository there is, in byte order, for administrators and auditors. */
export async function listRepositories(registry: RegistryLister, { list }: CatalogEndpoint): Promise<Reply> {
  const page = pageRequest(list, maximumPageSize);
  const { entries, next } = await registry.listRepositories(page);
  const link =
    next === undefined || page.limit === 0 ? [] : linkHeader("/v2/_catalog", { n: String(page.limit), last: next });
  return jsonReply(200, { repositories: entries }, link);
}
