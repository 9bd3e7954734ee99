import { permissions } from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import type { AccessChange, AccessDifference } from "./preview.ts";
import { origin, repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts } = instance;
let owner: Viewer;
let mia: Viewer;
const frontend = { organization: "acme", team: "frontend" };
const all = [...permissions];

async function preview(change: AccessChange) {
  const { gains, losses, sentence } = await accounts.previewChange(owner, "acme", change);
  const brief = (one: AccessDifference) => [
    one.principals.map(({ name }) => name).join(" "),
    one.pattern,
    one.permissions.join(" "),
    one.repositories.join(" "),
  ];
  return { gains: gains.map(brief), losses: losses.map(brief), sentence };
}

beforeAll(async () => {
  owner = await instance.addUser("owner");
  mia = await instance.addUser("mia");
  await instance.addUser("noah");
  await instance.addUser("rival");
  await accounts.createOrganization(owner, { name: "acme" }, origin);
  await accounts.addMember(owner, { organization: "acme", user: "mia", role: undefined }, origin);
  await accounts.addMember(owner, { organization: "acme", user: "noah", role: "writer" }, origin);
  await accounts.addMember(owner, { organization: "acme", user: "ada", role: undefined }, origin);
  await accounts.createTeam(owner, "acme", { name: "frontend" }, origin);
  for (const name of ["acme/api", "acme/web-a", "acme/web-b"]) instance.visibilities.set(repository(name), "private");
});

