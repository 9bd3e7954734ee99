import { describe, expect, it } from "vitest";
import { isSatisfiable, parseChunkRange, parseRange } from "./range.ts";

describe("parseRange", () => {
  it("reads the three forms of one range", () => {
    expect(parseRange("bytes=500-1499")).toEqual({ kind: "from", start: 500, end: 1499 });
    expect(parseRange("bytes=500-")).toEqual({ kind: "from", start: 500 });
    expect(parseRange("bytes=-500")).toEqual({ kind: "last", length: 500 });
  });

  it.each(["bytes=-0", "abc", "items=0-5", "bytes=", "bytes=-", "bytes=a-b", "bytes = 0-5"])(
    "B50 takes %s as a wish for the whole blob",
    (header) => {
      expect(parseRange(header)).toBeUndefined();
    },
  );

  it("B51 takes a thousand ranges as a wish for the whole blob", () => {
    expect(parseRange(`bytes=${Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(",")}`)).toBeUndefined();
  });

  it("B50 finds no byte in a range that ends before it starts, or that starts past the end", () => {
    expect(isSatisfiable(parseRange("bytes=500-0")!, 1000)).toBe(false);
    expect(isSatisfiable(parseRange("bytes=1000-")!, 1000)).toBe(false);
    expect(isSatisfiable(parseRange("bytes=-5")!, 0)).toBe(false);
    expect(isSatisfiable(parseRange("bytes=999-5000")!, 1000)).toBe(true);
    expect(isSatisfiable(parseRange("bytes=-5000")!, 1000)).toBe(true);
  });
});

describe("parseChunkRange", () => {
  it("reads first and last byte, and notices a reversed range", () => {
    expect(parseChunkRange("0-0")).toEqual({ start: 0, length: 1, isReversed: false });
    expect(parseChunkRange("10-19")).toEqual({ start: 10, length: 10, isReversed: false });
    expect(parseChunkRange("9-5").isReversed).toBe(true);
  });

  it.each(["bytes 0-5", "bytes=0-5", "0-5/10", "0-", "-5", "a-b", "0 - 5", "1e3-2e3"])(
    "B39 refuses %s (400 BLOB_UPLOAD_INVALID)",
    (header) => {
      expect(() => parseChunkRange(header)).toThrow(
        expect.objectContaining({ code: "BLOB_UPLOAD_INVALID", status: 400 }),
      );
    },
  );
});
