import { type Permission, permissions, type Role, type Scope } from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import type { Identity } from "./identity.ts";
import { origin, repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const viewers = new Map<string, Viewer>();
const privateOne = repository("acme/api");
const publicOne = repository("acme/site");
const absentOne = repository("acme/nothing");
const nowhere = repository("no-such-organization/x");

function viewer(name: string): Viewer {
  const found = viewers.get(name);
  if (found === undefined) throw new Error(`there is no ${name} in this test`);
  return found;
}

async function held(identity: Identity, name = privateOne): Promise<Permission[]> {
  const { may } = instance.accounts.rightsOf(identity);
  const answers = await Promise.all(permissions.map((permission) => may(name, permission)));
  return permissions.filter((_, place) => answers[place]);
}

async function bearerOf(identity: Identity, ...scopes: Scope[]): Promise<Identity> {
  const { accounts } = instance;
  return accounts.verifyBearer((await accounts.issueBearer(identity, scopes, accounts.service)).token);
}

const allOf = (name = privateOne): Scope => ({
  kind: "repository",
  repository: name,
  actions: ["pull", "push", "delete"],
});

beforeAll(async () => {
  const { accounts, administrator, visibilities, database } = instance;
  viewers.set("administrator", administrator);
  for (const name of ["stranger", "reader", "writer", "maintainer", "owner", "auditor"]) {
    viewers.set(name, await instance.addUser(name));
  }
  await accounts.createOrganization(viewer("owner"), { name: "acme" });
  for (const role of ["reader", "writer", "maintainer"] satisfies Role[]) {
    await accounts.addMember(viewer("owner"), { organization: "acme", user: role, role });
  }
  await database.query({ text: `UPDATE "user" SET is_auditor = true WHERE name = 'auditor'` });
  const auditor = await accounts.findViewer(viewer("auditor").sessionId);
  if (auditor !== undefined) viewers.set("auditor", auditor);
  visibilities.set(privateOne, "private");
  visibilities.set(publicOne, "public");
});

describe("§6.2, what a role may do", () => {
  const all = [...permissions];
  it.each([
    ["stranger", []],
    ["reader", ["pull"]],
    ["writer", ["pull", "push", "overwrite"]],
    ["maintainer", all],
    ["owner", all],
    ["auditor", ["pull"]],
    ["administrator", all],
  ] satisfies [string, Permission[]][])("gives the %s of a private repository: %j", async (name, expected) => {
    expect(await held(viewer(name).identity)).toEqual(expected);
  });

  it.each(["reader", "writer", "maintainer", "owner", "auditor", "administrator"])(
    "gives the %s the same in a repository that does not exist, so that a push can make it",
    async (name) => {
      expect(await held(viewer(name).identity, absentOne)).toEqual(await held(viewer(name).identity));
    },
  );

  it("gives the owner of a personal organization everything in it, and a colleague nothing", async () => {
    const mine = repository("writer/tool");
    expect(await held(viewer("writer").identity, mine)).toEqual(all);
    expect(await held(viewer("owner").identity, mine)).toEqual([]);
  });

  it("gives nobody but administrators anything in the library", async () => {
    const alpine = repository("alpine");
    expect(await held(viewer("owner").identity, alpine)).toEqual([]);
    expect(await held(viewer("administrator").identity, alpine)).toEqual(all);
  });

  it("gives nobody but administrators and auditors the list of all repositories", async () => {
    const listers = [...viewers.values()].filter(
      ({ identity }) => instance.accounts.rightsOf(identity).mayListRepositories,
    );
    expect(listers.map(({ name }) => name).sort()).toEqual(["ada", "auditor"]);
    expect(instance.accounts.rightsOf(instance.accounts.anonymous).mayListRepositories).toBe(false);
  });
});

describe("public repositories", () => {
  it("are pulled by everybody who is signed in, and by nobody pushed to without a role", async () => {
    expect(await held(viewer("stranger").identity, publicOne)).toEqual(["pull"]);
  });

  it("are pulled without a credential only where the instance allows it", async () => {
    const { accounts, administrator } = instance;
    expect(await held(accounts.anonymous, publicOne)).toEqual([]);
    await accounts.changeSettings(administrator, { anonymousPull: true });
    expect(await held(accounts.anonymous, publicOne)).toEqual(["pull"]);
    expect(await held(accounts.anonymous, privateOne)).toEqual([]);
    expect(await held(await bearerOf(accounts.anonymous, allOf(publicOne)), publicOne)).toEqual(["pull"]);
    await accounts.changeSettings(administrator, { anonymousPull: false });
    expect(await held(accounts.anonymous, publicOne)).toEqual([]);
  });
});

describe("tenant boundary, T16", () => {
  it("gives a stranger the same of a private repository, of none, and of one in no organization", async () => {
    const { identity } = viewer("stranger");
    expect(await held(identity, privateOne)).toEqual([]);
    expect(await held(identity, absentOne)).toEqual([]);
    expect(await held(identity, nowhere)).toEqual([]);
  });

  it("asks the store and the accounts about a private and an absent repository alike, in the same turn", async () => {
    const asked: string[] = [];
    const { may } = instance.accounts.rightsOf(viewer("stranger").identity);
    const find = instance.visibilities.get.bind(instance.visibilities);
    instance.visibilities.get = (name) => {
      asked.push(name);
      return find(name);
    };
    const answers = Promise.all([may(privateOne, "pull"), may(absentOne, "pull")]);
    expect(asked).toEqual([privateOne, absentOne]);
    expect(await answers).toEqual([false, false]);
    instance.visibilities.get = find;
  });
});

describe("T21, a credential's limits hold on every way in", () => {
  it("lets an access token for reading pull and do nothing else, by Basic and by bearer token", async () => {
    const { identity } = await instance.presentToken(viewer("owner"), { permissions: ["pull"] });
    expect(await held(identity)).toEqual(["pull"]);
    expect(await held(await bearerOf(identity, allOf()))).toEqual(["pull"]);
  });

  it("lets an access token for some repositories do nothing in others, by Basic and by bearer token", async () => {
    const limits = { permissions: ["push"], repositoryPatterns: ["acme/web-*"] } as const;
    const { identity } = await instance.presentToken(viewer("owner"), limits);
    const web = repository("acme/web-shop");
    expect(await held(identity, web)).toEqual(["pull", "push"]);
    expect(await held(identity, privateOne)).toEqual([]);
    expect(await held(await bearerOf(identity, allOf(web), allOf()), web)).toEqual(["pull", "push"]);
    expect(await held(await bearerOf(identity, allOf(web), allOf()), privateOne)).toEqual([]);
  });

  it("T19: keeps a token for new tags from moving tags, by bearer token too", async () => {
    const { identity } = await instance.presentToken(viewer("owner"), { permissions: ["push"] });
    expect(await held(await bearerOf(identity, allOf()))).toEqual(["pull", "push"]);
  });

  it("never gives a token more than its owner has", async () => {
    const everything = { permissions: ["pull", "push", "overwrite", "delete"], repositoryPatterns: ["**"] } as const;
    const { identity } = await instance.presentToken(viewer("reader"), everything);
    expect(await held(identity)).toEqual(["pull"]);
    expect(await held(await bearerOf(identity, allOf()))).toEqual(["pull"]);
  });

  it("gives a limited token no public repository that strangers may not pull", async () => {
    const { accounts, administrator } = instance;
    const { identity } = await instance.presentToken(viewer("stranger"), { repositoryPatterns: ["stranger/**"] });
    expect(await held(identity, publicOne)).toEqual([]);
    await accounts.changeSettings(administrator, { anonymousPull: true });
    expect(await held(identity, publicOne)).toEqual(["pull"]);
    await accounts.changeSettings(administrator, { anonymousPull: false });
  });

  it("lists all repositories by an administrator's token only when it is for all of them", async () => {
    const { accounts, administrator } = instance;
    const whole = await instance.presentToken(administrator);
    const part = await instance.presentToken(administrator, { repositoryPatterns: ["acme/**"] });
    expect(accounts.rightsOf(whole.identity).mayListRepositories).toBe(true);
    expect(accounts.rightsOf(part.identity).mayListRepositories).toBe(false);
    expect(accounts.rightsOf(await bearerOf(whole.identity, { kind: "catalog" })).mayListRepositories).toBe(true);
    expect(accounts.rightsOf(await bearerOf(part.identity, { kind: "catalog" })).mayListRepositories).toBe(false);
    expect(accounts.rightsOf(await bearerOf(whole.identity)).mayListRepositories).toBe(false);
  });
});

describe("T18 and §6.5, what is taken away is gone at once", () => {
  it("a removed member's bearer token neither pulls nor pushes in the organization, and still does at home", async () => {
    const { accounts } = instance;
    const leaver = await instance.addUser("leaver");
    const owner = viewer("owner");
    await accounts.addMember(owner, { organization: "acme", user: "leaver", role: "writer" });
    const home = repository("leaver/tool");
    const bearer = await bearerOf(leaver.identity, allOf(), allOf(home));
    expect(await held(bearer)).toEqual(["pull", "push", "overwrite"]);
    await accounts.removeMember(owner, { organization: "acme", user: "leaver" });
    expect(await held(bearer)).toEqual([]);
    expect(await held(bearer, home)).toEqual(["pull", "push", "overwrite", "delete"]);
  });

  it("a suspended user's every credential ends, and stays ended when the user is let in again", async () => {
    const { accounts, administrator } = instance;
    const suspect = await instance.addUser("suspect");
    const { identity, secret } = await instance.presentToken(suspect);
    const bearer = await bearerOf(identity, allOf(repository("suspect/x")));
    const refreshToken = await accounts.issueRefreshToken(identity, "docker");
    await accounts.suspendUser(administrator, "suspect", origin);

    for (const known of [suspect.identity, identity, bearer]) {
      await expect(held(known, repository("suspect/x"))).rejects.toMatchObject({ code: "TOKEN_INVALID", status: 401 });
      await expect(accounts.requireStanding(known)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
      await expect(accounts.readScope(known)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
      await expect(bearerOf(known)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    }
    expect(await accounts.findViewer(suspect.sessionId)).toBeUndefined();
    const credentials = { name: "suspect", secret, ...origin };
    await expect(accounts.authenticateBasic(credentials)).rejects.toMatchObject({ code: "ACCOUNT_SUSPENDED" });

    await accounts.reinstateUser(administrator, "suspect", origin);
    await expect(accounts.requireStanding(bearer)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(accounts.exchangeRefreshToken(refreshToken, "docker")).rejects.toMatchObject({
      code: "REFRESH_TOKEN_INVALID",
    });
    expect(await accounts.findViewer(suspect.sessionId)).toBeUndefined();
    expect(await accounts.authenticateBasic(credentials)).toMatchObject({ name: "suspect" });
  });

  it("a revoked access token ends the bearer and refresh tokens made with it, and nothing else of its owner", async () => {
    const { accounts } = instance;
    const maintainer = viewer("maintainer");
    const { identity, accessToken, secret } = await instance.presentToken(maintainer);
    const bearer = await bearerOf(identity, allOf());
    const refreshToken = await accounts.issueRefreshToken(identity, "docker");
    await accounts.revokeAccessToken(maintainer, accessToken.id, origin);
    await expect(held(bearer)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    await expect(accounts.exchangeRefreshToken(refreshToken, "docker")).rejects.toMatchObject({
      code: "REFRESH_TOKEN_INVALID",
    });
    await expect(accounts.authenticateBasic({ name: "maintainer", secret, ...origin })).rejects.toMatchObject({
      code: "TOKEN_REVOKED",
    });
    expect(await accounts.findViewer(maintainer.sessionId)).toMatchObject({ name: "maintainer" });
    expect(await held(maintainer.identity)).toContain("push");
  });

  it("an administrator who is none any more lists nothing with the bearer token of before", async () => {
    const { accounts, database } = instance;
    const deputy = await instance.addUser("deputy");
    await database.query({ text: `UPDATE "user" SET is_administrator = true WHERE name = 'deputy'` });
    const viewed = await accounts.findViewer(deputy.sessionId);
    const scopes: Scope[] = [{ kind: "catalog" }];
    const { token } = await accounts.issueBearer(viewed?.identity ?? accounts.anonymous, scopes, accounts.service);
    expect(accounts.rightsOf(await accounts.verifyBearer(token)).mayListRepositories).toBe(true);
    await database.query({ text: `UPDATE "user" SET is_administrator = false WHERE name = 'deputy'` });
    expect(accounts.rightsOf(await accounts.verifyBearer(token)).mayListRepositories).toBe(false);
  });
});

describe("what a list may show", () => {
  it("is everything for administrators and auditors, one's organizations for others, and public ones by rule", async () => {
    const { accounts } = instance;
    expect(await accounts.readScope(viewer("auditor").identity)).toMatchObject({ everything: true });
    const scope = await accounts.readScope(viewer("reader").identity);
    const organizations = await accounts.listOrganizations(viewer("reader"));
    expect(organizations.map(({ name }) => name)).toEqual(["acme", "reader"]);
    expect(scope).toMatchObject({ everything: false, publicRepositories: true });
    expect([...scope.organizationIds].sort()).toEqual(organizations.map(({ id }) => id).sort());
    expect(await accounts.readScope(accounts.anonymous)).toEqual({
      everything: false,
      publicRepositories: false,
      organizationIds: [],
      rules: [],
    });
  });

  it("narrows with a token's limits", async () => {
    const { accounts } = instance;
    const { identity } = await instance.presentToken(viewer("reader"), { repositoryPatterns: ["reader/**"] });
    const { everything, organizationIds, rules } = await accounts.readScope(identity);
    expect({ everything, organizationIds }).toEqual({ everything: false, organizationIds: [] });
    expect(rules).toHaveLength(3);
    expect(rules.every(({ namePatterns }) => namePatterns?.join() === "reader/**")).toBe(true);
    const { identity: one } = await instance.presentToken(instance.administrator, { repositoryPatterns: ["acme/api"] });
    expect(await accounts.readScope(one)).toEqual({
      everything: false,
      publicRepositories: false,
      organizationIds: [],
      rules: [{ namePatterns: ["acme/api"] }],
    });
  });
});
