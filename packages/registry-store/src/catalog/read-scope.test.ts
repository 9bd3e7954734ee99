import {
  matchesRepositoryPattern,
  parseRepositoryName,
  parseRepositoryPattern,
  type ReadRule,
  type RepositoryName,
  splitRepositoryName,
} from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import { alice, testStore } from "../test-store.ts";
import { openCatalog } from "./catalog.ts";

const { database, store, registry } = await testStore();
const ids = new Map<string, string>();
const names = ["acme/api", "acme/api.v2", "acme/apixv2", "acme/team/api", "acme/web-shop", "acme/web", "globex/api"];
const repositories = [...names, "globex/web-shop", "alpine", "library/team/alpine"].map(parseRepositoryName);

async function listed(...rules: ReadRule[]): Promise<RepositoryName[]> {
  const scope = { everything: false, publicRepositories: false, organizationIds: [], rules };
  const { entries, total } = await openCatalog(database, registry, scope).listRepositories({
    limit: 50,
    order: "name",
  });
  expect(total).toBe(entries.length);
  return entries.map(({ name }) => name).sort();
}

beforeAll(async () => {
  await database.query({ text: "INSERT INTO organization (name, kind) VALUES ('globex', 'shared')" });
  for (const name of repositories) await registry.startUpload(name);
  await store.setVisibility(parseRepositoryName("globex/api"), "public", alice);
  const rows = await database.query<{ id: string; name: string }>({ text: "SELECT id, name FROM organization" });
  for (const { id, name } of rows) ids.set(name, id);
});

describe("T16, a list that patterns narrow", () => {
  it.each([
    "**",
    "acme/**",
    "acme/api",
    "acme/api.v2",
    "acme/*",
    "acme/web*",
    "acme/web-*",
    "acme/???",
    "*/api",
    "**/api",
    "acme/**/api",
    "**/web-shop",
    "alpine",
    "al*",
    "library/**",
    "nobody/**",
  ])("shows what %s covers, and counts no more", async (text) => {
    const pattern = parseRepositoryPattern(text);
    const covered = repositories.filter((name) => matchesRepositoryPattern(pattern, name));
    expect(await listed({ namePatterns: [pattern] })).toEqual(covered.sort());
  });

  it.each(["**", "api", "web-*", "**/api", "team/**", "ap*.v?"])(
    "keeps the path pattern %s inside its organization",
    async (pattern) => {
      const whole = parseRepositoryPattern(`acme/${pattern}`);
      const covered = repositories.filter((name) => matchesRepositoryPattern(whole, name));
      expect(await listed({ organizationId: ids.get("acme"), pathPatterns: [pattern] })).toEqual(covered.sort());
    },
  );

  it("takes one of several patterns as enough, and all parts of a rule as needed", async () => {
    const organizationId = ids.get("acme");
    expect(await listed({ organizationId, pathPatterns: ["api", "web"] })).toEqual(["acme/api", "acme/web"]);
    expect(
      await listed({ organizationId, pathPatterns: ["web*"], namePatterns: [parseRepositoryPattern("**/*-shop")] }),
    ).toEqual(["acme/web-shop"]);
    expect(await listed({ isPublic: true, namePatterns: [parseRepositoryPattern("*/api")] })).toEqual(["globex/api"]);
    expect(await listed({ organizationId, isPublic: true })).toEqual([]);
    expect(await listed()).toEqual([]);
    expect(await listed({ organizationId, pathPatterns: ["api"] }, { isPublic: true })).toEqual([
      "acme/api",
      "globex/api",
    ]);
  });

  it("goes by former names too, as rights do, and shows the present ones", async () => {
    const shop = parseRepositoryName("globex/web-shop");
    await store.renameRepository(shop, parseRepositoryName("globex/store"), alice);
    expect(await listed({ organizationId: ids.get("globex"), pathPatterns: ["web-*"] })).toEqual(["globex/store"]);
    expect(await listed({ namePatterns: [parseRepositoryPattern("globex/web-*")] })).toEqual(["globex/store"]);
    await database.query({
      text: `WITH former AS (
          INSERT INTO organization_alias (name, organization_id) VALUES ('globex', $1::uuid) RETURNING organization_id
        ) UPDATE organization SET name = 'initech' FROM former WHERE id = organization_id`,
      values: [ids.get("globex")],
    });
    expect(await listed({ namePatterns: [parseRepositoryPattern("globex/web-*")] })).toEqual(["initech/store"]);
    expect(await listed({ namePatterns: [parseRepositoryPattern("initech/store")] })).toEqual(["initech/store"]);
    expect(splitRepositoryName(shop).organization).toBe("globex");
  });

  it("stays one scan with a thousand patterns over five thousand repositories", async () => {
    const id = ids.get("acme");
    await database.query({
      text: `INSERT INTO repository (organization_id, path, created_by)
        SELECT $1::uuid, 'many-' || n, 'alice' FROM generate_series(1, 5000) n`,
      values: [id],
    });
    const pathPatterns = Array.from({ length: 1000 }, (_, place) => `many-${place * 5}`);
    const scope = {
      everything: false,
      publicRepositories: false,
      organizationIds: [],
      rules: [{ organizationId: id, pathPatterns }],
    };
    const began = performance.now();
    const page = await openCatalog(database, registry, scope).listRepositories({ limit: 20, order: "name" });
    expect(page.total).toBe(999);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
