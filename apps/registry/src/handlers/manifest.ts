import type { IncomingMessage, ServerResponse } from "node:http";
import type {
  Descriptor,
  Reference,
  RegistryDeleter,
  RegistryReader,
  RegistryWriter,
  StoredManifest,
} from "@layerport/registry-core";
import { readManifestBytes, refuseContentEncoding } from "../body.ts";
import type { ManifestEndpoint, PutManifestEndpoint } from "../endpoint.ts";
import type { Reply } from "../reply.ts";
import { changing, hasSameEntityTag, unchanging } from "./caching.ts";

/** end-3: `GET` and `HEAD` of a manifest. The bytes and the media type are those that were pushed, whatever `Accept` says. */
export async function getManifest(
  registry: RegistryReader,
  { repository, reference }: ManifestEndpoint,
  request: IncomingMessage,
): Promise<Reply> {
  if (request.method === "HEAD") {
    const descriptor = await registry.resolveManifest(repository, reference);
    return manifestReply(request, reference, descriptor);
  }
  const manifest = await registry.getManifest(repository, reference);
  const { digest, mediaType, content } = manifest;
  return manifestReply(request, reference, { digest, mediaType, size: content.byteLength }, manifest);
}

/** end-7a and end-7b: `PUT` of a manifest, to the tag of the path or to those of the query, all or none. */
export async function putManifest(
  registry: RegistryWriter,
  { repository, reference, tags, id }: PutManifestEndpoint,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<Reply> {
  refuseContentEncoding(request);
  const {
    descriptor,
    subject,
    tags: pointed,
  } = await registry.putManifest(repository, {
    content: await readManifestBytes(request, response),
    contentType: request.headers["content-type"],
    digest: reference.kind === "digest" ? reference.digest : undefined,
    tags,
    // The right to move a tag is the guard's matter; the door has nothing against it.
    mayOverwrite: true,
  });
  const headers = [
    "Location",
    `/v2/${repository}/manifests/${descriptor.digest}`,
    "Docker-Content-Digest",
    descriptor.digest,
    "Content-Length",
    "0",
  ];
  if (subject !== undefined) headers.push("OCI-Subject", subject);
  if (id === "end-7b") for (const tag of pointed) headers.push("OCI-Tag", tag);
  return { status: 201, headers };
}

/** end-9: `DELETE` of a tag, which leaves its manifest, or of a manifest, with every tag of it. */
export async function deleteManifest(
  registry: RegistryDeleter,
  { repository, reference }: ManifestEndpoint,
): Promise<Reply> {
  if (reference.kind === "tag") await registry.deleteTag(repository, reference.tag);
  else await registry.deleteManifest(repository, reference.digest);
  return { status: 202, headers: ["Content-Length", "0"] };
}

function manifestReply(
  request: IncomingMessage,
  reference: Reference,
  descriptor: Descriptor,
  manifest?: StoredManifest,
): Reply {
  const { digest, mediaType, size } = descriptor;
  const caching = reference.kind === "digest" ? unchanging(digest) : changing(digest);
  if (hasSameEntityTag(request, digest)) return { status: 304, headers: caching };
  const headers = ["Content-Type", mediaType, ...caching];
  if (manifest !== undefined) return { status: 200, headers, body: manifest.content };
  return { status: 200, headers: [...headers, "Content-Length", String(size)] };
}
