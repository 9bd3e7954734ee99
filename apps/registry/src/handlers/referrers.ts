import { maximumManifestBytes, mediaTypes, type Referrer, type RegistryLister } from "@layerport/registry-core";
import type { ReferrersEndpoint } from "../endpoint.ts";
import { linkHeader, maximumPageSize, pageRequest } from "../pagination.ts";
import type { Reply } from "../reply.ts";

/** end-12a and end-12b: `GET` of the manifests that point at a subject, as an image index. */
export async function listReferrers(registry: RegistryLister, endpoint: ReferrersEndpoint): Promise<Reply> {
  const { repository, digest, artifactType, list } = endpoint;
  const page = pageRequest(list, maximumPageSize);
  const found = await registry.listReferrers(repository, digest, { ...page, artifactType });

  const descriptors = fitting(found.entries);
  const isCut = descriptors.length < found.entries.length;
  const next = isCut ? found.entries[descriptors.length - 1]?.digest : found.next;
  const n = list.limit === undefined ? undefined : String(list.limit);
  const headers = [
    "Content-Type",
    mediaTypes.ociIndex,
    ...(artifactType === undefined ? [] : ["OCI-Filters-Applied", "artifactType"]),
    ...(next === undefined || page.limit === 0
      ? []
      : linkHeader(`/v2/${repository}/referrers/${digest}`, { artifactType, n, last: next })),
  ];
  const index = `{"schemaVersion":2,"mediaType":"${mediaTypes.ociIndex}","manifests":[${descriptors.join(",")}]}`;
  return { status: 200, headers, body: Buffer.from(index) };
}

/** As many descriptors as a client's limit for an index allows, one at least: annotations can be long. */
function fitting(referrers: readonly Referrer[]): readonly string[] {
  const texts: string[] = [];
  let length = 200;
  for (const { mediaType, digest, size, artifactType, annotations } of referrers) {
    const text = JSON.stringify({ mediaType, digest, size, artifactType, annotations });
    length += Buffer.byteLength(text) + 1;
    if (texts.length > 0 && length > maximumManifestBytes) break;
    texts.push(text);
  }
  return texts;
}
