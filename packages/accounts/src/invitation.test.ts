import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import type { InvitedUser, NewInvitation } from "./invitation.ts";
import { origin, password, startInstance } from "./test-instance.ts";
import { startMailServer } from "./test-mail-server.ts";

const mailServer = await startMailServer();
const instance = await startInstance({ mail: { url: mailServer.url, from: "layerport@example.test" } });
const { accounts, database } = instance;
let owner: Viewer;
let mia: Viewer;
let rival: Viewer;

async function invite(invitation: NewInvitation, by = owner): Promise<string> {
  const { link } = await accounts.createInvitation(by, invitation, origin);
  expect(link).toMatch(/^http:\/\/localhost:5000\/invite\/lp_inv_[0-9A-Za-z]{36}$/);
  return link.slice(link.lastIndexOf("/") + 1);
}

const roleOf = async (name: string) =>
  (await accounts.listMembers(owner, "acme", { limit: 20 })).entries.find((member) => member.name === name);
const newcomer = (token: string, name: string, email = `${name}@example.test`): InvitedUser => ({
  token,
  name,
  email,
  password,
});
const invalid = { code: "INVITATION_INVALID", status: 404 };

beforeAll(async () => {
  [owner, mia, rival] = [
    await instance.addUser("owner"),
    await instance.addUser("mia"),
    await instance.addUser("rival"),
  ];
  await accounts.createOrganization(owner, { name: "acme", displayName: "Acme" }, origin);
  await accounts.createOrganization(rival, { name: "globex" }, origin);
  await accounts.createTeam(owner, "acme", { name: "frontend" }, origin);
  await accounts.createTeam(rival, "globex", { name: "spies" }, origin);
});

