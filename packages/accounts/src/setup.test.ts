import fs from "node:fs";
import path from "node:path";
import { openDatabase } from "@layerport/database";
import { testDatabase, testSecrets } from "@layerport/testkit";
import { afterAll, describe, expect, it } from "vitest";
import type { FirstAdministrator } from "./accounts.ts";
import { verifyAuditChain } from "./audit.ts";
import { openAccounts } from "./open-accounts.ts";
import { readSecrets } from "./secrets.ts";
import { origin, password } from "./test-instance.ts";

const directory = testSecrets();
const secrets = readSecrets(directory);
const setupToken = secrets.setupToken ?? "";
const database = openDatabase({ url: await testDatabase(), connections: 5 });
const accounts = openAccounts({
  database,
  secrets,
  publicUrl: "http://localhost:5000",
  findRepository: async () => undefined,
  repositoriesOf: async () => [],
});

afterAll(async () => {
  await accounts.close();
  await database.close();
});

const ada: FirstAdministrator = { setupToken, name: "ada", email: "Ada@Example.test", password };

function create(changes: Partial<FirstAdministrator> = {}) {
  return accounts.createFirstAdministrator({ ...ada, ...changes }, origin);
}

async function rows(): Promise<Record<string, number>> {
  const [counts] = await database.query<Record<string, number>>({
    text: `SELECT (SELECT count(*) FROM "user") AS users, (SELECT count(*) FROM organization) AS organizations,
      (SELECT count(*) FROM membership) AS memberships, (SELECT count(*) FROM browser_session) AS sessions,
      (SELECT count(*) FROM audit_record) AS records`,
  });
  return counts ?? {};
}

const nothing = { users: 0, organizations: 1, memberships: 0, sessions: 0, records: 0 };

describe("setup of a fresh instance", () => {
  it("T25: is open to whoever holds the token that was drawn for it, and to nobody else", async () => {
    expect(await accounts.setupState()).toBe("open");
    expect(await accounts.checkSetupToken(setupToken)).toBe(true);
    for (const wrong of ["", "setup", "changeme", `${setupToken} `, setupToken.slice(1)]) {
      expect(await accounts.checkSetupToken(wrong)).toBe(false);
      await expect(create({ setupToken: wrong })).rejects.toMatchObject({ code: "SETUP_TOKEN_WRONG" });
    }
  });

  it.each([
    [{ name: "Ada" }, "NAME_INVALID"],
    [{ name: "api" }, "NAME_RESERVED"],
    [{ email: "ada" }, "EMAIL_INVALID"],
    [{ password: "short" }, "PASSWORD_TOO_SHORT"],
    [{ password: "Password123" }, "PASSWORD_TOO_EASY"],
    [{ displayName: "two\nlines" }, "DISPLAY_NAME_INVALID"],
  ] satisfies [Partial<FirstAdministrator>, string][])(
    "refuses %j with %s and leaves no row behind",
    async (changes, code) => {
      await expect(create(changes)).rejects.toMatchObject({ code });
      expect(await rows()).toEqual(nothing);
    },
  );

  it("F22: leaves no part behind when the last statement of making the administrator fails", async () => {
    await database.query({ text: "ALTER TABLE browser_session ADD CONSTRAINT broken CHECK (false) NOT VALID" });
    await expect(create()).rejects.toThrow("broken");
    expect(await rows()).toEqual(nothing);
    await database.query({ text: "ALTER TABLE browser_session DROP CONSTRAINT broken" });
  });

  it("makes one administrator, their organization and session, of any number who ask at once", async () => {
    const asked = await Promise.allSettled([
      create(),
      ...["eve", "bob", "joe"].map((name) => create({ name, email: `${name}@example.test` })),
    ]);
    const made = asked.filter(({ status }) => status === "fulfilled");
    expect(made).toHaveLength(1);
    for (const refused of asked.filter((one) => one.status === "rejected")) {
      expect(refused.reason).toMatchObject({ code: "SETUP_DONE" });
    }
    expect(await rows()).toEqual({ users: 1, organizations: 2, memberships: 1, sessions: 1, records: 3 });
    expect(await accounts.setupState()).toBe("administrator-made");
    const records = await database.query<{ action: string; actor_name: string; target: string; address: string }>({
      text: "SELECT action, actor_name, target, address FROM audit_record ORDER BY sequence",
    });
    const [first] = records;
    expect(records).toEqual(
      ["user.created", "organization.created", "session.started"].map((action) => ({
        action,
        actor_name: first?.target,
        target: first?.target,
        address: origin.address,
      })),
    );
    expect(await verifyAuditChain(database)).toEqual({ isIntact: true, records: 3 });
  });

  it("is completed by the administrator, once and for good, and the token's file is gone", async () => {
    const [user] = await database.query<{ name: string }>({ text: `SELECT name FROM "user"` });
    const { session } = await accounts.signIn({ nameOrEmail: user?.name ?? "", password, ...origin });
    const viewer = await accounts.findViewer(session.id);
    if (viewer === undefined) throw new Error("nobody is signed in");
    await expect(accounts.completeSetup({ ...viewer, isAdministrator: false }, origin)).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    expect(await accounts.checkSetupToken(setupToken)).toBe(true);
    await Promise.all([accounts.completeSetup(viewer, origin), accounts.completeSetup(viewer, origin)]);
    await accounts.completeSetup(viewer, origin);
    expect(fs.existsSync(path.join(directory, "setup-token"))).toBe(false);
    expect(await accounts.setupState()).toBe("completed");
    expect(await accounts.checkSetupToken(setupToken)).toBe(false);
    await expect(create({ name: "eve", email: "eve@example.test" })).rejects.toMatchObject({ code: "SETUP_DONE" });
    const completed = await database.query({ text: "SELECT 1 FROM audit_record WHERE action = 'setup.completed'" });
    expect(completed).toHaveLength(1);
  });

  it("stays completed for a process that still remembers the token", async () => {
    const other = openAccounts({
      database,
      secrets,
      publicUrl: "http://localhost:5000",
      findRepository: async () => undefined,
      repositoriesOf: async () => [],
    });
    expect(await other.checkSetupToken(setupToken)).toBe(false);
    expect(await other.setupState()).toBe("completed");
    await other.close();
  });
});
