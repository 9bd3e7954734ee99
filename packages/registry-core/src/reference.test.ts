import { describe, expect, it } from "vitest";
import { formatReference, parseReference, parseTag } from "./reference.ts";

const digest = `sha256:${"a".repeat(64)}`;

describe("tags", () => {
  it.each(["latest", "1", "v1.2.3", "_", "_x-", "1..2", "a.b_c-d", "A", "x".repeat(128)])(
    "%s is read as it is",
    (text) => {
      expect(parseTag(text)).toBe(text);
    },
  );

  const malformed = [
    "",
    "x".repeat(129),
    ".tag",
    "-tag",
    "a/b",
    "tag\n",
    "tag%0a",
    "a b",
    "a:b",
    "a@b",
    "../b",
    "täg",
    "tag\u0000",
    "a\\b",
    "a+b",
  ];
  it.each(malformed)("B6: %j is refused (MANIFEST_INVALID)", (text) => {
    expect(() => parseTag(text)).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID", status: 400 }));
  });

  it("a refusal repeats at most 200 characters of what was sent", () => {
    expect(() => parseTag("x".repeat(10_000))).toThrow(
      expect.objectContaining({ detail: { tag: `${"x".repeat(200)}…` } }),
    );
  });
});

describe("references", () => {
  it("a text with a colon is a digest, any other a tag", () => {
    expect(parseReference(digest)).toEqual({ kind: "digest", digest });
    expect(parseReference("latest")).toEqual({ kind: "tag", tag: "latest" });
    // A tag may look like the hexadecimal digits of a digest.
    expect(parseReference("a".repeat(64))).toEqual({ kind: "tag", tag: "a".repeat(64) });
  });

  it("B21 B22: a malformed digest is refused as one, not as a tag (DIGEST_INVALID)", () => {
    for (const text of ["sha256:baddigeststring", "a:b", ":", `md5:${"a".repeat(32)}`]) {
      expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: "DIGEST_INVALID" }));
    }
    expect(() => parseReference(".tag")).toThrow(expect.objectContaining({ code: "MANIFEST_INVALID" }));
  });

  it("is written as it was read", () => {
    for (const text of [digest, "v1.2.3"]) expect(formatReference(parseReference(text))).toBe(text);
  });
});