describe("an invitation", () => {
  it("makes its finder a member once, with its role and teams", async () => {
    const token = await invite({ organization: "acme", role: "writer", teams: ["frontend"] });
    expect(await accounts.describeInvitation(token)).toMatchObject({
      organization: { name: "acme", displayName: "Acme" },
      email: undefined,
      role: "writer",
      invitedBy: "owner",
    });
    expect(await accounts.acceptInvitation(mia, token, origin)).toEqual({ organization: "acme" });
    expect(await roleOf("mia")).toMatchObject({ role: "writer", teams: ["frontend"] });
    await expect(accounts.acceptInvitation(rival, token)).rejects.toMatchObject(invalid);
    await expect(accounts.describeInvitation(token)).rejects.toMatchObject(invalid);
    expect(await accounts.listInvitations(owner, "acme")).toEqual([]);
  });

  it("never lowers a role that is held already", async () => {
    await accounts.acceptInvitation(mia, await invite({ organization: "acme", role: "reader" }), origin);
    expect(await roleOf("mia")).toMatchObject({ role: "writer" });
    await accounts.acceptInvitation(mia, await invite({ organization: "acme" }), origin);
    expect(await roleOf("mia")).toMatchObject({ role: "writer" });
  });

  it("makes an account for whoever has none, signed in and with nothing but what it says", async () => {
    const token = await invite({ organization: "acme", email: "New@Example.test" });
    const { user, session } = await accounts.acceptInvitationAsNewUser(
      newcomer(token, "newcomer", "new@example.test"),
      origin,
    );
    expect(user).toMatchObject({
      name: "newcomer",
      email: "new@example.test",
      isAdministrator: false,
      isAuditor: false,
    });
    expect(await accounts.findViewer(session.id)).toMatchObject({ name: "newcomer" });
    expect(await roleOf("newcomer")).toMatchObject({ role: undefined, effectiveRole: "reader", teams: [] });
  });

  it("T37: gives no role that is only in the form, and makes nobody without a good password", async () => {
    const token = await invite({ organization: "acme" });
    const forged = { ...newcomer(token, "forger"), isAdministrator: true, role: "owner", emailVerified: true };
    await expect(accounts.acceptInvitationAsNewUser({ ...forged, password: "short" }, origin)).rejects.toMatchObject({
      code: "PASSWORD_TOO_SHORT",
    });
    const { user } = await accounts.acceptInvitationAsNewUser(forged, origin);
    expect(user).toMatchObject({ isAdministrator: false, isAuditor: false });
    expect(await roleOf("forger")).toMatchObject({ role: undefined });
  });

  it("for an address is accepted by that address only, and stays open when another tries", async () => {
    const token = await invite({ organization: "acme", email: "mia@example.test", role: "maintainer" });
    await expect(accounts.acceptInvitation(rival, token)).rejects.toMatchObject({ code: "INVITATION_FOR_ANOTHER" });
    await expect(accounts.acceptInvitationAsNewUser(newcomer(token, "intruder"), origin)).rejects.toMatchObject({
      code: "INVITATION_FOR_ANOTHER",
    });
    expect(await database.query({ text: `SELECT 1 AS one FROM "user" WHERE name = 'intruder'` })).toEqual([]);
    await accounts.acceptInvitation(mia, token, origin);
    expect(await roleOf("mia")).toMatchObject({ role: "maintainer" });
  });

  it("is sent by mail where there is a mail server, and its link is shown in any case", async () => {
    const { link, isMailed } = await accounts.createInvitation(
      owner,
      { organization: "acme", email: "post@example.test" },
      origin,
    );
    expect(isMailed).toBe(true);
    const [mail] = mailServer.received.filter(({ to }) => to.includes("post@example.test"));
    expect(mail).toMatchObject({ from: "layerport@example.test" });
    expect(mail?.text).toContain("Subject: owner invites you to acme on Layerport");
    expect(mail?.text.replaceAll(/=\r\n/g, "")).toContain(link);
    const open = await accounts.createInvitation(owner, { organization: "acme" }, origin);
    expect(open.isMailed).toBe(false);
  });

  it("ends with its time, with its revocation, and with the rights of whoever made it", async () => {
    const old = await invite({ organization: "acme" });
    await database.query({ text: "UPDATE invitation SET expires_at = now() WHERE accepted_at IS NULL" });
    await expect(accounts.acceptInvitation(rival, old)).rejects.toMatchObject(invalid);

    const { invitation, link } = await accounts.createInvitation(owner, { organization: "acme" }, origin);
    expect((invitation.expiresAt.getTime() - invitation.createdAt.getTime()) / 86_400_000).toBeCloseTo(7, 3);
    expect(await accounts.listInvitations(owner, "acme")).toEqual([invitation]);
    await accounts.revokeInvitation(owner, invitation.id, origin);
    await expect(accounts.acceptInvitation(rival, link.slice(link.lastIndexOf("/") + 1))).rejects.toMatchObject(
      invalid,
    );

    await accounts.addMember(owner, { organization: "acme", user: "mia", role: "owner" }, origin);
    const hers = await invite({ organization: "acme", role: "owner" }, mia);
    await accounts.addMember(owner, { organization: "acme", user: "mia", role: "maintainer" }, origin);
    await expect(accounts.acceptInvitation(rival, hers)).rejects.toMatchObject(invalid);
    await expect(accounts.describeInvitation(hers)).rejects.toMatchObject(invalid);
  });

  it("is taken by one of two who open it at once", async () => {
    const token = await invite({ organization: "acme" });
    const settled = await Promise.allSettled([
      accounts.acceptInvitation(rival, token, origin),
      accounts.acceptInvitation(instance.administrator, token, origin),
    ]);
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it.each(["", "lp_inv_", "lp_inv_LayerportTestVectorDoNotUse0013ubdy7", "x".repeat(500), "a\0b"])(
    "is none for the token %j",
    async (token) => {
      await expect(accounts.describeInvitation(token)).rejects.toMatchObject(invalid);
      await expect(accounts.acceptInvitation(mia, token)).rejects.toMatchObject(invalid);
    },
  );

  it("T27: is in the database as a keyed hash only, and in no record", async () => {
    const token = await invite({ organization: "acme", email: "kept@example.test" });
    const rows = await database.query<{ row: string }>({
      text: `SELECT invitation::text AS row FROM invitation
        UNION ALL SELECT record::text FROM audit_record record WHERE action LIKE 'invitation.%'`,
    });
    for (const { row } of rows) expect(row).not.toContain(token.slice(7, 30));
    const records = rows.filter(({ row }) => row.includes("invitation.created"));
    expect(records.length).toBeGreaterThan(0);
    for (const { row } of records) expect(row).not.toContain("example.test");
  });

  it("T36, tenant boundary: is made and revoked by owners of its organization only, others find none", async () => {
    const { invitation } = await accounts.createInvitation(owner, { organization: "acme" }, origin);
    for (const id of [invitation.id, "6e9a7a3e-0000-4000-8000-00000000a11c", "a b"]) {
      for (const viewer of [rival, mia]) {
        await expect(accounts.revokeInvitation(viewer, id)).rejects.toMatchObject({ code: "INVITATION_UNKNOWN" });
      }
    }
    const create = (wanted: NewInvitation, by: Viewer) => accounts.createInvitation(by, wanted);
    await expect(create({ organization: "globex" }, owner)).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
    await expect(create({ organization: "nothing" }, owner)).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
    await expect(create({ organization: "acme" }, mia)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(create({}, owner)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(create({ organization: "acme", teams: ["spies"] }, owner)).rejects.toMatchObject({
      code: "TEAM_UNKNOWN",
    });
    await expect(create({ organization: "acme", role: "ADMIN" as never }, owner)).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await expect(create({ organization: "acme", email: "no address" }, owner)).rejects.toMatchObject({
      code: "EMAIL_INVALID",
    });
    expect((await accounts.listInvitations(owner, "acme")).map(({ id }) => id)).toContain(invitation.id);
  });

  it("to the instance alone is an administrator's", async () => {
    const token = await invite({ email: "guest@example.test" }, instance.administrator);
    expect(await accounts.describeInvitation(token)).toMatchObject({ organization: undefined });
    expect(await accounts.listInvitations(instance.administrator)).toMatchObject([{ email: "guest@example.test" }]);
    await accounts.acceptInvitationAsNewUser(newcomer(token, "guest"), origin);
    const viewer = await accounts.listMembers(owner, "acme", { limit: 50, search: "guest" });
    expect(viewer.total).toBe(0);
  });
});

describe("links that have ended", () => {
  it("are removed after 30 days with the addresses in them, and open ones stay", async () => {
    await invite({ organization: "acme", email: "open@example.test" });
    await accounts.createPasswordReset(instance.administrator, "mia", origin);
    await accounts.removeEndedLinks();
    await database.query({
      text: `UPDATE invitation SET expires_at = now() - interval '31 days', accepted_at = NULL, revoked_at = NULL
        WHERE email IS DISTINCT FROM 'open@example.test'`,
    });
    expect(await accounts.removeEndedLinks()).toBeGreaterThan(0);
    expect(await database.query({ text: "SELECT email FROM invitation" })).toEqual([{ email: "open@example.test" }]);
    await database.query({ text: "UPDATE password_reset SET expires_at = now() - interval '31 days'" });
    expect(await accounts.removeEndedLinks()).toBe(1);
    expect(await accounts.removeEndedLinks()).toBe(0);
  });
});

describe("a new password by a link", () => {
  const resetOf = async (user: string) => {
    const { link } = await accounts.createPasswordReset(instance.administrator, user, origin);
    expect(link).toMatch(/^http:\/\/localhost:5000\/reset\/lp_rst_[0-9A-Za-z]{36}$/);
    return link.slice(link.lastIndexOf("/") + 1);
  };
  const fresh = "another long quiet river";

  it("is set once, ends every session and bearer token of before, and leaves access tokens", async () => {
    const user = await instance.addUser("forgetful");
    const { secret } = await instance.presentToken(user);
    const { token: bearer } = await accounts.issueBearer(user.identity, [], accounts.service);
    const token = await resetOf("forgetful");
    expect(await accounts.describePasswordReset(token)).toEqual({ name: "forgetful" });
    await expect(accounts.resetPassword(token, "short", origin)).rejects.toMatchObject({ code: "PASSWORD_TOO_SHORT" });
    await accounts.resetPassword(token, fresh, origin);
    await expect(accounts.resetPassword(token, fresh, origin)).rejects.toMatchObject({ code: "RESET_INVALID" });
    expect(await accounts.findViewer(user.sessionId)).toBeUndefined();
    await expect(accounts.requireStanding(await accounts.verifyBearer(bearer))).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    const signIn = (with_: string) => accounts.signIn({ nameOrEmail: "forgetful", password: with_, ...origin });
    await expect(signIn(password)).rejects.toMatchObject({ code: "CREDENTIALS_WRONG" });
    expect(await signIn(fresh)).toMatchObject({ user: { name: "forgetful" } });
    expect(await accounts.authenticateBasic({ name: "forgetful", secret, ...origin })).toMatchObject({ kind: "user" });
  });

  it("is an administrator's to give, ends with a second link, with its time and with a suspension", async () => {
    await expect(accounts.createPasswordReset(owner, "mia")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(accounts.createPasswordReset(instance.administrator, "nobody")).rejects.toMatchObject({
      code: "USER_UNKNOWN",
    });
    const first = await resetOf("mia");
    const second = await resetOf("mia");
    await expect(accounts.describePasswordReset(first)).rejects.toMatchObject({ code: "RESET_INVALID", status: 404 });
    await accounts.suspendUser(instance.administrator, "mia", origin);
    await expect(accounts.resetPassword(second, fresh, origin)).rejects.toMatchObject({ code: "RESET_INVALID" });
    await accounts.reinstateUser(instance.administrator, "mia", origin);
    await database.query({ text: "UPDATE password_reset SET expires_at = now()" });
    await expect(accounts.resetPassword(second, fresh, origin)).rejects.toMatchObject({ code: "RESET_INVALID" });
    for (const token of ["", second.replace("lp_rst_", "lp_inv_"), "a\0b"]) {
      await expect(accounts.describePasswordReset(token)).rejects.toMatchObject({ code: "RESET_INVALID" });
    }
  });

  it("is handed over by hand when the mail server refuses", async () => {
    mailServer.refuse();
    const { link, isMailed } = await accounts.createPasswordReset(instance.administrator, "mia", origin);
    expect(isMailed).toBe(false);
    expect(await accounts.describePasswordReset(link.slice(link.lastIndexOf("/") + 1))).toEqual({ name: "mia" });
  });
});
