import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import { origin, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts, administrator, database } = instance;
let owner: Viewer;
let mia: Viewer;
let auditor: Viewer;

const again = async ({ sessionId, name }: Viewer): Promise<Viewer> => {
  const viewer = await accounts.findViewer(sessionId);
  if (viewer === undefined) throw new Error(`the session of ${name} has ended`);
  return viewer;
};
const setRoles = (name: string, roles: { isAdministrator?: boolean; isAuditor?: boolean }, by = administrator) =>
  accounts.changeUserRoles(by, { name, roles }, origin);

beforeAll(async () => {
  [owner, mia, auditor] = [
    await instance.addUser("owner"),
    await instance.addUser("mia"),
    await instance.addUser("auditor"),
  ];
  await accounts.createOrganization(owner, { name: "acme", displayName: "Acme" }, origin);
  await accounts.addMember(owner, { organization: "acme", user: "mia", role: "maintainer" }, origin);
  await setRoles("auditor", { isAuditor: true });
  auditor = await again(auditor);
});

describe("the users of an instance", () => {
  it("are listed in pages by name, searched by name, address and display name, with what they have", async () => {
    const first = await accounts.listUsers(administrator, { limit: 2 });
    expect(first).toMatchObject({ total: 4, next: "auditor", entries: [{ name: "ada" }, { name: "auditor" }] });
    const second = await accounts.listUsers(auditor, { limit: 2, after: first.next });
    expect(second).toMatchObject({ total: 4, next: undefined, entries: [{ name: "mia" }, { name: "owner" }] });
    await accounts.changeProfile(mia, { displayName: "Mia Malone" }, origin);
    for (const search of ["MIA", "mia@", "malone"]) {
      expect(await accounts.listUsers(administrator, { limit: 5, search })).toMatchObject({
        total: 1,
        entries: [{ name: "mia", displayName: "Mia Malone", organizationCount: 1, accessTokenCount: 0 }],
      });
    }
    expect(await accounts.listUsers(administrator, { limit: 5, search: "%" })).toMatchObject({ total: 0 });
  });

  it("show when they were last active, by page, password or token", async () => {
    await instance.presentToken(owner);
    await instance.flushLastUse();
    const { lastActiveAt } = await accounts.describeUser(administrator, "owner");
    expect(lastActiveAt?.getTime()).toBeGreaterThan(Date.now() - 120_000);
  });

  it("are nobody's to see but administrators' and auditors', and nobody's to change but administrators'", async () => {
    for (const work of [
      () => accounts.listUsers(mia, { limit: 5 }),
      () => accounts.describeUser(mia, "owner"),
      () => accounts.listUserAccessTokens(mia, "owner"),
      () => accounts.listUnusedAccessTokens(mia),
      () => accounts.listAllOrganizations(mia, { limit: 5 }),
      () => setRoles("mia", { isAdministrator: true }, mia),
      () => setRoles("auditor", { isAdministrator: true }, auditor),
      () => accounts.takeOwnership(auditor, "acme"),
      () => accounts.revokeUserAccessToken(auditor, { user: "owner", id: "x" }),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "NOT_ALLOWED", status: 403 });
    }
    await expect(accounts.describeUser(administrator, "nobody")).rejects.toMatchObject({ code: "USER_UNKNOWN" });
  });

  it("gain and lose the roles of the instance; whoever loses one is signed out everywhere", async () => {
    const deputy = await instance.addUser("deputy");
    expect(await setRoles("deputy", { isAdministrator: true })).toMatchObject({
      isAdministrator: true,
      isAuditor: false,
    });
    const promoted = await again(deputy);
    const { token } = await accounts.issueBearer(promoted.identity, [], accounts.service);
    await setRoles("deputy", { isAdministrator: true });
    await setRoles("deputy", { isAdministrator: false, isAuditor: true });
    expect(await accounts.findViewer(deputy.sessionId)).toBeUndefined();
    await expect(accounts.requireStanding(await accounts.verifyBearer(token))).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    const records = await database.query({
      text: "SELECT before, after FROM audit_record WHERE action = 'user.roles-changed' AND target = 'deputy' ORDER BY sequence",
    });
    expect(records).toEqual([
      { before: { administrator: false, auditor: false }, after: { administrator: true, auditor: false } },
      { before: { administrator: true, auditor: false }, after: { administrator: false, auditor: true } },
    ]);
  });

  it("keep an administrator who may sign in, also when two take the role from each other at once", async () => {
    await expect(setRoles("ada", { isAdministrator: false })).rejects.toMatchObject({ code: "LAST_ADMINISTRATOR" });
    const second = await instance.addUser("second");
    await setRoles("second", { isAdministrator: true });
    await accounts.suspendUser(administrator, "second", origin);
    await expect(setRoles("ada", { isAdministrator: false })).rejects.toMatchObject({ code: "LAST_ADMINISTRATOR" });
    await accounts.reinstateUser(administrator, "second", origin);
    const settled = await Promise.allSettled([
      setRoles("ada", { isAdministrator: false }, { ...second, isAdministrator: true }),
      setRoles("second", { isAdministrator: false }),
    ]);
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    await database.query({
      text: `UPDATE "user" SET is_administrator = (name = 'ada'), auth_epoch = 1 WHERE name IN ('ada', 'second')`,
    });
  });
});

