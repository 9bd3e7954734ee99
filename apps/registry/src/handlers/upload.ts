import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type Chunk,
  type Descriptor,
  RegistryError,
  type RegistryWriter,
  type RepositoryName,
  splitDigest,
  type Upload,
} from "@layerport/registry-core";
import { incomingBytes, refuseContentEncoding } from "../body.ts";
import type {
  CompleteUploadEndpoint,
  MountEndpoint,
  PutBlobEndpoint,
  StartUploadEndpoint,
  UploadEndpoint,
} from "../endpoint.ts";
import { parseChunkRange } from "../range.ts";
import type { Reply } from "../reply.ts";

// A smaller chunk is taken too; but each chunk is made durable before it is answered, so small ones are slow.
const recommendedChunkBytes = 65_536;

/** A request whose body a handler reads, and the response by which the client is told to send it. */
interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** end-4a and end-4c: `POST` that starts an upload. */
export async function startUpload(
  registry: RegistryWriter,
  { repository, algorithm }: StartUploadEndpoint,
): Promise<Reply> {
  return startedReply(repository, await registry.startUpload(repository, { algorithm }));
}

/** end-4b: `POST` that brings a whole blob. */
export async function putBlob(
  registry: RegistryWriter,
  { repository, digest }: PutBlobEndpoint,
  { request, response }: Sending,
): Promise<Reply> {
  refuseContentEncoding(request);
  const source = incomingBytes(request, response) ?? { bytes: nothing(), length: 0 };
  return createdReply(repository, await registry.putBlob(repository, digest, source));
}

/** end-11: `POST` that takes a blob over from another repository, or starts an upload where there is none to be had. */
export async function mountBlob(registry: RegistryWriter, endpoint: MountEndpoint): Promise<Reply> {
  const { repository, digest, from } = endpoint;
  const mounted = await registry.mountBlob(
    repository,
    digest,
    from === undefined
      ? // The guard narrows this to the repositories that the caller may read.
        { kind: "any", mayRead: () => Promise.resolve(true) }
      : { kind: "repository", repository: from },
  );
  if (mounted !== undefined) return createdReply(repository, mounted);
  return startedReply(repository, await registry.startUpload(repository, splitDigest(digest)));
}

/** end-5: `PATCH` that appends a chunk. */
export async function appendChunk(
  registry: RegistryWriter,
  { repository, upload: id }: UploadEndpoint,
  { request, response }: Sending,
): Promise<Reply> {
  refuseContentEncoding(request);
  const chunk = incomingChunk(request, response);
  if (chunk === undefined) return uploadReply(202, repository, await registry.getUpload(repository, id));
  await refuseReversed(registry, { repository, id, chunk });
  return uploadReply(202, repository, await registry.appendChunk(repository, id, chunk));
}

/** end-6: `PUT` that ends an upload, with or without a last chunk. */
export async function completeUpload(
  registry: RegistryWriter,
  { repository, upload: id, digest }: CompleteUploadEndpoint,
  { request, response }: Sending,
): Promise<Reply> {
  refuseContentEncoding(request);
  const chunk = incomingChunk(request, response);
  if (chunk !== undefined) await refuseReversed(registry, { repository, id, chunk });
  return createdReply(repository, await registry.completeUpload(repository, id, digest, chunk));
}

/** end-13: `GET` of an upload's progress. */
export async function getUpload(registry: RegistryWriter, { repository, upload }: UploadEndpoint): Promise<Reply> {
  return uploadReply(204, repository, await registry.getUpload(repository, upload));
}

/** end-14: `DELETE` that cancels an upload. */
export async function cancelUpload(registry: RegistryWriter, { repository, upload }: UploadEndpoint): Promise<Reply> {
  await registry.cancelUpload(repository, upload);
  return { status: 204, headers: [] };
}

/** Where to go on with an upload, and from which byte. Before the first byte the range reads `0-0`. */
export function uploadHeaders(repository: RepositoryName, upload: Upload): readonly string[] {
  return [
    "Location",
    `/v2/${repository}/blobs/uploads/${upload.id}`,
    "Range",
    `0-${Math.max(upload.length - 1, 0)}`,
    "Docker-Upload-UUID",
    upload.id,
  ];
}

interface DoorChunk extends Chunk {
  readonly isReversed: boolean;
}

/** @throws BLOB_UPLOAD_INVALID (400) for a malformed range, SIZE_INVALID when range and length disagree */
function incomingChunk(request: IncomingMessage, response: ServerResponse): DoorChunk | undefined {
  const header = request.headers["content-range"];
  const range = header === undefined ? undefined : parseChunkRange(header);
  const incoming = incomingBytes(request, response);
  if (range === undefined) return incoming === undefined ? undefined : { ...incoming, isReversed: false };
  const length = incoming === undefined ? 0 : incoming.length;
  if (!range.isReversed && length !== undefined && length !== range.length) {
    throw new RegistryError("SIZE_INVALID", { contentRange: header ?? "", contentLength: length });
  }
  return {
    bytes: incoming?.bytes ?? nothing(),
    release: incoming?.release,
    length: range.length,
    start: range.start,
    isReversed: range.isReversed,
  };
}

async function refuseReversed(
  registry: RegistryWriter,
  { repository, id, chunk }: { repository: RepositoryName; id: Upload["id"]; chunk: DoorChunk },
): Promise<void> {
  if (!chunk.isReversed) return;
  const { length } = await registry.getUpload(repository, id);
  throw new RegistryError(
    "BLOB_UPLOAD_INVALID",
    { length },
    { status: 416, message: "the end of the chunk's range lies before its start" },
  );
}

function startedReply(repository: RepositoryName, upload: Upload): Reply {
  const { status, headers } = uploadReply(202, repository, upload);
  return { status, headers: [...headers, "OCI-Chunk-Min-Length", String(recommendedChunkBytes)] };
}

function uploadReply(status: 202 | 204, repository: RepositoryName, upload: Upload): Reply {
  const length = status === 204 ? [] : ["Content-Length", "0"];
  return { status, headers: [...uploadHeaders(repository, upload), ...length] };
}

function createdReply(repository: RepositoryName, { digest }: Descriptor): Reply {
  const location = `/v2/${repository}/blobs/${digest}`;
  return {
    status: 201,
    headers: ["Location", location, "Docker-Content-Digest", digest, "Content-Length", "0"],
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
