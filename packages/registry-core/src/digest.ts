import { RegistryError } from "./registry-error.ts";

/** The name of some bytes, `sha256:<64 hex>` or `sha512:<128 hex>`, lower case. */
export type Digest = string & { readonly __brand: "Digest" };

/** The hash functions that a digest may be made with. */
export type DigestAlgorithm = "sha256" | "sha512";

const hexLength: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };
const digestPattern = /^(sha256):([0-9a-f]{64})$|^(sha512):([0-9a-f]{128})$/;

/**
 * Reads a digest as the image specification ("Digests") writes it. Other algorithms are refused.
 * @throws DIGEST_INVALID
 */
export function parseDigest(text: string): Digest {
  if (!digestPattern.test(text)) throw new RegistryError("DIGEST_INVALID", { digest: shorten(text) });
  return text as Digest;
}

/** Whether the text is a digest that `parseDigest` accepts. */
export function isDigest(text: string): text is Digest {
  return digestPattern.test(text);
}

/** @throws DIGEST_INVALID for an algorithm other than sha256 and sha512. */
export function parseDigestAlgorithm(text: string): DigestAlgorithm {
  if (text !== "sha256" && text !== "sha512") throw new RegistryError("DIGEST_INVALID", { algorithm: shorten(text) });
  return text;
}

/** The algorithm and the hex digits of a digest. */
export function splitDigest(digest: Digest): { readonly algorithm: DigestAlgorithm; readonly hex: string } {
  const colon = digest.indexOf(":");
  return { algorithm: digest.slice(0, colon) as DigestAlgorithm, hex: digest.slice(colon + 1) };
}

/** The digest with this algorithm and these lower-case hex digits, as a hash function printed them. */
export function formatDigest(algorithm: DigestAlgorithm, hex: string): Digest {
  if (hex.length !== hexLength[algorithm]) throw new RegistryError("DIGEST_INVALID", { digest: shorten(hex) });
  return `${algorithm}:${hex}` as Digest;
}

/** At most 200 characters of what the caller sent, for an error's detail. */
export function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
