/** The twelve digits by which people know a digest, without its algorithm. */
export function shortDigest(digest: string): string {
  return splitDigest(digest).short;
}

/** A digest in three parts that join to the whole again: `sha256:`, the twelve digits people read, the rest. */
export function splitDigest(digest: string): { algorithm: string; short: string; rest: string } {
  const start = digest.indexOf(":") + 1;
  return { algorithm: digest.slice(0, start), short: digest.slice(start, start + 12), rest: digest.slice(start + 12) };
}
