import { parseRepositoryName, permissions } from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import type { AccessSubject } from "./explanation.ts";
import type { Identity } from "./identity.ts";
import { origin, repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts, administrator } = instance;
const people = new Map<string, Viewer>();
const subjects = new Map<string, { readonly subject: AccessSubject; readonly identity: Identity }>();
const repositories = ["acme/api", "acme/web-shop", "acme/site", "acme/nothing"];
let ciSecret = "";

function person(name: string): Viewer {
  const found = people.get(name);
  if (found === undefined) throw new Error(`there is no ${name} in this test`);
  return found;
}

const explain = (name: string, repositoryName: string, viewer = person("owner")) =>
  accounts.explainAccess(viewer, { kind: "user", name }, repositoryName);
const sentenceOf = async (name: string, repositoryName: string, permission: string) =>
  (await explain(name, repositoryName)).permissions.find((one) => one.permission === permission)?.sentence;

beforeAll(async () => {
  for (const name of ["owner", "maintainer", "writer", "member", "teamed", "stranger", "auditor"]) {
    people.set(name, await instance.addUser(name));
  }
  const owner = person("owner");
  await accounts.createOrganization(owner, { name: "acme" }, origin);
  await accounts.createOrganization(person("stranger"), { name: "globex" }, origin);
  for (const role of ["maintainer", "writer"] as const) {
    await accounts.addMember(owner, { organization: "acme", user: role, role }, origin);
  }
  for (const user of ["member", "teamed"]) {
    await accounts.addMember(owner, { organization: "acme", user, role: undefined }, origin);
  }
  await accounts.createTeam(owner, "acme", { name: "frontend" }, origin);
  await accounts.addTeamMember(owner, { organization: "acme", team: "frontend" }, "teamed", origin);
  await accounts.createGrant(
    owner,
    "acme",
    { principal: { kind: "team", name: "frontend" }, pattern: "acme/web-*", permissions: ["push"] },
    origin,
  );
  const grants = [{ pattern: "acme/web-*", permissions: ["pull"] as const }];
  ciSecret = (await accounts.createRobot(owner, "acme", { name: "ci", expiresInDays: 1, grants }, origin)).secret;
  await accounts.changeUserRoles(administrator, { name: "auditor", roles: { isAuditor: true } }, origin);
  for (const name of ["acme/api", "acme/web-shop"]) instance.visibilities.set(repository(name), "private");
  instance.visibilities.set(repository("acme/site"), "public");
  for (const [name, { identity }] of people) subjects.set(name, { subject: { kind: "user", name }, identity });
  subjects.set("ada", { subject: { kind: "user", name: "ada" }, identity: administrator.identity });
  subjects.set("acme+ci", {
    subject: { kind: "robot", name: "acme+ci" },
    identity: await accounts.authenticateBasic({ name: "acme+ci", secret: ciSecret, ...origin }),
  });
  subjects.set("nobody", { subject: { kind: "anonymous" }, identity: accounts.anonymous });
  const { identity, accessToken } = await instance.presentToken(person("writer"), {
    permissions: ["pull"],
    repositoryPatterns: ["acme/web-*"],
  });
  subjects.set("a limited token", {
    subject: { kind: "user", name: "writer", accessTokenId: accessToken.id },
    identity,
  });
});

