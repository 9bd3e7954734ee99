import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import { origin, password, repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts, database } = instance;
let mia: Viewer;
let rival: Viewer;
const fresh = "another long quiet river";
const wrong = { code: "CREDENTIALS_WRONG", status: 401 };

beforeAll(async () => {
  [mia, rival] = [await instance.addUser("mia"), await instance.addUser("rival")];
});

describe("one's own account", () => {
  it("has a display name and an address that are one's own to change, the address with the password", async () => {
    expect(await accounts.changeProfile(mia, { displayName: " Mia " }, origin)).toMatchObject({ displayName: "Mia" });
    expect(await accounts.changeProfile(mia, { displayName: "" }, origin)).toMatchObject({ displayName: undefined });
    await expect(accounts.changeProfile(mia, { displayName: "a\nb" })).rejects.toMatchObject({
      code: "DISPLAY_NAME_INVALID",
    });
    const change = (email: string, with_ = password) => accounts.changeEmail(mia, { email, password: with_ }, origin);
    expect(await change("Mia.New@example.test")).toMatchObject({ email: "mia.new@example.test" });
    await expect(change("rival@example.test")).rejects.toMatchObject({ code: "EMAIL_TAKEN" });
    await expect(change("no address")).rejects.toMatchObject({ code: "EMAIL_INVALID" });
    await expect(change("other@example.test", "not the password")).rejects.toMatchObject(wrong);
  });

  it("changes its password with the old one; that ends every other credential but access tokens", async () => {
    const { secret } = await instance.presentToken(mia);
    const { token } = await accounts.issueBearer(mia.identity, [], accounts.service);
    const refresh = await accounts.issueRefreshToken(mia.identity, "docker");
    await expect(
      accounts.changePassword(mia, { password: "not the password", newPassword: fresh }, origin),
    ).rejects.toMatchObject(wrong);
    await expect(accounts.changePassword(mia, { password, newPassword: "short" }, origin)).rejects.toMatchObject({
      code: "PASSWORD_TOO_SHORT",
    });
    const before = mia.sessionId;
    const { session } = await accounts.changePassword(mia, { password, newPassword: fresh }, origin);
    expect(await accounts.findViewer(before)).toBeUndefined();
    const viewer = await accounts.findViewer(session.id);
    expect(viewer).toMatchObject({ name: "mia" });
    if (viewer !== undefined) mia = viewer;
    await expect(accounts.requireStanding(await accounts.verifyBearer(token))).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
    await expect(accounts.exchangeRefreshToken(refresh, "docker")).rejects.toMatchObject({
      code: "REFRESH_TOKEN_INVALID",
    });
    expect(await accounts.authenticateBasic({ name: "mia", secret, ...origin })).toMatchObject({ name: "mia" });
    await expect(accounts.authenticateBasic({ name: "mia", secret: password, ...origin })).rejects.toMatchObject(wrong);
    expect(await accounts.authenticateBasic({ name: "mia", secret: fresh, ...origin })).toMatchObject({ name: "mia" });
  });

  it("is renamed with its organization; the old name pulls, signs in, and is nobody else's", async () => {
    const { secret } = await instance.presentToken(mia);
    const tool = repository("mia/tool");
    instance.visibilities.set(tool, "private");
    const rows = () => database.query({ text: `SELECT id, email FROM "user" WHERE id = $1::uuid`, values: [mia.id] });
    const before = await rows();
    await expect(accounts.renameUser(mia, { name: "mimi", password }, origin)).rejects.toMatchObject(wrong);
    await expect(accounts.renameUser(mia, { name: "rival", password: fresh }, origin)).rejects.toMatchObject({
      code: "NAME_TAKEN",
    });
    expect(await accounts.renameUser(mia, { name: "mimi", password: fresh }, origin)).toMatchObject({ name: "mimi" });
    expect(await rows()).toEqual(before);
    const viewer = await accounts.findViewer(mia.sessionId);
    expect(viewer).toMatchObject({ name: "mimi" });
    if (viewer !== undefined) mia = viewer;
    expect(await accounts.describeOrganization(mia, "mimi")).toMatchObject({
      kind: "personal",
      formerNames: ["mia"],
      role: "owner",
    });
    for (const name of ["mia", "mimi"]) {
      const byToken = await accounts.authenticateBasic({ name, secret, ...origin });
      expect(byToken).toMatchObject({ name: "mimi" });
      expect(await accounts.rightsOf(byToken).may(tool, "pull")).toBe(true);
      expect(await accounts.authenticateBasic({ name, secret: fresh, ...origin })).toMatchObject({ name: "mimi" });
    }
    await expect(accounts.createOrganization(rival, { name: "mia" })).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await expect(accounts.renameUser(rival, { name: "mia", password }, origin)).rejects.toMatchObject({
      code: "NAME_TAKEN",
    });
    expect(await accounts.renameUser(mia, { name: "mia", password: fresh }, origin)).toMatchObject({ name: "mia" });
  });

  it("shows where it is signed in, and ends sessions of its own only", async () => {
    await accounts.signIn({ nameOrEmail: "mia", password: fresh, ...origin });
    await accounts.signIn({ nameOrEmail: "mia", password: fresh, ...origin });
    const viewer = await accounts.findViewer(mia.sessionId);
    if (viewer !== undefined) mia = viewer;
    const sessions = await accounts.listSessions(mia);
    expect(sessions).toHaveLength(3);
    expect(sessions.filter(({ isCurrent }) => isCurrent)).toMatchObject([
      { id: mia.sessionId, address: origin.address, userAgent: origin.userAgent },
    ]);
    const [other] = sessions.filter(({ isCurrent }) => !isCurrent);
    for (const id of [other?.id ?? "", "a b", "6e9a7a3e-0000-4000-8000-00000000a11c"]) {
      await expect(accounts.endSession(rival, id)).rejects.toMatchObject({ code: "SESSION_UNKNOWN", status: 404 });
    }
    await accounts.endSession(mia, other?.id ?? "", origin);
    await expect(accounts.endSession(mia, other?.id ?? "")).rejects.toMatchObject({ code: "SESSION_UNKNOWN" });
    expect(await accounts.endOtherSessions(mia, origin)).toBe(1);
    expect(await accounts.listSessions(mia)).toHaveLength(1);
    expect(await accounts.findViewer(rival.sessionId)).toMatchObject({ name: "rival" });
  });
});
