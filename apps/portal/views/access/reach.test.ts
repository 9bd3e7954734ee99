import type { AccessGrant } from "@layerport/accounts";
import { type Permission, parseRepositoryName } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { reachOf, withoutPermission } from "./reach.ts";

const grant = (pattern: string, permissions: readonly Permission[]): AccessGrant => ({
  id: `id of ${pattern}`,
  principal: { kind: "team", name: "web" },
  pattern,
  permissions,
  createdAt: new Date(),
  createdBy: "mia",
  lastUsedAt: undefined,
  isUnused: false,
});
const web = grant("acme/web-*", ["pull", "push"]);
const api = grant("acme/api", ["pull"]);

const reach = (name: string, formerNames: readonly string[] = []) =>
  reachOf(
    { name: parseRepositoryName(name), names: [name, ...formerNames].map((one) => parseRepositoryName(one)) },
    { organization: "acme", grants: [web, api], defaultRole: "reader" },
  );

describe("a row of the matrix", () => {
  it("has what each grant that covers the repository gives, and what the default role gives", () => {
    const { ways } = reach("acme/web-shop");
    expect(ways.push).toEqual([{ kind: "grant", grant: web }]);
    expect(ways.pull).toEqual([
      { kind: "grant", grant: web },
      { kind: "default-role", role: "reader" },
    ]);
    expect(ways.delete).toEqual([]);
  });

  it("has nothing of a grant whose pattern covers other repositories", () => {
    expect(reach("acme/shop").ways.push).toEqual([]);
  });

  it("has what a grant gives by a former name, also one from before the organization was renamed", () => {
    expect(reach("acme/shop", ["acme/web-shop"]).ways.push).toEqual([{ kind: "grant", grant: web }]);
    expect(reach("acme/shop", ["acme-old/web-shop"]).ways.push).toEqual([{ kind: "grant", grant: web }]);
  });

  it("knows the grant for this very repository, which alone can be changed without touching others", () => {
    expect(reach("acme/api").own).toBe(api);
    expect(reach("acme/web-shop").own).toBeUndefined();
  });
});

describe("taking a permission out of a grant", () => {
  it("takes those that need it too", () => {
    expect(withoutPermission(["pull", "push", "overwrite", "delete"], "push")).toEqual(["pull", "delete"]);
    expect(withoutPermission(["pull", "push", "overwrite"], "overwrite")).toEqual(["pull", "push"]);
    expect(withoutPermission(["pull", "push"], "pull")).toEqual([]);
  });
});
