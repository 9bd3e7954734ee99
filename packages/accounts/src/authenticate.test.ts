import { createHash, createHmac } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import { origin, password, startInstance } from "./test-instance.ts";
import { createToken } from "./token-format.ts";

const instance = await startInstance();
let mia: Viewer;
let addresses = 0;

/** An address from which nobody has tried anything. */
function freshAddress(): string {
  addresses += 1;
  return `198.51.100.${addresses}`;
}

function basic(name: string, secret: string, address = freshAddress()) {
  return instance.accounts.authenticateBasic({ name, secret, address, requestId: "r1", userAgent: "docker/27" });
}

function refusals(address: string) {
  return instance.database.query<{ target: string; after: { reason: string }; actor_kind: string; outcome: string }>({
    text: `SELECT target, after, actor_kind, outcome FROM audit_record
      WHERE action = 'sign-in.refused' AND address = $1 ORDER BY sequence`,
    values: [address],
  });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "accepted";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

beforeAll(async () => {
  mia = await instance.addUser("mia");
});

describe("Basic credentials", () => {
  it("are a name or an e-mail address with the password, in any case of the name", async () => {
    for (const name of ["mia", "MIA", "mia@example.test", " Mia@Example.test "]) {
      expect(await basic(name, password)).toMatchObject({ kind: "user", id: mia.id, name: "mia", limits: undefined });
    }
  });

  it("are an access token with its owner's name, address, or lp", async () => {
    const { secret, accessToken } = await instance.presentToken(mia);
    for (const name of ["mia", "mia@example.test", "lp"]) {
      expect(await basic(name, secret)).toMatchObject({ id: mia.id, limits: { accessTokenId: accessToken.id } });
    }
    expect(await codeOf(basic("ada", secret))).toBe("CREDENTIALS_WRONG");
  });

  it("that are wrong are refused with one sentence, alike for every reason a guesser could want to know", async () => {
    for (const [name, secret] of [
      ["mia", "another password"],
      ["nobody", password],
      ["", ""],
      ["mia", ""],
      ["mia\0", password],
      ["mia' OR 1=1 --", password],
      ["x".repeat(100_000), password],
      ["mia", "x".repeat(100_000)],
      ["mia", createToken("pat")],
      ["mia", "lp_pat_LayerportTestVectorDoNotUse0013ubdy8"],
      ["mia", createToken("rob")],
      ["mia", createToken("ref")],
    ] as const) {
      await expect(basic(name, secret)).rejects.toMatchObject({
        code: "CREDENTIALS_WRONG",
        status: 401,
        message: "the user name, the password or the token is wrong",
      });
    }
  });

  it("T25: of the default accounts that people try first are refused", async () => {
    const tried = ["admin", "administrator", "root", "user", "test", "guest", "layerport", "postgres", "ada"];
    const address = freshAddress();
    for (const name of tried) expect(await codeOf(basic(name, name, address))).toBe("CREDENTIALS_WRONG");
  });

  it("that have ended say how, each in a sentence of its own, to the holder of the right secret only", async () => {
    const { accounts, database } = instance;
    const expired = await instance.presentToken(mia, { name: "old" });
    await database.query({
      text: "UPDATE access_token SET expires_at = now() - interval '1 second' WHERE id = $1",
      values: [expired.accessToken.id],
    });
    await expect(basic("mia", expired.secret)).rejects.toMatchObject({
      code: "TOKEN_EXPIRED",
      message: "this access token has expired; create a new one in the portal",
    });
    const revoked = await instance.presentToken(mia, { name: "gone" });
    await accounts.revokeAccessToken(mia, revoked.accessToken.id);
    expect(await codeOf(basic("mia", revoked.secret))).toBe("TOKEN_REVOKED");
    await instance.addUser("sam");
    await accounts.suspendUser(instance.administrator, "sam");
    expect(await codeOf(basic("sam", password))).toBe("ACCOUNT_SUSPENDED");
    expect(await codeOf(basic("sam", "a wrong password"))).toBe("CREDENTIALS_WRONG");
  });
});

describe("a refusal", () => {
  it("T54: is recorded with the peer's address, and names whom it was about only where such a person exists", async () => {
    const address = freshAddress();
    await codeOf(basic("mia", "a wrong password", address));
    await codeOf(basic("hunter2-typed-as-a-name", "a wrong password", address));
    const denied = { actor_kind: "anonymous", outcome: "denied", after: { reason: "CREDENTIALS_WRONG" } };
    expect(await refusals(address)).toEqual([
      { ...denied, target: "mia" },
      { ...denied, target: "unknown account" },
    ]);
  });

  it("of a script with an old token is recorded once a minute and counts towards no limit", async () => {
    const { accounts } = instance;
    const address = freshAddress();
    const { secret, accessToken } = await instance.presentToken(mia, { name: "script" });
    await accounts.revokeAccessToken(mia, accessToken.id);
    for (let tries = 0; tries < 20; tries += 1)
      expect(await codeOf(basic("mia", secret, address))).toBe("TOKEN_REVOKED");
    expect(await refusals(address)).toHaveLength(1);
    expect(await basic("mia", password, address)).toMatchObject({ name: "mia" });
  });
});

describe("guessing", () => {
  it("stops after ten wrong passwords for one account from one address, even of the right one", async () => {
    const address = freshAddress();
    const guesses = Array.from({ length: 12 }, (_, guess) => `wrong password ${guess}`);
    const codes: string[] = [];
    for (const guess of guesses) codes.push(await codeOf(basic("mia", guess, address)));
    expect(codes).toEqual([...Array<string>(10).fill("CREDENTIALS_WRONG"), "TOO_MANY_ATTEMPTS", "TOO_MANY_ATTEMPTS"]);
    const { accounts } = instance;
    const request = { nameOrEmail: "mia@example.test", password, address };
    await expect(accounts.signIn(request)).rejects.toMatchObject({ code: "TOO_MANY_ATTEMPTS", status: 429 });
    const wait = expect.toSatisfy((seconds: number) => seconds > 0 && seconds <= 900);
    await expect(accounts.signIn(request)).rejects.toMatchObject({ retryAfterSeconds: wait });
    // Ten guesses and the first refusal of the limit.
    expect(await refusals(address)).toHaveLength(11);
  });

  it("locks nobody out: the same account signs in from elsewhere, and other accounts from the same address", async () => {
    const address = freshAddress();
    for (let guess = 0; guess < 12; guess += 1) await codeOf(basic("ada", `wrong password ${guess}`, address));
    expect(await codeOf(basic("ada", "one more guess", address))).toBe("TOO_MANY_ATTEMPTS");
    const { accounts } = instance;
    expect(await accounts.signIn({ nameOrEmail: "ada", password, address: freshAddress() })).toBeDefined();
    expect(await accounts.signIn({ nameOrEmail: "mia", password, address })).toBeDefined();
  });

  it("cannot be outrun by guesses made at once", async () => {
    const address = freshAddress();
    const guesses = Array.from({ length: 40 }, (_, guess) => codeOf(basic("ada", `wrong password ${guess}`, address)));
    const checked = (await Promise.all(guesses)).filter((code) => code === "CREDENTIALS_WRONG");
    expect(checked.length).toBeLessThanOrEqual(10);
  });

  it("begins anew after the right password", async () => {
    const address = freshAddress();
    await instance.addUser("typist");
    for (let round = 0; round < 3; round += 1) {
      for (let guess = 0; guess < 8; guess += 1) await codeOf(basic("typist", `wrong password ${guess}`, address));
      expect(await instance.accounts.signIn({ nameOrEmail: "typist", password, address })).toBeDefined();
    }
  });

  it("over many accounts stops at a hundred failures from an address, except for who has signed in from there", async () => {
    const address = freshAddress();
    await instance.accounts.signIn({ nameOrEmail: "mia", password, address });
    const { database } = instance;
    await database.query({
      text: "INSERT INTO sign_in_attempt (account, address) SELECT 'someone-' || n, $1 FROM generate_series(1, 100) n",
      values: [address],
    });
    expect(await codeOf(basic("ada", "a wrong password", address))).toBe("TOO_MANY_ATTEMPTS");
    expect(await codeOf(basic("mia", "a wrong password", address))).toBe("CREDENTIALS_WRONG");
    expect(await basic("mia", password, address)).toMatchObject({ name: "mia" });
  });

  it("of tokens is limited by address, and never keeps a right token out", async () => {
    const address = freshAddress();
    const codes: string[] = [];
    for (let guess = 0; guess < 12; guess += 1) codes.push(await codeOf(basic("mia", createToken("pat"), address)));
    expect(codes.slice(9, 11)).toEqual(["CREDENTIALS_WRONG", "TOO_MANY_ATTEMPTS"]);
    const { secret } = await instance.presentToken(mia);
    expect(await basic("mia", secret, address)).toMatchObject({ name: "mia" });
  });

  it("is forgotten once no limit counts it", async () => {
    const { accounts, database } = instance;
    await database.query({
      text: "UPDATE sign_in_attempt SET at = now() - interval '25 hours' WHERE account LIKE 'someone-%'",
    });
    expect(await accounts.removeOldSignInAttempts()).toBe(100);
    expect(await accounts.removeOldSignInAttempts()).toBe(0);
  });
});

describe("a client that sends its password with each request", () => {
  it("may send thirty at once from an address that nobody knows, and none is taken for a guess", async () => {
    await instance.addUser("parallel");
    const address = freshAddress();
    const codes = await Promise.all(Array.from({ length: 30 }, () => codeOf(basic("parallel", password, address))));
    expect(new Set(codes)).toEqual(new Set(["accepted"]));
  });

  it("is refused with the next one after the password has changed or the account is suspended", async () => {
    const { accounts, database } = instance;
    await instance.addUser("curl");
    const address = freshAddress();
    await basic("curl", password, address);
    await basic("curl", password, address);
    await database.query({
      text: `UPDATE "user" SET password_hash = (SELECT password_hash FROM "user" WHERE name = 'ada')
      WHERE name = 'curl'`,
    });
    expect(await basic("curl", password, address)).toMatchObject({ name: "curl" });
    await accounts.suspendUser(instance.administrator, "curl");
    expect(await codeOf(basic("curl", password, address))).toBe("ACCOUNT_SUSPENDED");
    await database.query({ text: `UPDATE "user" SET password_hash = NULL WHERE name = 'curl'` });
    expect(await codeOf(basic("curl", password, address))).toBe("CREDENTIALS_WRONG");
  });
});

describe("last use of an access token", () => {
  it("is written to the minute with its address, in a batch, without a write in the request", async () => {
    const { accounts } = instance;
    const { secret, accessToken } = await instance.presentToken(mia, { name: "used" });
    const seen = async () => (await accounts.listAccessTokens(mia)).find(({ id }) => id === accessToken.id);
    await basic("mia", secret, "203.0.113.9");
    expect(await seen()).toMatchObject({ lastUsedAt: undefined });
    await accounts.close();
    expect(await seen()).toMatchObject({ lastUsedAddress: "203.0.113.9" });
    const used = (await seen())?.lastUsedAt;
    expect(used?.getSeconds()).toBe(0);
  });
});

describe("T26 and T27, what is stored", () => {
  it("holds no secret in any row, whatever field it was typed into", async () => {
    const { accounts, database } = instance;
    const secret = createToken("pat");
    const canary = "canary-password-in-a-field";
    await codeOf(basic(secret, secret));
    await codeOf(basic(canary, canary));
    const address = freshAddress();
    await codeOf(
      accounts.authenticateBasic({ name: "mia", secret, address, userAgent: `docker ${secret}`, requestId: secret }),
    );
    await accounts.signIn({ nameOrEmail: "mia", password, address, userAgent: `browser ${secret}\0` });
    const presented = await instance.presentToken(mia);
    const refresh = await accounts.issueRefreshToken(presented.identity, `client ${presented.secret}`, origin);
    const tables = ["audit_record", "browser_session", "access_token", "refresh_token", "sign_in_attempt", '"user"'];
    const texts = await Promise.all(
      tables.map((table) =>
        database.query<{ text: string }>({ text: `SELECT row::text AS text FROM ${table} AS row` }),
      ),
    );
    const dump = texts
      .flat()
      .map(({ text }) => text)
      .join("\n");
    expect(dump).toContain("mia@example.test");
    for (const hidden of [secret, canary, password, presented.secret, refresh, instance.secrets.setupToken ?? ""]) {
      expect(dump).not.toContain(hidden);
    }
  });

  it("lets no token in on another instance's database without the pepper", async () => {
    const { secret, accessToken } = await instance.presentToken(mia);
    const [row] = await instance.database.query<{ hash: Buffer }>({
      text: "SELECT hash FROM access_token WHERE id = $1",
      values: [accessToken.id],
    });
    expect(row?.hash.equals(createHash("sha256").update(secret).digest())).toBe(false);
    expect(row?.hash.equals(createHmac("sha256", "").update(secret).digest())).toBe(false);
    expect(row?.hash.equals(createHmac("sha256", instance.secrets.peppers[0].key).update(secret).digest())).toBe(true);
  });
});
