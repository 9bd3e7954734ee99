import { type Digest, parseDigest, shorten } from "./digest.ts";
import { RegistryError } from "./registry-error.ts";

/** A mutable name for one manifest of a repository. */
export type Tag = string & { readonly __brand: "Tag" };

/** How a client names a manifest: by tag, which moves, or by digest, which cannot. */
export type Reference =
  | { readonly kind: "tag"; readonly tag: Tag }
  | { readonly kind: "digest"; readonly digest: Digest };

const tagPattern = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** @throws MANIFEST_INVALID, because the specification has no code for a malformed tag. */
export function parseTag(text: string): Tag {
  if (!tagPattern.test(text)) throw new RegistryError("MANIFEST_INVALID", { tag: shorten(text) });
  return text as Tag;
}

/**
 * A tag never contains ":" and a digest always does, so one character decides.
 * @throws DIGEST_INVALID, MANIFEST_INVALID
 */
export function parseReference(text: string): Reference {
  return text.includes(":") ? { kind: "digest", digest: parseDigest(text) } : { kind: "tag", tag: parseTag(text) };
}

/** The reference as a client writes it in a URL. */
export function formatReference(reference: Reference): string {
  return reference.kind === "tag" ? reference.tag : reference.digest;
}
