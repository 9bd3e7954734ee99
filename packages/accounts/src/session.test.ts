import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { origin, password, startInstance } from "./test-instance.ts";

const instance = await startInstance();

function signIn(nameOrEmail: string) {
  return instance.accounts.signIn({ nameOrEmail, password, ...origin });
}

beforeAll(async () => {
  await instance.addUser("mia");
});

describe("a browser's session", () => {
  it("names a person, read anew for each page", async () => {
    const { accounts, database } = instance;
    const { session, user } = await signIn("MIA@example.test");
    expect(await accounts.findViewer(session.id)).toMatchObject({
      ...user,
      sessionId: session.id,
      isAdministrator: false,
    });
    await database.query({ text: `UPDATE "user" SET is_administrator = true WHERE name = 'mia'` });
    expect(await accounts.findViewer(session.id)).toMatchObject({ isAdministrator: true });
    await database.query({ text: `UPDATE "user" SET is_administrator = false WHERE name = 'mia'` });
  });

  it("ends with the sign-out of this browser only", async () => {
    const { accounts } = instance;
    const [first, second] = await Promise.all([signIn("mia"), signIn("mia")]);
    await accounts.signOut(first.session.id, origin);
    await accounts.signOut(first.session.id, origin);
    expect(await accounts.findViewer(first.session.id)).toBeUndefined();
    expect(await accounts.findViewer(second.session.id)).toMatchObject({ name: "mia" });
    const ended = await instance.database.query({ text: "SELECT 1 FROM audit_record WHERE action = 'session.ended'" });
    expect(ended).toHaveLength(1);
  });

  it("ends after 30 days, and when the user's epoch moves on", async () => {
    const { accounts, database } = instance;
    const { session } = await signIn("mia");
    const days = (session.expiresAt.getTime() - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    const set = (text: string) => database.query({ text, values: [session.id] });
    await set("UPDATE browser_session SET expires_at = now() - interval '1 second' WHERE id = $1");
    expect(await accounts.findViewer(session.id)).toBeUndefined();
    await set(
      "UPDATE browser_session SET expires_at = now() + interval '1 day', auth_epoch = auth_epoch - 1 WHERE id = $1",
    );
    expect(await accounts.findViewer(session.id)).toBeUndefined();
  });

  it.each(["", "x", "../../etc", "00000000-0000-0000-0000-000000000000", "' OR 1=1 --", "0".repeat(10_000)])(
    "is nobody's with the id %j",
    async (id) => {
      expect(await instance.accounts.findViewer(id)).toBeUndefined();
      await instance.accounts.signOut(id);
    },
  );

  it("§6.5: tells every process when it ends, by sign-out and by suspension", async () => {
    const { accounts, administrator } = instance;
    const told: (string | undefined)[] = [];
    const subscription = accounts.subscribeEndedSessions((userId) => told.push(userId));
    const { session, user } = await signIn("mia");
    // The subscription may still be on its way to Postgres: sign out until it is heard.
    await accounts.signOut(session.id);
    for (let tries = 0; told.length === 0 && tries < 50; tries += 1) {
      await accounts.signOut((await signIn("mia")).session.id);
      await delay(50);
    }
    expect(new Set(told)).toEqual(new Set([user.id]));
    const heard = told.length;
    await accounts.suspendUser(administrator, "mia");
    for (let tries = 0; told.length === heard && tries < 50; tries += 1) await delay(50);
    expect(told).toHaveLength(heard + 1);
    await subscription.close();
  });

  it("is removed 30 days after its end", async () => {
    const { accounts, database } = instance;
    await database.query({
      text: "UPDATE browser_session SET revoked_at = now() - interval '31 days' WHERE revoked_at IS NOT NULL",
    });
    expect(await accounts.removeEndedSessions()).toBeGreaterThan(0);
    expect(await accounts.removeEndedSessions()).toBe(0);
  });
});

describe("people", () => {
  it("are added, suspended and let in again by administrators only", async () => {
    const { accounts } = instance;
    const bob = await instance.addUser("bob");
    const eve = { name: "eve", email: "eve@example.test", password };
    for (const work of [
      () => accounts.createUser(bob, eve),
      () => accounts.suspendUser(bob, "ada"),
      () => accounts.reinstateUser(bob, "mia"),
      () => accounts.changeSettings(bob, { anonymousPull: true }),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "NOT_ALLOWED", status: 403 });
    }
    expect(await accounts.describeSettings()).toEqual({ anonymousPull: false });
  });

  it("have a name and an address of their own, whoever is quicker", async () => {
    const { accounts, administrator } = instance;
    const person = { name: "carl", email: "carl@example.test", password };
    const asked = await Promise.allSettled([1, 2, 3].map(() => accounts.createUser(administrator, person)));
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const other = { ...person, name: "charles" };
    await expect(accounts.createUser(administrator, other)).rejects.toMatchObject({ code: "EMAIL_TAKEN" });
    await expect(accounts.createUser(administrator, { ...person, email: "c@example.test" })).rejects.toMatchObject({
      code: "NAME_TAKEN",
    });
    await accounts.createOrganization(administrator, { name: "acme" });
    await expect(
      accounts.createUser(administrator, { ...person, name: "acme", email: "acme@example.test" }),
    ).rejects.toMatchObject({ code: "NAME_TAKEN" });
  });

  it("T37: never become administrators by a field that no form has", async () => {
    const { accounts, administrator, database } = instance;
    const sly = {
      name: "sly",
      email: "sly@example.test",
      password,
      isAdministrator: true,
      isAuditor: true,
      role: "owner",
    };
    expect(await accounts.createUser(administrator, sly)).toMatchObject({ isAdministrator: false, isAuditor: false });
    const [row] = await database.query({ text: `SELECT is_administrator, is_auditor FROM "user" WHERE name = 'sly'` });
    expect(row).toEqual({ is_administrator: false, is_auditor: false });
  });

  it("cannot suspend themselves, nor anybody who does not exist", async () => {
    const { accounts, administrator } = instance;
    await expect(accounts.suspendUser(administrator, "ada")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(accounts.suspendUser(administrator, "nobody")).rejects.toMatchObject({ code: "USER_UNKNOWN" });
  });
});

describe("settings of the instance", () => {
  it("are changed with one record of before and after, and none when nothing changes", async () => {
    const { accounts, administrator, database } = instance;
    expect(await accounts.changeSettings(administrator, { anonymousPull: true }, origin)).toEqual({
      anonymousPull: true,
    });
    await accounts.changeSettings(administrator, { anonymousPull: true }, origin);
    await accounts.changeSettings(administrator, {}, origin);
    await accounts.changeSettings(administrator, { anonymousPull: false }, origin);
    const records = await database.query({
      text: "SELECT target, before, after FROM audit_record WHERE action = 'setting.changed' ORDER BY sequence",
    });
    expect(records).toEqual([
      { target: "access.anonymous-pull", before: null, after: true },
      { target: "access.anonymous-pull", before: true, after: false },
    ]);
  });

  it.each([
    { anonymousPull: "yes" },
    { anonymousPull: null },
    { "setup.completed": false },
    { anonymousPull: true, x: 1 },
  ])("T37: refuse %j", async (changes) => {
    const { accounts, administrator } = instance;
    const asIfTyped: object = changes;
    await expect(accounts.changeSettings(administrator, asIfTyped)).rejects.toMatchObject({ code: "SETTING_INVALID" });
    expect(await accounts.allowsAnonymousPull()).toBe(false);
  });
});
