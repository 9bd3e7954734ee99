import { type Permission, permissions, type RepositoryName } from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import type { NewGrant } from "./grant.ts";
import type { Identity } from "./identity.ts";
import { origin, repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts, database } = instance;
let owner: Viewer;
let mia: Viewer;
let rival: Viewer;
const [api, shop, foreign] = [repository("acme/api"), repository("acme/web-shop"), repository("globex/web-shop")];

async function held(identity: Identity, name: RepositoryName): Promise<Permission[]> {
  const { may } = accounts.rightsOf(identity);
  const answers = await Promise.all(permissions.map((permission) => may(name, permission)));
  return permissions.filter((_, place) => answers[place]);
}

const grant = (pattern: string, wanted: readonly Permission[], principal: NewGrant["principal"]) =>
  accounts.createGrant(owner, "acme", { principal, pattern, permissions: wanted }, origin);
const user = (name: string) => ({ kind: "user", name }) as const;
const team = (name: string) => ({ kind: "team", name }) as const;

beforeAll(async () => {
  [owner, mia, rival] = [
    await instance.addUser("owner"),
    await instance.addUser("mia"),
    await instance.addUser("rival"),
  ];
  await accounts.createOrganization(owner, { name: "acme" }, origin);
  await accounts.createOrganization(rival, { name: "globex" }, origin);
  await accounts.changeOrganization(owner, "acme", { defaultRole: "none" }, origin);
  await accounts.addMember(owner, { organization: "acme", user: "mia", role: undefined }, origin);
  await accounts.createTeam(owner, "acme", { name: "frontend" }, origin);
  await accounts.addTeamMember(owner, { organization: "acme", team: "frontend" }, "mia", origin);
  for (const name of [api, shop, foreign]) instance.visibilities.set(name, "private");
});

