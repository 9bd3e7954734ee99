import { beforeAll, describe, expect, it } from "vitest";
import type { NewAccessToken, Viewer } from "./accounts.ts";
import { origin, startInstance } from "./test-instance.ts";
import { findTokenKind } from "./token-format.ts";

const instance = await startInstance();
let mia: Viewer;
let eve: Viewer;

const wanted: NewAccessToken = { name: "CI", permissions: ["pull"], repositoryPatterns: ["**"], expiresInDays: 90 };

function create(changes: Partial<NewAccessToken> = {}, viewer = mia) {
  return instance.accounts.createAccessToken(viewer, { ...wanted, ...changes }, origin);
}

beforeAll(async () => {
  mia = await instance.addUser("mia");
  eve = await instance.addUser("eve");
});

describe("an access token", () => {
  it("is shown once, and described without its secret from then on", async () => {
    const { accounts, database } = instance;
    const { secret, accessToken } = await create({ name: " CI " });
    expect(findTokenKind(secret)).toBe("pat");
    expect(accessToken).toMatchObject({
      name: "CI",
      lastFour: secret.slice(-4),
      isExpired: false,
      lastUsedAt: undefined,
    });
    const days = (accessToken.expiresAt.getTime() - accessToken.createdAt.getTime()) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    expect(await accounts.listAccessTokens(mia)).toEqual([accessToken]);
    expect(JSON.stringify(await accounts.listAccessTokens(mia))).not.toContain(secret);
    const records = await database.query<{ target: string; after: object }>({
      text: "SELECT target, after FROM audit_record WHERE action = 'access-token.created'",
    });
    expect(records).toEqual([
      {
        target: "mia: CI",
        after: {
          id: accessToken.id,
          permissions: ["pull"],
          repositoryPatterns: ["**"],
          expiresAt: accessToken.expiresAt.toISOString(),
        },
      },
    ]);
  });

  it("F22: is not made when its record cannot be written", async () => {
    const { accounts, database } = instance;
    const before = await accounts.listAccessTokens(mia);
    await database.query({ text: "ALTER TABLE audit_record ADD CONSTRAINT broken CHECK (false) NOT VALID" });
    await expect(create()).rejects.toThrow("broken");
    await database.query({ text: "ALTER TABLE audit_record DROP CONSTRAINT broken" });
    expect(await accounts.listAccessTokens(mia)).toEqual(before);
  });

  it("holds what its permissions imply, in one order", async () => {
    const permissions = async (...chosen: NewAccessToken["permissions"]) =>
      (await create({ permissions: chosen })).accessToken.permissions;
    expect(await permissions("push")).toEqual(["pull", "push"]);
    expect(await permissions("overwrite")).toEqual(["pull", "push", "overwrite"]);
    expect(await permissions("delete", "delete", "pull")).toEqual(["pull", "delete"]);
  });

  it.each([
    [{ name: "" }, "TOKEN_NAME_INVALID"],
    [{ name: "two\nlines" }, "TOKEN_NAME_INVALID"],
    [{ name: "x".repeat(101) }, "TOKEN_NAME_INVALID"],
    [{ permissions: [] }, "TOKEN_PERMISSIONS_INVALID"],
    [{ permissions: ["administer"] }, "TOKEN_PERMISSIONS_INVALID"],
    [{ repositoryPatterns: [] }, "TOKEN_PATTERN_INVALID"],
    [{ repositoryPatterns: [" "] }, "TOKEN_PATTERN_INVALID"],
    [{ repositoryPatterns: ["(a+)+$"] }, "TOKEN_PATTERN_INVALID"],
    [{ repositoryPatterns: ["a".repeat(129)] }, "TOKEN_PATTERN_INVALID"],
    [{ repositoryPatterns: Array.from({ length: 51 }, (_, place) => `acme/${place}`) }, "TOKEN_PATTERN_INVALID"],
    [{ expiresInDays: 0 }, "TOKEN_EXPIRY_INVALID"],
    [{ expiresInDays: 366 }, "TOKEN_EXPIRY_INVALID"],
    [{ expiresInDays: 1.5 }, "TOKEN_EXPIRY_INVALID"],
    [{ expiresInDays: Number.NaN }, "TOKEN_EXPIRY_INVALID"],
  ] satisfies [Partial<NewAccessToken>, string][])("is refused with %j: %s", async (changes, code) => {
    await expect(create(changes)).rejects.toMatchObject({ code });
  });

  it("is revoked with one click, and restored within a minute", async () => {
    const { accounts, database } = instance;
    const { secret, accessToken } = await create({ name: "undone" });
    const use = () => accounts.authenticateBasic({ name: "mia", secret, ...origin });
    await accounts.revokeAccessToken(mia, accessToken.id, origin);
    await expect(use()).rejects.toMatchObject({ code: "TOKEN_REVOKED" });
    await expect(accounts.revokeAccessToken(mia, accessToken.id)).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });
    await accounts.restoreAccessToken(mia, accessToken.id, origin);
    expect(await use()).toMatchObject({ name: "mia" });
    await expect(accounts.restoreAccessToken(mia, accessToken.id)).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });

    await accounts.revokeAccessToken(mia, accessToken.id, origin);
    await database.query({
      text: "UPDATE access_token SET revoked_at = now() - interval '61 seconds' WHERE id = $1",
      values: [accessToken.id],
    });
    await expect(accounts.restoreAccessToken(mia, accessToken.id)).rejects.toMatchObject({ code: "RESTORE_TOO_LATE" });
    expect((await accounts.listAccessTokens(mia)).map(({ id }) => id)).not.toContain(accessToken.id);
  });

  it("T36, tenant boundary: another's id answers like one that does not exist, and changes nothing", async () => {
    const { accounts } = instance;
    const { secret, accessToken } = await create({ name: "mine" });
    const absent = "00000000-0000-4000-8000-000000000000";
    for (const id of [accessToken.id, absent, "no uuid", "", `${accessToken.id}x`, accessToken.id.toUpperCase()]) {
      await expect(accounts.revokeAccessToken(eve, id)).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });
      await expect(accounts.restoreAccessToken(eve, id)).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });
    }
    expect(await accounts.listAccessTokens(eve)).toEqual([]);
    expect(await accounts.authenticateBasic({ name: "mia", secret, ...origin })).toMatchObject({ name: "mia" });
    await accounts.revokeAccessToken(mia, accessToken.id);
    await expect(accounts.restoreAccessToken(eve, accessToken.id)).rejects.toMatchObject({ code: "TOKEN_UNKNOWN" });
  });
});
