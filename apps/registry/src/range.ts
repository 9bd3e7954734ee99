import { type BlobRange, RegistryError, shorten } from "@layerport/registry-core";

/** A range that no blob has, of any size. */
export interface UnsatisfiableRange {
  readonly kind: "unsatisfiable";
}

/**
 * Reads a `Range` header (RFC 9110 §14.2). Answers `undefined`, which means the whole blob, for what a server may
 * ignore: other units, several ranges, text that is not a range, and a suffix of no bytes.
 */
export function parseRange(header: string): BlobRange | UnsatisfiableRange | undefined {
  const match = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/.exec(header);
  if (match === null) return undefined;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) {
    const length = Number(suffix);
    return length === 0 ? undefined : { kind: "last", length };
  }
  const start = Number(first);
  if (last === undefined) return { kind: "from", start };
  const end = Number(last);
  // RFC 9110 calls it invalid and lets us ignore it; conformance suites and Go's clients expect 416.
  return end < start ? { kind: "unsatisfiable" } : { kind: "from", start, end };
}

/** Whether a blob of this size has any byte of the range. */
export function isSatisfiable(range: BlobRange | UnsatisfiableRange, size: number): range is BlobRange {
  if (range.kind === "unsatisfiable" || size === 0) return false;
  return range.kind === "last" || range.start < size;
}

/** Where a chunk belongs, as its `Content-Range` says; `isReversed` when its end lies before its start. */
export interface ChunkRange {
  readonly start: number;
  readonly length: number;
  readonly isReversed: boolean;
}

/**
 * Reads the `Content-Range` of a chunk, `<first>-<last>` without a unit (OCI Distribution, end-5).
 * @throws BLOB_UPLOAD_INVALID (400) for any other form, `bytes 0-5` included
 */
export function parseChunkRange(header: string): ChunkRange {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(header);
  if (match === null) {
    throw new RegistryError(
      "BLOB_UPLOAD_INVALID",
      { contentRange: shorten(header) },
      { message: "Content-Range of a chunk is written <first>-<last>, without a unit" },
    );
  }
  const start = Number(match[1]);
  const end = Number(match[2]);
  return { start, length: end - start + 1, isReversed: end < start };
}