describe("an explanation", () => {
  it.each([false, true])(
    "says for everybody and everything what the decision itself does (anonymous pulls: %s)",
    async (allowed) => {
      await accounts.changeSettings(administrator, { anonymousPull: allowed }, origin);
      for (const [name, { subject, identity }] of subjects) {
        const { may } = accounts.rightsOf(identity);
        for (const text of repositories) {
          const { permissions: explained } = await accounts.explainAccess(administrator, subject, text);
          const decided = await Promise.all(
            permissions.map(async (permission) => [permission, await may(parseRepositoryName(text), permission)]),
          );
          expect([name, text, explained.map(({ permission, isAllowed }) => [permission, isAllowed])]).toEqual([
            name,
            text,
            decided,
          ]);
        }
      }
      await accounts.changeSettings(administrator, { anonymousPull: false }, origin);
    },
  );

  it("is a sentence that names the role, the default, the team and its grant, or that there is nothing", async () => {
    expect(await sentenceOf("writer", "acme/api", "push")).toBe(
      "writer may push new tags to acme/api: as writer of acme.",
    );
    expect(await sentenceOf("member", "acme/api", "pull")).toBe(
      "member may pull from acme/api: as a member of acme, where everybody is reader.",
    );
    expect(await sentenceOf("teamed", "acme/web-shop", "push")).toBe(
      "teamed may push new tags to acme/web-shop: through the team frontend, by its grant on acme/web-*.",
    );
    expect(await sentenceOf("teamed", "acme/api", "push")).toBe(
      "teamed may not push new tags to acme/api: no role, grant or visibility gives that.",
    );
    expect((await explain("teamed", "acme/web-shop")).sentence).toBe(
      "teamed may pull and push in acme/web-shop: through the team frontend, by its grant on acme/web-*. Not allowed: overwrite, delete and administer.",
    );
    const robot = await accounts.explainAccess(
      person("maintainer"),
      { kind: "robot", name: "acme+ci" },
      "acme/web-shop",
    );
    expect(robot.permissions.find(({ permission }) => permission === "push")?.sentence).toBe(
      "acme+ci may not push new tags to acme/web-shop: no role, grant or visibility gives that.",
    );
    expect(robot.sentence).toBe(
      "acme+ci may pull in acme/web-shop: by a grant on acme/web-*. Not allowed: push, overwrite, delete and administer.",
    );
    const nobody = await accounts.explainAccess(person("owner"), { kind: "anonymous" }, "acme/site");
    expect(nobody.sentence).toBe(
      "Whoever is not signed in may do nothing in acme/site: pulling without a credential is switched off.",
    );
  });

  it("gives each way as data, also those that something blocks", async () => {
    const { permissions: explained } = await explain("teamed", "acme/web-shop");
    expect(explained[0]?.paths).toEqual([
      { kind: "default-role", role: "reader", organization: "acme" },
      { kind: "grant", id: expect.any(String), pattern: "acme/web-*", team: "frontend", formerName: undefined },
    ]);
    await accounts.suspendUser(administrator, "teamed", origin);
    const suspended = await explain("teamed", "acme/web-shop");
    expect(suspended.permissions[1]).toMatchObject({
      isAllowed: false,
      paths: [{ kind: "grant" }],
      blocks: [{ kind: "suspended" }],
      sentence:
        "teamed may not push new tags to acme/web-shop: through the team frontend, by its grant on acme/web-*, but the account is suspended.",
    });
    expect(suspended.sentence).toBe("teamed may do nothing in acme/web-shop: the account is suspended.");
    await accounts.reinstateUser(administrator, "teamed", origin);
  });

  it("tells why an access token may not: its permissions, its repositories, its end", async () => {
    const limited = subjects.get("a limited token")?.subject;
    if (limited === undefined) throw new Error("there is no limited token");
    const writer = person("writer");
    const reasonsIn = async (name: string) =>
      (await accounts.explainAccess(writer, limited, name)).permissions.map(({ blocks }) =>
        blocks.map((one) => ("reason" in one ? one.reason : one.kind)),
      );
    expect(await reasonsIn("acme/web-shop")).toEqual([
      [],
      ["permissions"],
      ["permissions"],
      ["permissions"],
      ["permissions"],
    ]);
    expect((await reasonsIn("acme/api"))[0]).toEqual(["patterns"]);
    const { accessToken } = await instance.presentToken(writer);
    await accounts.revokeAccessToken(writer, accessToken.id, origin);
    const ended = await accounts.explainAccess(
      writer,
      { kind: "user", name: "writer", accessTokenId: accessToken.id },
      "acme/api",
    );
    expect(ended.permissions[0]).toMatchObject({ isAllowed: false, blocks: [{ kind: "token", reason: "ended" }] });
  });

  it("says when a robot's secrets have all expired", async () => {
    await instance.database.query({ text: "UPDATE robot_secret SET expires_at = now()" });
    const { permissions: explained } = await accounts.explainAccess(
      person("owner"),
      { kind: "robot", name: "acme+ci" },
      "acme/web-shop",
    );
    expect(explained[0]).toMatchObject({ isAllowed: false, paths: [{ kind: "grant" }], blocks: [{ kind: "expired" }] });
  });

  it("is for owners and maintainers, administrators and auditors, and for members about themselves", async () => {
    for (const viewer of [person("owner"), person("maintainer"), administrator]) {
      expect((await explain("writer", "acme/api", viewer)).permissions).toHaveLength(5);
    }
    expect((await explain("writer", "acme/api", person("writer"))).permissions).toHaveLength(5);
    await expect(explain("owner", "acme/api", person("writer"))).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(explain("owner", "No Name")).rejects.toMatchObject({ code: "NAME_INVALID" });
  });

  it("T16, T36, tenant boundary: tells a stranger the same of a private, an absent and a foreign repository", async () => {
    const stranger = person("stranger");
    for (const name of ["acme/api", "acme/nothing", "nothing/api", "alpine"]) {
      for (const who of ["stranger", "owner"]) {
        await expect(explain(who, name, stranger)).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
      }
    }
    for (const subject of [
      { kind: "robot", name: "acme+ci" },
      { kind: "robot", name: "globex+none" },
      { kind: "user", name: "owner" },
      { kind: "user", name: "nobody" },
    ] as const) {
      await expect(accounts.explainAccess(stranger, subject, "globex/api")).rejects.toMatchObject({
        code: "PRINCIPAL_UNKNOWN",
      });
    }
    const { accessToken } = await instance.presentToken(person("writer"));
    for (const accessTokenId of [accessToken.id, "a b"]) {
      await expect(
        accounts.explainAccess(stranger, { kind: "user", name: "stranger", accessTokenId }, "globex/api"),
      ).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });
    }
  });
});
