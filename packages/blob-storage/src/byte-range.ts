import assert from "node:assert";
import type { ByteRange } from "./blob-store.ts";
import { StorageError } from "./storage-error.ts";

/** The span to read of `size` bytes, and the range to report: what was asked for, its end cut to the last byte. */
export function fitRange(
  size: number,
  range: ByteRange | undefined,
): { start: number; length: number; range: ByteRange | undefined } {
  if (range === undefined) return { start: 0, length: size, range };
  const { start, end } = range;
  assert(
    Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end,
    "a range runs forward",
  );
  if (start >= size) throw new StorageError("OFFSET_BEYOND_END");
  const fitted = { start, end: Math.min(end, size - 1) };
  return { start, length: fitted.end - start + 1, range: fitted };
}
