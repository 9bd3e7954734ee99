import { describe, expect, it } from "vitest";
import { parseRepositoryName } from "./repository-name.ts";
import { matchesGlob, matchesRepositoryPattern, parseRepositoryPattern } from "./repository-pattern.ts";

function covers(pattern: string, name: string): boolean {
  return matchesRepositoryPattern(parseRepositoryPattern(pattern), parseRepositoryName(name));
}

describe("a repository pattern", () => {
  it.each([
    ["**", "acme/team/api"],
    ["**", "alpine"],
    ["acme/**", "acme/api"],
    ["acme/**", "acme/team/api"],
    ["acme/api", "acme/api"],
    ["acme/web-*", "acme/web-shop"],
    ["acme/web*", "acme/web"],
    ["acme/*/api", "acme/team/api"],
    ["**/api", "acme/team/api"],
    ["acme/**/api", "acme/api"],
    ["acme/**/x/**/api", "acme/a/x/b/c/api"],
    ["acme/v?", "acme/v2"],
    ["alpine", "alpine"],
    ["library/alpine", "alpine"],
    ["library/**", "alpine"],
    ["al*", "library/alpine"],
  ])("%s covers %s", (pattern, name) => {
    expect(covers(pattern, name)).toBe(true);
  });

  it.each([
    ["acme/**", "acme2/api"],
    ["acme/**", "library/acme"],
    ["acme/*", "acme/team/api"],
    ["acme/api", "acme/api2"],
    ["acme/api", "acme/api/v2"],
    ["acme/web-*", "acme/web-shop/api"],
    ["acme/web-*", "acme/api"],
    ["acme/v?", "acme/v22"],
    ["acme/**/api", "acme/team"],
    ["*", "acme/api"],
    ["alpine", "acme/alpine"],
  ])("%s does not cover %s", (pattern, name) => {
    expect(covers(pattern, name)).toBe(false);
  });

  it.each(["", "/acme", "acme/", "acme//api", "Acme/api", "acme/***", "acme/a**", "acme api", "(a+)+$", "acme/é"])(
    "T57: %j is refused",
    (text) => {
      expect(() => parseRepositoryPattern(text)).toThrow(expect.objectContaining({ code: "NAME_INVALID" }));
    },
  );

  it("T57: more than 128 characters are refused", () => {
    expect(parseRepositoryPattern(`acme/${"a".repeat(123)}`)).toHaveLength(128);
    expect(() => parseRepositoryPattern(`acme/${"a".repeat(124)}`)).toThrow(
      expect.objectContaining({ code: "NAME_INVALID" }),
    );
  });
});

describe("a glob", () => {
  it("takes every sign but * and ? as itself", () => {
    expect(matchesGlob("v1.*", "v1.2")).toBe(true);
    expect(matchesGlob("v1.*", "v1x2")).toBe(false);
    expect(matchesGlob("(a+)+$", "(a+)+$")).toBe(true);
    expect(matchesGlob("", "")).toBe(true);
    expect(matchesGlob("***", "")).toBe(true);
    expect(matchesGlob("?", "")).toBe(false);
    expect(matchesGlob("*-alpine", "1.2-alpine-alpine")).toBe(true);
  });

  it("R12, T57: takes a step per pair of characters at most, so that no pattern is slow", () => {
    const steps = { count: 0 };
    // A string that counts how often one of its characters is looked at.
    const counted = (text: string) =>
      new Proxy(Array.from(text), {
        get(characters, key) {
          if (typeof key === "string" && /^\d+$/.test(key)) steps.count += 1;
          return Reflect.get(characters, key);
        },
      }) as unknown as string;
    for (const glob of ["*a".repeat(64), `*${"a".repeat(126)}b`, `${"*a?".repeat(42)}b`]) {
      steps.count = 0;
      expect(matchesGlob(counted(glob), counted(`${"a".repeat(127)}c`))).toBe(false);
      expect(steps.count).toBeLessThan(3 * 128 * 128);
    }
  });
});
