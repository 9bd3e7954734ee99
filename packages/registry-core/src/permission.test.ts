import { describe, expect, it } from "vitest";
import { permissions, permissionsOf, roles, withImplied } from "./permission.ts";

describe("roles", () => {
  it("each include the ones before, and all may pull", () => {
    for (const role of roles) expect(permissionsOf(role)).toContain("pull");
    for (const [at, role] of roles.slice(1).entries()) {
      expect(permissionsOf(role)).toEqual(expect.arrayContaining([...permissionsOf(roles[at]!)]));
    }
    expect(permissionsOf("owner")).toEqual(permissions);
  });

  it("below maintainer neither delete nor administer, and a reader only pulls", () => {
    expect(permissionsOf("reader")).toEqual(["pull"]);
    expect(permissionsOf("writer")).toEqual(["pull", "push", "overwrite"]);
  });
});

describe("permissions", () => {
  it("each imply pull, and moving tags implies making them", () => {
    expect(withImplied([])).toEqual([]);
    expect(withImplied(["push"])).toEqual(["pull", "push"]);
    expect(withImplied(["overwrite"])).toEqual(["pull", "push", "overwrite"]);
    expect(withImplied(["delete"])).toEqual(["pull", "delete"]);
    expect(withImplied(["administer", "pull"])).toEqual(["pull", "administer"]);
  });
});