describe("a preview", () => {
  it("tells who loses when the default role goes, and leaves out whoever has as much otherwise", async () => {
    expect(await preview({ kind: "default-role", role: undefined })).toEqual({
      gains: [],
      losses: [["mia", "acme/**", "pull", "acme/api acme/web-a acme/web-b"]],
      sentence: "mia loses pull on acme/** (3 repositories).",
    });
    expect(await preview({ kind: "default-role", role: "writer" })).toMatchObject({
      gains: [["mia", "acme/**", "push overwrite", "acme/api acme/web-a acme/web-b"]],
      losses: [],
    });
    expect(await preview({ kind: "default-role", role: "reader" })).toEqual({
      gains: [],
      losses: [],
      sentence: "Nobody gains or loses anything.",
    });
  });

  it("of one's own leaving is for every member, and of anybody else's only for owners", async () => {
    const leaving = await accounts.previewChange(mia, "acme", { kind: "member-removed", user: "mia" });
    expect(leaving.losses).toMatchObject([{ principals: [{ name: "mia" }], permissions: ["pull"] }]);
    await expect(accounts.previewChange(mia, "acme", { kind: "member-removed", user: "noah" })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
  });

  it("tells what a grant gives to whom, in which repositories, and what its removal takes", async () => {
    const grant = {
      principal: { kind: "team", name: "frontend" },
      pattern: "acme/web-*",
      permissions: ["push"],
    } as const;
    expect((await preview({ kind: "grant-created", grant })).sentence).toBe("Nobody gains or loses anything.");
    await accounts.addTeamMember(owner, frontend, "mia", origin);
    await accounts.addTeamMember(owner, frontend, "noah", origin);
    expect(await preview({ kind: "grant-created", grant })).toEqual({
      gains: [["mia", "acme/web-*", "push", "acme/web-a acme/web-b"]],
      losses: [],
      sentence: "mia gains push on acme/web-* (2 repositories).",
    });
    const { id } = await accounts.createGrant(owner, "acme", grant, origin);
    const taken = [["mia", "acme/web-*", "push", "acme/web-a acme/web-b"]];
    expect(await preview({ kind: "grant-removed", id })).toMatchObject({ gains: [], losses: taken });
    expect(await preview({ kind: "grant-changed", id, permissions: ["pull"] })).toMatchObject({
      gains: [],
      losses: taken,
    });
    expect(await preview({ kind: "grant-changed", id, permissions: ["overwrite", "delete"] })).toMatchObject({
      gains: [
        ["mia", "acme/web-*", "overwrite delete", "acme/web-a acme/web-b"],
        ["noah", "acme/web-*", "delete", "acme/web-a acme/web-b"],
      ],
      losses: [],
    });
    expect(await preview({ kind: "team-member-removed", team: "frontend", user: "mia" })).toMatchObject({
      losses: taken,
    });
    expect(await preview({ kind: "team-deleted", team: "frontend" })).toMatchObject({ gains: [], losses: taken });
  });

  it("leaves out what another grant gives, repository by repository", async () => {
    const principal = { kind: "user", name: "mia" } as const;
    const { id } = await accounts.createGrant(
      owner,
      "acme",
      { principal, pattern: "acme/web-a", permissions: ["push"] },
      origin,
    );
    expect((await preview({ kind: "grant-removed", id })).losses).toEqual([]);
    expect(await preview({ kind: "team-deleted", team: "frontend" })).toMatchObject({
      losses: [["mia", "acme/web-*", "push", "acme/web-b"]],
    });
    await accounts.removeGrant(owner, "acme", id, origin);
  });

  it("takes a pattern that no repository can be called for what it is: nothing's", async () => {
    const grant = { principal: { kind: "user", name: "mia" }, pattern: "acme/web-", permissions: ["delete"] } as const;
    expect(await preview({ kind: "grant-created", grant })).toMatchObject({
      gains: [["mia", "acme/web-", "delete", ""]],
      losses: [],
    });
  });

  it("tells what a role gives and takes, what joining gives, and what leaving takes", async () => {
    expect(await preview({ kind: "member-role", user: "noah", role: "owner" })).toMatchObject({
      gains: [["noah", "acme/**", "delete administer", "acme/api acme/web-a acme/web-b"]],
      losses: [],
    });
    expect(await preview({ kind: "member-role", user: "noah", role: undefined })).toMatchObject({
      gains: [],
      // What the team gives in a part is named beside what is lost in the rest.
      losses: [["noah", "acme/**", "push overwrite", "acme/api acme/web-a acme/web-b"]],
    });
    expect(await preview({ kind: "member-role", user: "rival", role: "reader" })).toMatchObject({
      gains: [["rival", "acme/**", "pull", "acme/api acme/web-a acme/web-b"]],
    });
    expect(await preview({ kind: "member-removed", user: "mia" })).toMatchObject({
      gains: [],
      losses: [
        ["mia", "acme/**", "pull", "acme/api acme/web-a acme/web-b"],
        ["mia", "acme/web-*", "push", "acme/web-a acme/web-b"],
      ],
    });
    expect(await preview({ kind: "team-member-added", team: "frontend", user: "owner" })).toMatchObject({ gains: [] });
  });

  it("tells of robots, and of everybody when a repository is opened or closed", async () => {
    const grants = [{ pattern: "acme/api", permissions: ["pull"] as const }];
    await accounts.createRobot(owner, "acme", { name: "ci", expiresInDays: 1, grants }, origin);
    const principal = { kind: "robot", name: "ci" } as const;
    expect(
      await preview({ kind: "grant-created", grant: { principal, pattern: "acme/**", permissions: all } }),
    ).toMatchObject({ gains: [["ci", "acme/**", all.join(" "), "acme/api acme/web-a acme/web-b"]] });
    expect(await preview({ kind: "visibility", repository: "acme/api", visibility: "public" })).toEqual({
      gains: [["everybody", "acme/api", "pull", "acme/api"]],
      losses: [],
      sentence: "Everybody gains pull on acme/api (1 repository).",
    });
    expect(await preview({ kind: "visibility", repository: "acme/api", visibility: "private" })).toMatchObject({
      gains: [],
      losses: [],
    });
  });

  it("changes nothing, and is what the change then does", async () => {
    const before = await accounts.listGrants(owner, "acme");
    await preview({ kind: "team-deleted", team: "frontend" });
    expect(await accounts.listGrants(owner, "acme")).toEqual(before);
    const { may } = accounts.rightsOf(mia.identity);
    expect(await may(repository("acme/web-b"), "push")).toBe(true);
    await accounts.deleteTeam(owner, frontend, origin);
    expect(await may(repository("acme/web-b"), "push")).toBe(false);
  });

  it("is for those who may make the change, and refuses what the change would", async () => {
    const ask = (change: AccessChange, viewer = owner, organization = "acme") =>
      accounts.previewChange(viewer, organization, change);
    const stranger = await instance.addUser("stranger");
    await expect(ask({ kind: "default-role", role: "reader" }, mia)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    for (const organization of ["acme", "nothing"]) {
      await expect(ask({ kind: "default-role", role: "reader" }, stranger, organization)).rejects.toMatchObject({
        code: "ORGANIZATION_UNKNOWN",
      });
    }
    const principal = { kind: "user", name: "mia" } as const;
    for (const [change, code] of [
      [{ kind: "default-role", role: "owner" }, "NOT_ALLOWED"],
      [{ kind: "member-role", user: "nobody", role: "reader" }, "USER_UNKNOWN"],
      [{ kind: "member-removed", user: "stranger" }, "PRINCIPAL_UNKNOWN"],
      [{ kind: "team-deleted", team: "nothing" }, "TEAM_UNKNOWN"],
      [{ kind: "grant-removed", id: "a b" }, "GRANT_UNKNOWN"],
      [
        { kind: "grant-created", grant: { principal, pattern: "globex/**", permissions: all } },
        "GRANT_PATTERN_INVALID",
      ],
      [{ kind: "visibility", repository: "acme/nothing", visibility: "public" }, "REPOSITORY_UNKNOWN"],
    ] as const satisfies readonly (readonly [AccessChange, string])[]) {
      await expect(ask(change)).rejects.toMatchObject({ code });
    }
  });

  it("stays quick with ten thousand members and a thousand grants", async () => {
    await instance.database.query({
      text: `WITH organization AS (SELECT id FROM organization WHERE name = 'acme'),
        person AS (
          INSERT INTO "user" (name, email) SELECT 'many-' || n, 'many-' || n || '@example.test'
          FROM generate_series(1, 10000) n RETURNING id),
        member AS (INSERT INTO membership (organization_id, user_id)
          SELECT organization.id, person.id FROM organization, person RETURNING organization_id, user_id)
        INSERT INTO access_grant (organization_id, user_id, path_pattern, permissions, created_by)
          SELECT organization_id, user_id, 'many-' || row_number() OVER (), ARRAY['pull'], 'owner' FROM member LIMIT 1000`,
    });
    const { losses } = await accounts.previewChange(owner, "acme", { kind: "default-role", role: undefined });
    expect(losses).toMatchObject([{ pattern: "acme/**", permissions: ["pull"], principalCount: 10_001 }]);
    expect(losses[0]?.principals).toHaveLength(20);
  });
});