describe("a grant", () => {
  it("gives a team what it says in the repositories that its pattern covers, and nothing beyond", async () => {
    expect(await held(mia.identity, shop)).toEqual([]);
    const made = await grant("acme/web-*", ["push"], team("frontend"));
    expect(made).toMatchObject({ pattern: "acme/web-*", permissions: ["pull", "push"], createdBy: "owner" });
    expect(await held(mia.identity, shop)).toEqual(["pull", "push"]);
    expect(await held(mia.identity, repository("acme/web-new"))).toEqual(["pull", "push"]);
    expect(await held(mia.identity, repository("acme/web-shop/deep"))).toEqual([]);
    expect(await held(mia.identity, api)).toEqual([]);
    expect(await held(mia.identity, foreign)).toEqual([]);
    expect(await held(rival.identity, shop)).toEqual([]);
  });

  it("is added to what a member has otherwise: roles and grants never take away", async () => {
    await grant("acme/api", ["delete"], user("mia"));
    expect(await held(mia.identity, api)).toEqual(["pull", "delete"]);
    await accounts.changeOrganization(owner, "acme", { defaultRole: "writer" }, origin);
    expect(await held(mia.identity, api)).toEqual(["pull", "push", "overwrite", "delete"]);
    await accounts.changeOrganization(owner, "acme", { defaultRole: "none" }, origin);
  });

  it("T18: ends with the next request when it is changed, when the team is left, and when the organization is", async () => {
    const { token } = await accounts.issueBearer(
      mia.identity,
      [{ kind: "repository", repository: shop, actions: ["pull", "push"] }],
      accounts.service,
    );
    const bearer = await accounts.verifyBearer(token);
    expect(await held(bearer, shop)).toEqual(["pull", "push"]);
    const [made] = await accounts.listGrants(owner, "acme", { principal: team("frontend") });
    const id = made?.id ?? "";
    await accounts.changeGrant(owner, "acme", { id, permissions: ["pull"] }, origin);
    expect(await held(bearer, shop)).toEqual(["pull"]);
    await accounts.changeGrant(owner, "acme", { id, permissions: ["overwrite"] }, origin);
    expect(await held(mia.identity, shop)).toEqual(["pull", "push", "overwrite"]);
    await accounts.removeTeamMember(owner, { organization: "acme", team: "frontend" }, "mia", origin);
    expect(await held(bearer, shop)).toEqual([]);
    await accounts.addTeamMember(owner, { organization: "acme", team: "frontend" }, "mia", origin);
    expect(await held(bearer, shop)).toEqual(["pull", "push", "overwrite"]);
    await accounts.removeMember(owner, { organization: "acme", user: "mia" }, origin);
    expect(await held(bearer, shop)).toEqual([]);
    await accounts.addMember(owner, { organization: "acme", user: "mia", role: undefined }, origin);
    expect(await accounts.listGrants(owner, "acme", { principal: user("mia") })).toEqual([]);
    await accounts.addTeamMember(owner, { organization: "acme", team: "frontend" }, "mia", origin);
  });

  it("T19: for new tags moves no tag", async () => {
    const [made] = await accounts.listGrants(owner, "acme", { principal: team("frontend") });
    await accounts.changeGrant(owner, "acme", { id: made?.id ?? "", permissions: ["push"] }, origin);
    expect(await accounts.rightsOf(mia.identity).may(shop, "overwrite")).toBe(false);
  });

  it("shows in lists what may be pulled by it", async () => {
    expect(await accounts.readScope(mia.identity)).toMatchObject({
      everything: false,
      rules: [{ pathPatterns: ["web-*"] }],
    });
    await grant("acme/api", ["pull"], user("mia"));
    const { rules, organizationIds } = await accounts.readScope(mia.identity);
    expect(rules.map(({ pathPatterns }) => [...(pathPatterns ?? [])].sort())).toEqual([["api", "web-*"]]);
    expect(organizationIds).toHaveLength(1);
  });

  it("is narrowed by an access token's limits, and is all that the token can have", async () => {
    const limits = { permissions: ["push"], repositoryPatterns: ["acme/*-shop"] } as const;
    const { identity } = await instance.presentToken(mia, limits);
    expect(await held(identity, shop)).toEqual(["pull", "push"]);
    expect(await held(identity, repository("acme/web-new"))).toEqual([]);
    expect(await held(identity, repository("acme/old-shop"))).toEqual([]);
    const { rules } = await accounts.readScope(identity);
    expect(rules.find(({ pathPatterns }) => pathPatterns)?.namePatterns).toEqual(["acme/*-shop"]);
  });

  it("follows the organization through a rename", async () => {
    await accounts.renameOrganization(owner, "acme", "acme-labs", origin);
    expect(await held(mia.identity, shop)).toEqual(["pull", "push"]);
    expect(await held(mia.identity, repository("acme-labs/web-shop"))).toEqual(["pull", "push"]);
    const patterns = (await accounts.listGrants(mia, "acme")).map(({ pattern }) => pattern);
    expect(patterns).toEqual(["acme-labs/api", "acme-labs/web-*"]);
    await accounts.renameOrganization(owner, "acme-labs", "acme", origin);
  });

  it("is found by the repositories that it covers", async () => {
    const covering = async (name: string) =>
      (await accounts.listGrants(mia, "acme", { repository: name })).map(({ pattern }) => pattern);
    expect(await covering("acme/api")).toEqual(["acme/api"]);
    expect(await covering("acme/web-shop")).toEqual(["acme/web-*"]);
    expect(await covering("globex/web-shop")).toEqual([]);
    expect(await covering("No Name")).toEqual([]);
  });

  it.each([
    "**",
    "acme",
    "acme/",
    "globex/**",
    "*/web",
    "ac*/web",
    "acme2/x",
    "ACME/x",
    "acme/a**",
    `acme/${"x".repeat(130)}`,
  ])("does not reach beyond its organization: %j is refused", async (pattern) => {
    await expect(grant(pattern, ["pull"], user("mia"))).rejects.toMatchObject({ code: "GRANT_PATTERN_INVALID" });
  });

  it("is refused for nobody, for what is no permission, and twice for one pattern", async () => {
    for (const principal of [user("rival"), user("nobody"), team("nobody"), { kind: "robot", name: "x" } as const]) {
      await expect(grant("acme/**", ["pull"], principal)).rejects.toMatchObject({ code: "PRINCIPAL_UNKNOWN" });
    }
    for (const wanted of [[], ["admin"], ["pull", "*"]] as never[]) {
      await expect(grant("acme/x", wanted, user("mia"))).rejects.toMatchObject({ code: "GRANT_PERMISSIONS_INVALID" });
    }
    await expect(grant("acme/api", ["push"], user("mia"))).rejects.toMatchObject({ code: "GRANT_EXISTS", status: 409 });
  });

  it("T36, tenant boundary: another organization's id answers like none, and the grant stays as it is", async () => {
    const [mine] = await accounts.listGrants(owner, "acme");
    for (const id of [mine?.id ?? "", "6e9a7a3e-0000-4000-8000-00000000a11c", "a b", "1"]) {
      await expect(accounts.changeGrant(rival, "globex", { id, permissions: ["pull"] })).rejects.toMatchObject({
        code: "GRANT_UNKNOWN",
      });
      await expect(accounts.removeGrant(rival, "globex", id)).rejects.toMatchObject({ code: "GRANT_UNKNOWN" });
      await expect(accounts.removeGrant(rival, "acme", id)).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
    }
    await expect(accounts.listGrants(rival, "acme")).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
    await expect(accounts.removeGrant(mia, "acme", mine?.id ?? "")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    expect((await accounts.listGrants(owner, "acme"))[0]).toEqual(mine);
  });

  it("is recorded when it is made, changed and removed, in the transaction of the change", async () => {
    const made = await grant("acme/logged", ["pull"], user("mia"));
    await accounts.changeGrant(owner, "acme", { id: made.id, permissions: ["push"] }, origin);
    await accounts.changeGrant(owner, "acme", { id: made.id, permissions: ["push"] }, origin);
    await accounts.removeGrant(owner, "acme", made.id, origin);
    const records = await database.query({
      text: `SELECT action, organization, before, after FROM audit_record
        WHERE target = 'user mia: acme/logged' ORDER BY sequence`,
    });
    const [pull, push] = [["pull"], ["pull", "push"]];
    const { id } = made;
    expect(records).toEqual([
      { action: "grant.created", organization: "acme", before: null, after: { id, permissions: pull } },
      {
        action: "grant.changed",
        organization: "acme",
        before: { id, permissions: pull },
        after: { id, permissions: push },
      },
      { action: "grant.removed", organization: "acme", before: { id, permissions: push }, after: null },
    ]);
  });
});

describe("a grant over a thousand others and ten thousand members", () => {
  it("is found by an index, whatever else there is", async () => {
    await database.query({
      text: `WITH organization AS (SELECT id FROM organization WHERE name = 'acme'),
        person AS (
          INSERT INTO "user" (name, email) SELECT 'many-' || n, 'many-' || n || '@example.test'
          FROM generate_series(1, 10000) n RETURNING id),
        member AS (INSERT INTO membership (organization_id, user_id)
          SELECT organization.id, person.id FROM organization, person RETURNING organization_id, user_id)
        INSERT INTO access_grant (organization_id, user_id, path_pattern, permissions, created_by)
          SELECT organization_id, user_id, 'many-*', ARRAY['pull'], 'owner' FROM member LIMIT 1000`,
    });
    await database.query({ text: "ANALYZE" });
    const plan = await database.query<{ "QUERY PLAN": string }>({
      text: `EXPLAIN SELECT own.id FROM access_grant own
        WHERE own.user_id = '${mia.id}'::uuid AND own.organization_id = (SELECT id FROM organization WHERE name = 'acme')`,
    });
    expect(plan.map((line) => line["QUERY PLAN"]).join("\n")).toMatch(/Index.* on access_grant/);
    expect(await held(mia.identity, shop)).toEqual(["pull", "push"]);
    const page = await accounts.listMembers(owner, "acme", { limit: 50, search: "many-99" });
    expect(page).toMatchObject({ total: 111, next: expect.stringMatching(/^many-99/) });
    expect(await accounts.listGrants(owner, "acme")).toHaveLength(1002);
  });
});
