import { describe, expect, it } from "vitest";
import {
  joinRepositoryName,
  libraryOrganization,
  parseOrganizationName,
  parseRepositoryName,
  splitRepositoryName,
} from "./repository-name.ts";

const wellFormed = [
  "alpine",
  "a",
  "0",
  "acme/api",
  "acme/team/api",
  "a/b/c/d/e/f",
  "a.b/c_d/e__f/g-h/i--j",
  "acme/x1.2.3",
  "library/team/alpine",
  "a".repeat(255),
  `acme/${"b/".repeat(124)}cc`,
];

const malformed = [
  "",
  "Alice/App",
  "acme/API",
  "-a/b",
  "_a/b",
  ".a/b",
  "a-/b",
  "a_/b",
  "a/b.",
  "a/.b",
  "a..b",
  "a___b",
  "a_-b",
  "a._b",
  "a//b",
  "/a",
  "a/",
  "/",
  "a/../b",
  "..",
  ".",
  "acme/%2e%2e/b",
  "acme\\api",
  "acme/api ",
  " acme/api",
  "acme/api\n",
  "acme\u0000api",
  "zürich/api",
  "аcme/api",
  "acme/api:latest",
  "localhost:5000/api",
  "acme/api@sha256",
  "a".repeat(256),
  `acme/${"b/".repeat(125)}b`,
];

describe("repository names", () => {
  it.each(wellFormed)("%s is read as it is", (text) => {
    expect(parseRepositoryName(text)).toBe(text);
  });

  it.each(malformed)("B5: %j is refused (NAME_INVALID)", (text) => {
    expect(() => parseRepositoryName(text)).toThrow(expect.objectContaining({ code: "NAME_INVALID", status: 400 }));
  });

  it("a name of one component is a repository of the organization library, long or short", () => {
    expect(parseRepositoryName("library/alpine")).toBe(parseRepositoryName("alpine"));
    expect(splitRepositoryName(parseRepositoryName("alpine"))).toEqual({
      organization: libraryOrganization,
      path: "alpine",
    });
    expect(parseRepositoryName("library/library")).toBe("library");
  });

  it("a name is taken apart and put together again", () => {
    for (const text of [...wellFormed, "library/library"]) {
      const name = parseRepositoryName(text);
      const { organization, path } = splitRepositoryName(name);
      // A name of 255 characters without its organization has no room for it.
      if (path.length === 255) continue;
      expect(joinRepositoryName(organization, path)).toBe(name);
    }
    expect(splitRepositoryName(parseRepositoryName("acme/team/api"))).toEqual({
      organization: "acme",
      path: "team/api",
    });
  });

  it("a name that is made to be slow is refused within a moment", () => {
    const started = performance.now();
    for (const text of [`${"a-".repeat(126)}!`, `${"-".repeat(254)}a`, `${"a".repeat(254)}!`, "a/".repeat(127)]) {
      expect(() => parseRepositoryName(text)).toThrow(expect.objectContaining({ code: "NAME_INVALID" }));
    }
    expect(performance.now() - started).toBeLessThan(50);
  });
});

describe("organization names", () => {
  it.each(["acme", "ab", "a-b", "a.b", "x".repeat(64)])("%s is read as it is", (text) => {
    expect(parseOrganizationName(text)).toBe(text);
  });

  it.each(["", "a", "x".repeat(65), "acme/api", "Acme", "-acme", "acme-", "ac me", "acme\n"])(
    "%j is refused (NAME_INVALID)",
    (text) => {
      expect(() => parseOrganizationName(text)).toThrow(expect.objectContaining({ code: "NAME_INVALID" }));
    },
  );
});
