import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import { origin, repository, startInstance } from "./test-instance.ts";
import { createToken } from "./token-format.ts";

const instance = await startInstance();
let mia: Viewer;

const invalid = { code: "REFRESH_TOKEN_INVALID", status: 401 };

function exchange(token: string) {
  return instance.accounts.exchangeRefreshToken(token, "docker", origin);
}

function issue(viewer = mia) {
  return instance.accounts.issueRefreshToken(viewer.identity, "docker", origin);
}

beforeAll(async () => {
  mia = await instance.addUser("mia");
});

describe("a refresh token", () => {
  it("answers whose it is and the token that replaces it, at each use", async () => {
    let token = await issue();
    for (let uses = 0; uses < 3; uses += 1) {
      const { identity, refreshToken } = await exchange(token);
      expect(identity).toMatchObject({ kind: "user", id: mia.id, limits: undefined });
      expect(refreshToken).not.toBe(token);
      token = refreshToken;
    }
  });

  it("ends when its successor is used, and using it then ends all that came from it", async () => {
    const first = await issue();
    const { refreshToken: second } = await exchange(first);
    const { refreshToken: third } = await exchange(second);
    await expect(exchange(first)).rejects.toMatchObject(invalid);
    await expect(exchange(third)).rejects.toMatchObject(invalid);
    const [record] = await instance.database.query<{ outcome: string; target: string }>({
      text: "SELECT outcome, target FROM audit_record WHERE action = 'refresh-token.reused'",
    });
    expect(record).toEqual({ outcome: "denied", target: "mia" });
  });

  it("stays good while the answer with its successor was lost, or the client keeps the first one", async () => {
    const kept = await issue();
    const answers = [];
    for (let uses = 0; uses < 5; uses += 1) answers.push((await exchange(kept)).refreshToken);
    expect(new Set(answers).size).toBe(5);
    const { identity } = await exchange(answers.at(-1) ?? "");
    expect(identity).toMatchObject({ name: "mia" });
    // A second holder of a successor that was never used until now.
    await expect(exchange(answers[0] ?? "")).rejects.toMatchObject(invalid);
  });

  it("leaves no more behind than its successors of one hour", async () => {
    const { database } = instance;
    const kept = await issue();
    for (let uses = 0; uses < 4; uses += 1) await exchange(kept);
    await database.query({
      text: "UPDATE refresh_token SET created_at = now() - interval '2 hours' WHERE used_at IS NULL",
    });
    await exchange(kept);
    const [left] = await database.query<{ count: number }>({
      text: `SELECT count(*) AS count FROM refresh_token
        WHERE family_id = (SELECT family_id FROM refresh_token ORDER BY created_at DESC LIMIT 1)`,
    });
    expect(left?.count).toBe(2);
  });

  it("keeps the limits of the access token behind it", async () => {
    const { accounts } = instance;
    const limits = { permissions: ["pull"], repositoryPatterns: ["mia/web-*"] } as const;
    const { identity } = await instance.presentToken(mia, limits);
    const { identity: renewed } = await exchange(await accounts.issueRefreshToken(identity, "docker"));
    const { may } = accounts.rightsOf(renewed);
    expect(await may(repository("mia/web-shop"), "pull")).toBe(true);
    expect(await may(repository("mia/web-shop"), "push")).toBe(false);
    expect(await may(repository("mia/api"), "pull")).toBe(false);
  });

  it("is for people who showed a password or an access token, not for the anonymous", async () => {
    const { accounts } = instance;
    await expect(accounts.issueRefreshToken(accounts.anonymous, "docker")).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
  });

  it.each([
    ["none", ""],
    ["garbage", "garbage"],
    ["one that nobody has", createToken("ref")],
    ["an access token's form", createToken("pat")],
  ])("is refused when it is %s", async (_, token) => {
    await expect(exchange(token)).rejects.toMatchObject(invalid);
  });

  it("T21: is no access token, and an access token is no refresh token", async () => {
    const { secret } = await instance.presentToken(mia);
    await expect(exchange(secret)).rejects.toMatchObject(invalid);
    await expect(
      instance.accounts.authenticateBasic({ name: "mia", secret: await issue(), address: "198.51.100.1" }),
    ).rejects.toMatchObject({ code: "CREDENTIALS_WRONG" });
  });

  it("ends after 90 days, and is then removed", async () => {
    const { accounts, database } = instance;
    const token = await issue();
    const [row] = await database.query<{ days: number }>({
      text: `SELECT round(extract(epoch FROM expires_at - now()) / 86400)::int AS days FROM refresh_token
        ORDER BY created_at DESC LIMIT 1`,
    });
    expect(row?.days).toBe(90);
    await database.query({ text: "UPDATE refresh_token SET expires_at = now() - interval '1 second'" });
    await expect(exchange(token)).rejects.toMatchObject(invalid);
    expect(await accounts.removeExpiredRefreshTokens()).toBeGreaterThan(0);
    expect(await accounts.removeExpiredRefreshTokens()).toBe(0);
  });

  it("used by two at the same moment leaves one chain that can be followed", async () => {
    const token = await issue();
    const both = await Promise.all([exchange(token), exchange(token)]);
    await exchange(both[0].refreshToken);
    await expect(exchange(both[1].refreshToken)).rejects.toMatchObject(invalid);
  });
});
