import { type Permission, permissions, type RepositoryName, type Scope } from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import type { Identity } from "./identity.ts";
import { origin, repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts, database } = instance;
let owner: Viewer;
let maintainer: Viewer;
let reader: Viewer;
let rival: Viewer;
let secret = "";
const [api, shop] = [repository("acme/api"), repository("acme/web-shop")];

async function held(identity: Identity, name: RepositoryName): Promise<Permission[]> {
  const { may } = accounts.rightsOf(identity);
  const answers = await Promise.all(permissions.map((permission) => may(name, permission)));
  return permissions.filter((_, place) => answers[place]);
}

const signIn = (presented = secret, name = "acme+ci") =>
  accounts.authenticateBasic({ name, secret: presented, ...origin });
const all = (name: RepositoryName): Scope => ({
  kind: "repository",
  repository: name,
  actions: ["pull", "push", "delete"],
});
async function bearerOf(identity: Identity, ...scopes: Scope[]): Promise<Identity> {
  return accounts.verifyBearer((await accounts.issueBearer(identity, scopes, accounts.service)).token);
}

beforeAll(async () => {
  [owner, maintainer, reader, rival] = [
    await instance.addUser("owner"),
    await instance.addUser("maintainer"),
    await instance.addUser("reader"),
    await instance.addUser("rival"),
  ];
  await accounts.createOrganization(owner, { name: "acme" }, origin);
  await accounts.createOrganization(rival, { name: "globex" }, origin);
  for (const role of ["maintainer", "reader"] as const) {
    await accounts.addMember(owner, { organization: "acme", user: role, role }, origin);
  }
  for (const name of [api, shop]) instance.visibilities.set(name, "private");
  const grants = [{ pattern: "acme/web-*", permissions: ["push"] as const }];
  const made = await accounts.createRobot(owner, "acme", { name: "ci", expiresInDays: 90, grants }, origin);
  secret = made.secret;
});