describe("another's access tokens", () => {
  it("are listed without their secrets and revoked by administrators; another id answers like none", async () => {
    const { accessToken, secret } = await instance.presentToken(mia, { name: "laptop" });
    const [listed] = await accounts.listUserAccessTokens(auditor, "mia");
    expect(listed).toMatchObject({ id: accessToken.id, name: "laptop", owner: "mia" });
    expect(JSON.stringify(listed)).not.toContain(secret.slice(7, 30));
    for (const wrong of [
      { user: "owner", id: accessToken.id },
      { user: "mia", id: "a b" },
    ]) {
      await expect(accounts.revokeUserAccessToken(administrator, wrong)).rejects.toMatchObject({
        code: "TOKEN_UNKNOWN",
      });
    }
    await accounts.revokeUserAccessToken(administrator, { user: "mia", id: accessToken.id }, origin);
    await expect(accounts.authenticateBasic({ name: "mia", secret, ...origin })).rejects.toMatchObject({
      code: "TOKEN_REVOKED",
    });
  });
});

describe("the organizations of an instance", () => {
  it("are listed with their owners, and those whose owners are all suspended are marked", async () => {
    const named = async () => {
      const { entries } = await accounts.listAllOrganizations(auditor, { limit: 20, kind: "shared" });
      return entries.map(({ name, owners, isOwnerless, memberCount }) => ({ name, owners, isOwnerless, memberCount }));
    };
    const library = { name: "library", owners: [], isOwnerless: true, memberCount: 0 };
    expect(await named()).toEqual([{ name: "acme", owners: ["owner"], isOwnerless: false, memberCount: 2 }, library]);
    await accounts.suspendUser(administrator, "owner", origin);
    expect(await named()).toEqual([{ name: "acme", owners: [], isOwnerless: true, memberCount: 2 }, library]);
    await accounts.reinstateUser(administrator, "owner", origin);
    expect(await accounts.listAllOrganizations(administrator, { limit: 1, search: "ACM" })).toMatchObject({
      total: 1,
      next: undefined,
    });
  });

  it("are taken over by an administrator beside their owners, once, which the organization can see", async () => {
    await accounts.takeOwnership(administrator, "acme", origin);
    await accounts.takeOwnership(administrator, "acme", origin);
    expect(await accounts.describeOrganization(administrator, "acme")).toMatchObject({
      role: "owner",
      owners: ["ada", "owner"],
    });
    const records = await database.query({
      text: `SELECT organization, actor_name AS actor, before, after FROM audit_record
        WHERE action = 'organization.ownership-taken'`,
    });
    expect(records).toEqual([
      { organization: "acme", actor: "ada", before: { owners: ["owner"] }, after: { owner: "ada" } },
    ]);
    await expect(accounts.takeOwnership(administrator, "library")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(accounts.takeOwnership(administrator, "nothing")).rejects.toMatchObject({
      code: "ORGANIZATION_UNKNOWN",
    });
  });
});

describe("what nobody has used for 90 days", () => {
  it("is listed: grants and robots of an organization, and access tokens of everybody", async () => {
    const principal = { kind: "user", name: "mia" } as const;
    await accounts.createGrant(
      administrator,
      "acme",
      { principal, pattern: "acme/old", permissions: ["pull"] },
      origin,
    );
    await accounts.createGrant(
      administrator,
      "acme",
      { principal, pattern: "acme/used", permissions: ["pull"] },
      origin,
    );
    await accounts.createRobot(administrator, "acme", { name: "idle", expiresInDays: 90, grants: [] }, origin);
    await instance.presentToken(mia, { name: "idle", expiresInDays: 365 });
    const unused = async () => {
      const { grants, robots } = await accounts.listUnused(mia, "acme");
      const tokens = await accounts.listUnusedAccessTokens(administrator);
      return [
        ...grants.map(({ pattern }) => pattern),
        ...robots.map(({ name }) => name),
        ...tokens.map(({ owner }) => owner),
      ];
    };
    expect(await unused()).toEqual([]);
    await database.query({ text: "UPDATE access_grant SET created_at = now() - interval '91 days'" });
    await database.query({ text: "UPDATE access_grant SET last_used_at = now() WHERE path_pattern = 'used'" });
    await database.query({ text: "UPDATE robot_account SET created_at = now() - interval '91 days'" });
    await database.query({
      text: "UPDATE access_token SET created_at = now() - interval '91 days', last_used_at = NULL WHERE name = 'idle'",
    });
    expect(await unused()).toEqual(["acme/old", "idle", "mia"]);
    expect(await accounts.listAccessTokens(mia)).toMatchObject([{ name: "idle", isUnused: true }]);
    const stranger = await instance.addUser("stranger");
    await expect(accounts.listUnused(stranger, "acme")).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
    await accounts.addMember(administrator, { organization: "acme", user: "stranger", role: "writer" }, origin);
    await expect(accounts.listUnused(stranger, "acme")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  });
});

describe("§6.2, an administrator who reads what is private", () => {
  it("is told to the organization, once an hour for each repository; members and what is public are not", async () => {
    const [secret, site] = ["acme/secret", "acme/site"] as const;
    instance.visibilities.set(secret as never, "private");
    instance.visibilities.set(site as never, "public");
    await accounts.removeMember(administrator, { organization: "acme", user: "ada" }, origin);
    for (const viewer of [administrator, auditor, mia]) {
      const { may } = accounts.rightsOf(viewer.identity);
      for (const name of [secret, secret, site, "acme/nothing"]) await may(name as never, "pull");
    }
    await instance.flushLastUse();
    const records = await database.query({
      text: `SELECT actor_name AS actor, organization, repository, target FROM audit_record
        WHERE action = 'repository.read-by-role' ORDER BY actor_name`,
    });
    const read = { organization: "acme", repository: secret, target: secret };
    expect(records).toEqual([
      { actor: "ada", ...read },
      { actor: "auditor", ...read },
    ]);
  });
});
