import type { IncomingMessage } from "node:http";
import { type Digest, type RegistryDeleter, RegistryError, type RegistryReader } from "@layerport/registry-core";
import type { BlobEndpoint } from "../endpoint.ts";
import { isSatisfiable, parseRange } from "../range.ts";
import type { Reply } from "../reply.ts";
import { entityTag, hasSameEntityTag, unchanging } from "./caching.ts";

/** end-2: `GET` and `HEAD` of a blob, whole or in part. */
export async function getBlob(
  registry: RegistryReader,
  { repository, digest }: BlobEndpoint,
  request: IncomingMessage,
): Promise<Reply> {
  if (hasSameEntityTag(request, digest)) {
    await registry.resolveBlob(repository, digest);
    return { status: 304, headers: unchanging(digest) };
  }
  if (request.method === "HEAD") {
    const { size } = await registry.resolveBlob(repository, digest);
    return { status: 200, headers: [...blobHeaders(digest), "Content-Length", String(size)] };
  }
  const range = wantedRange(request, digest);
  if (range === undefined) {
    const blob = await registry.openBlob(repository, digest);
    return { status: 200, headers: [...blobHeaders(digest), "Content-Length", String(blob.size)], body: blob };
  }
  const { size } = await registry.resolveBlob(repository, digest);
  if (!isSatisfiable(range, size)) {
    throw new RegistryError("BLOB_UPLOAD_INVALID", { size }, { status: 416, message: "the blob has no such range" });
  }
  const blob = await registry.openBlob(repository, digest, range);
  const { start, end } = blob.range ?? { start: 0, end: size - 1 };
  const part = ["Content-Length", String(end - start + 1), "Content-Range", `bytes ${start}-${end}/${size}`];
  return { status: 206, headers: [...blobHeaders(digest), ...part], body: blob };
}

/** end-10: `DELETE` of a blob, from this repository only. */
export async function deleteBlob(registry: RegistryDeleter, { repository, digest }: BlobEndpoint): Promise<Reply> {
  await registry.deleteBlob(repository, digest);
  return { status: 202, headers: ["Content-Length", "0"] };
}

function blobHeaders(digest: Digest): readonly string[] {
  return ["Content-Type", "application/octet-stream", "Accept-Ranges", "bytes", ...unchanging(digest)];
}

/** A range that depends on an older copy counts only while that copy is this blob (RFC 9110 §13.1.5). */
function wantedRange(request: IncomingMessage, digest: Digest): ReturnType<typeof parseRange> {
  const { range, "if-range": condition } = request.headers;
  if (range === undefined || (condition !== undefined && condition !== entityTag(digest))) return undefined;
  return parseRange(range);
}
