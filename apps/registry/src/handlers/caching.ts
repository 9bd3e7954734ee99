import type { IncomingMessage } from "node:http";
import type { Digest } from "@layerport/registry-core";

/** The strong entity tag of some content: its digest. */
export function entityTag(digest: Digest): string {
  return `"${digest}"`;
}

/** Whether the client says that it has this content already (RFC 9110 §13.1.2). */
export function hasSameEntityTag(request: IncomingMessage, digest: Digest): boolean {
  const header = request.headers["if-none-match"];
  if (header === undefined) return false;
  const tag = entityTag(digest);
  return header === tag || header === "*" || header.split(",").some((text) => text.trim().replace(/^W\//, "") === tag);
}

/**
 * Headers of content that was asked for by its digest and so can never change. `private`, since a shared cache would
 * go on serving it after the repository was made private or the content deleted.
 */
export function unchanging(digest: Digest): readonly string[] {
  return [
    "Docker-Content-Digest",
    digest,
    "ETag",
    entityTag(digest),
    "Cache-Control",
    "private, max-age=31536000, immutable",
  ];
}

/** Headers of content that was asked for by a name which may be moved: to be asked about each time. */
export function changing(digest: Digest): readonly string[] {
  return ["Docker-Content-Digest", digest, "ETag", entityTag(digest), "Cache-Control", "private, no-cache"];
}
