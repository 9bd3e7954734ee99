import { describe, expect, it } from "vitest";
import { returnPath } from "./return-path.ts";

describe("T53 B62 where a visitor returns after signing in", () => {
  it.each([
    "//evil.test",
    "/\\evil.test",
    "https:evil.test",
    "https://localhost@evil.test",
    "/\t/evil.test",
    "javascript:alert(1)",
    "",
    "evil.test",
    "/./\\evil",
    "/..//evil.test",
    `/${"a".repeat(3000)}`,
  ])("is the first page for %j", (asked) => {
    expect(returnPath(asked)).toBe("/");
  });

  it("is the path that was asked for, with its query and fragment", () => {
    expect(returnPath("/r/acme/api/-/tags?sort=version#x")).toBe("/r/acme/api/-/tags?sort=version#x");
  });

  it("stays on this site for an encoded slash, which a browser does not decode", () => {
    expect(returnPath("/%5cevil")).toBe("/%5cevil");
    expect(returnPath("/%09/evil")).toBe("/%09/evil");
  });
});
