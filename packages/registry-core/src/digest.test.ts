import { describe, expect, it } from "vitest";
import { formatDigest, isDigest, parseDigest, parseDigestAlgorithm, shorten, splitDigest } from "./digest.ts";
import { RegistryError } from "./registry-error.ts";

const sha256 = `sha256:${"0123456789abcdef".repeat(4)}`;
const sha512 = `sha512:${"0123456789abcdef".repeat(8)}`;

const malformed = [
  "",
  "sha256",
  "sha256:",
  ":",
  "sha256:baddigeststring",
  "sha256:../../x",
  "sha256:../../../../../../../../../../../../../../../../etc/passwd",
  sha256.toUpperCase(),
  sha256.replace("abcdef", "ABCDEF"),
  sha256.replace("sha256", "SHA256"),
  sha256.slice(0, -1),
  `${sha256}0`,
  `${sha256}\n`,
  `\n${sha256}`,
  ` ${sha256}`,
  `${sha256} `,
  `${sha256}\u0000`,
  sha256.replace(":", ":/"),
  sha256.replace("sha256", "sha512"),
  sha512.replace("sha512", "sha256"),
  `md5:${"a".repeat(32)}`,
  `sha1:${"a".repeat(40)}`,
  `sha384:${"a".repeat(96)}`,
  `sha256+b64:${"a".repeat(64)}`,
  `sha256:${"g".repeat(64)}`,
  `sha256:${"\uff10".repeat(64)}`,
  "a".repeat(64),
  `sha256:sha256:${"a".repeat(57)}`,
];

describe("digests", () => {
  it.each([sha256, sha512])("%s is read as it is", (text) => {
    expect(parseDigest(text)).toBe(text);
    expect(isDigest(text)).toBe(true);
  });

  it.each(malformed)("T03 B21: %j is refused (DIGEST_INVALID)", (text) => {
    expect(() => parseDigest(text)).toThrow(expect.objectContaining({ code: "DIGEST_INVALID", status: 400 }));
    expect(isDigest(text)).toBe(false);
  });

  it("a digest is taken apart and put together again", () => {
    for (const digest of [parseDigest(sha256), parseDigest(sha512)]) {
      const { algorithm, hex } = splitDigest(digest);
      expect(formatDigest(algorithm, hex)).toBe(digest);
    }
    expect(splitDigest(parseDigest(sha512)).algorithm).toBe("sha512");
    expect(() => formatDigest("sha256", splitDigest(parseDigest(sha512)).hex)).toThrow(RegistryError);
  });

  it("B38: sha256 and sha512 are the algorithms there are (DIGEST_INVALID)", () => {
    expect(parseDigestAlgorithm("sha256")).toBe("sha256");
    expect(parseDigestAlgorithm("sha512")).toBe("sha512");
    for (const text of ["md5", "sha1", "SHA256", "sha256 ", "", "__proto__", "constructor"]) {
      expect(() => parseDigestAlgorithm(text)).toThrow(expect.objectContaining({ code: "DIGEST_INVALID" }));
    }
  });

  it("a refusal repeats at most 200 characters of what was sent", () => {
    expect(() => parseDigest("x".repeat(10_000))).toThrow(
      expect.objectContaining({ detail: { digest: `${"x".repeat(200)}…` } }),
    );
    expect(shorten("x".repeat(200))).toHaveLength(200);
  });
});