describe("a robot", () => {
  it("signs in with its secret and does what it is granted, by Basic and by bearer token, and nothing else", async () => {
    const identity = await signIn();
    expect(identity).toMatchObject({ kind: "robot", name: "acme+ci" });
    expect(accounts.actorOf(identity)).toMatchObject({ kind: "robot", name: "acme+ci" });
    for (const known of [identity, await bearerOf(identity, all(shop), all(api))]) {
      expect(await held(known, shop)).toEqual(["pull", "push"]);
      expect(await held(known, api)).toEqual([]);
      expect(await held(known, repository("globex/web-shop"))).toEqual([]);
      expect(accounts.rightsOf(known).mayListRepositories).toBe(false);
    }
    expect(await held(identity, repository("acme/web-new"))).toEqual(["pull", "push"]);
    expect(await accounts.readScope(identity)).toMatchObject({
      everything: false,
      publicRepositories: false,
      organizationIds: [],
      rules: [{ pathPatterns: ["web-*"] }],
    });
  });

  it("neither signs in to the portal nor holds a refresh token, and has no password", async () => {
    const identity = await signIn();
    await expect(accounts.issueRefreshToken(identity, "docker")).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(accounts.signIn({ nameOrEmail: "acme+ci", password: secret, ...origin })).rejects.toMatchObject({
      code: "CREDENTIALS_WRONG",
    });
  });

  it("T21: is nobody under another name, nor with another kind of token", async () => {
    for (const name of ["acme+other", "globex+ci", "ci", "acme", "lp", "owner", ""]) {
      await expect(signIn(secret, name)).rejects.toMatchObject({ code: "CREDENTIALS_WRONG", status: 401 });
    }
    const { secret: personal } = await instance.presentToken(owner);
    await expect(signIn(personal)).rejects.toMatchObject({ code: "CREDENTIALS_WRONG" });
    await expect(signIn(secret.replace("lp_rob_", "lp_pat_"))).rejects.toMatchObject({ code: "CREDENTIALS_WRONG" });
  });

  it("T27: leaves nothing in the database that signs in", async () => {
    const rows = await database.query<{ row: string }>({ text: "SELECT secret::text AS row FROM robot_secret secret" });
    expect(rows).toHaveLength(1);
    for (const { row } of rows) expect(row).not.toContain(secret.slice(7, 30));
    const [record] = await database.query<{ record: string }>({
      text: "SELECT record::text AS record FROM audit_record record WHERE action = 'robot.created'",
    });
    expect(record?.record).toContain("acme+ci");
    expect(record?.record).not.toContain("lp_rob_");
  });

  it("pulls what is public only where anybody may", async () => {
    const site = repository("acme/site");
    instance.visibilities.set(site, "public");
    const identity = await signIn();
    expect(await held(identity, site)).toEqual([]);
    await accounts.changeSettings(instance.administrator, { anonymousPull: true });
    expect(await held(identity, site)).toEqual(["pull"]);
    await accounts.changeSettings(instance.administrator, { anonymousPull: false });
  });

  it("shows when, from where and for what it was used last, once that is written down", async () => {
    await held(await signIn(), shop);
    await instance.flushLastUse();
    const robot = await accounts.describeRobot(owner, "acme", "ci");
    expect(robot).toMatchObject({
      lastUsedAddress: origin.address,
      lastUsedRepository: "acme/web-shop",
      isUnused: false,
    });
    expect(robot.lastUsedAt?.getTime()).toBeGreaterThan(Date.now() - 120_000);
    expect(robot.grants[0]?.lastUsedAt).toEqual(robot.lastUsedAt);
  });

  it("keeps both secrets during a rotation, so that no pull fails, and then the new one", async () => {
    const before = secret;
    const old = await bearerOf(await signIn(before), all(shop));
    const { robot, secret: fresh } = await accounts.rotateRobotSecret(
      owner,
      "acme",
      { robot: "ci", expiresInDays: 30 },
      origin,
    );
    expect(robot.secrets.map(({ lastFour }) => lastFour)).toEqual([fresh.slice(-4), before.slice(-4)]);
    for (const presented of [before, fresh])
      expect(await held(await signIn(presented), shop)).toEqual(["pull", "push"]);
    expect(await held(old, shop)).toEqual(["pull", "push"]);
    const overlap = (robot.secrets[1]?.expiresAt.getTime() ?? 0) - Date.now();
    expect(Math.round(overlap / 3_600_000)).toBe(24);
    await database.query({
      text: "UPDATE robot_secret SET expires_at = now() WHERE last_four = $1",
      values: [before.slice(-4)],
    });
    await expect(signIn(before)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
    await expect(held(old, shop)).rejects.toMatchObject({ code: "TOKEN_INVALID", status: 401 });
    expect(await held(await signIn(fresh), shop)).toEqual(["pull", "push"]);
    secret = fresh;
  });

  it("T18: loses everything at once by a revoked secret, a suspension and its end, bearer tokens included", async () => {
    const { robot, secret: doomed } = await accounts.rotateRobotSecret(
      owner,
      "acme",
      { robot: "ci", expiresInDays: 1, overlapHours: 100 },
      origin,
    );
    const bearer = await bearerOf(await signIn(doomed), all(shop));
    await accounts.revokeRobotSecret(owner, "acme", { robot: "ci", id: robot.secrets[0]?.id ?? "" }, origin);
    await expect(held(bearer, shop)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(signIn(doomed)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });

    const other = await bearerOf(await signIn(), all(shop));
    await accounts.suspendRobot(owner, "acme", "ci", origin);
    await expect(held(other, shop)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(accounts.requireStanding(other)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(accounts.readScope(other)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(signIn()).rejects.toMatchObject({ code: "ACCOUNT_SUSPENDED", status: 401 });
    await accounts.reinstateRobot(owner, "acme", "ci", origin);
    await expect(held(other, shop)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    expect(await held(await signIn(), shop)).toEqual(["pull", "push"]);
  });

  it("goes on under its old login name when the organization is renamed", async () => {
    await accounts.renameOrganization(owner, "acme", "acme-labs", origin);
    for (const name of ["acme+ci", "acme-labs+ci"]) {
      expect(await signIn(secret, name)).toMatchObject({ kind: "robot", name: "acme-labs+ci" });
    }
    expect(await held(await signIn(), shop)).toEqual(["pull", "push"]);
    await accounts.renameOrganization(owner, "acme-labs", "acme", origin);
  });

  it("is changed by owners, listed by maintainers too, and by nobody else", async () => {
    expect((await accounts.listRobots(maintainer, "acme")).map(({ loginName }) => loginName)).toEqual(["acme+ci"]);
    await expect(accounts.listRobots(reader, "acme")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    const robot = { name: "mine", expiresInDays: 1, grants: [] };
    for (const viewer of [maintainer, reader]) {
      for (const work of [
        () => accounts.createRobot(viewer, "acme", robot),
        () => accounts.rotateRobotSecret(viewer, "acme", { robot: "ci", expiresInDays: 1 }),
        () => accounts.suspendRobot(viewer, "acme", "ci"),
        () => accounts.deleteRobot(viewer, "acme", "ci"),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: "NOT_ALLOWED", status: 403 });
      }
    }
  });

  it("T36, tenant boundary: is to another organization's owner like none", async () => {
    const [{ id } = { id: "" }] = (await accounts.describeRobot(owner, "acme", "ci")).secrets;
    await accounts.createRobot(rival, "globex", { name: "theirs", expiresInDays: 1, grants: [] }, origin);
    for (const work of [
      () => accounts.describeRobot(rival, "globex", "ci"),
      () => accounts.revokeRobotSecret(rival, "globex", { robot: "ci", id }),
      () => accounts.deleteRobot(rival, "globex", "ci"),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "ROBOT_UNKNOWN", status: 404 });
    }
    for (const other of [id, "a b", "6e9a7a3e-0000-4000-8000-00000000a11c"]) {
      await expect(accounts.revokeRobotSecret(rival, "globex", { robot: "theirs", id: other })).rejects.toMatchObject({
        code: "TOKEN_UNKNOWN",
      });
    }
    await expect(accounts.listRobots(rival, "acme")).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
    expect(await signIn()).toMatchObject({ kind: "robot" });
  });

  it.each([
    [{ name: "CI" }, "ROBOT_NAME_INVALID"],
    [{ name: "a+b" }, "ROBOT_NAME_INVALID"],
    [{ name: "ci" }, "ROBOT_NAME_TAKEN"],
    [{ expiresInDays: 366 }, "ROBOT_EXPIRY_INVALID"],
    [{ expiresInDays: 0 }, "ROBOT_EXPIRY_INVALID"],
    [{ expiresInDays: 1.5 }, "ROBOT_EXPIRY_INVALID"],
    [{ description: "x".repeat(501) }, "DESCRIPTION_INVALID"],
    [{ grants: [{ pattern: "globex/**", permissions: ["pull"] as const }] }, "GRANT_PATTERN_INVALID"],
    [{ grants: [{ pattern: "acme/**", permissions: [] }] }, "GRANT_PERMISSIONS_INVALID"],
  ])("is not made from %j, in no part: %s", async (part, code) => {
    const robot = { name: "fresh", expiresInDays: 1, grants: [], ...part };
    await expect(accounts.createRobot(owner, "acme", robot)).rejects.toMatchObject({ code });
    expect(await accounts.listRobots(owner, "acme")).toHaveLength(1);
  });

  it("is gone with its secrets and grants when it is deleted", async () => {
    const bearer = await bearerOf(await signIn(), all(shop));
    await accounts.deleteRobot(owner, "acme", "ci", origin);
    await expect(held(bearer, shop)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(signIn()).rejects.toMatchObject({ code: "CREDENTIALS_WRONG" });
    expect(await accounts.listGrants(owner, "acme")).toEqual([]);
  });
});
