import { beforeAll, describe, expect, it } from "vitest";
import { password, startDoor, type TestAnswer, type TestDoor } from "./test-door.ts";

let door: TestDoor;
let alice: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
});

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string;
  readonly exp: number;
  readonly nbf: number;
  readonly iat: number;
  readonly jti: string;
  readonly access: readonly { readonly type: string; readonly name: string; readonly actions: readonly string[] }[];
}

function claimsOf(answer: TestAnswer): Claims {
  const { token } = JSON.parse(answer.text);
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString("utf8"));
}

function ask(query: string, as?: string): Promise<TestAnswer> {
  return door.send("GET", `/token?service=registry.example:8080${query}`, { as });
}

function post(form: Readonly<Record<string, string>>): Promise<TestAnswer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return door.send("POST", "/token", { body: new URLSearchParams(form).toString(), headers });
}

describe("GET /token", () => {
  it("answers a token for this registry and this person, with everything a client reads of it (200)", async () => {
    const answer = await ask("&scope=repository:alice/app:pull,push&account=alice", alice);
    const document = JSON.parse(answer.text);
    expect(answer.status).toBe(200);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(document.access_token).toBe(document.token);
    expect(document.expires_in).toBeGreaterThanOrEqual(60);
    expect(document.issued_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    expect(document.refresh_token).toBeUndefined();
    const claims = claimsOf(answer);
    expect(claims.aud).toBe("registry.example:8080");
    expect(claims.iss).toBe("http://registry.example:8080");
    expect(claims.access).toEqual([{ type: "repository", name: "alice/app", actions: ["pull", "push"] }]);
  });

  it("B20 T23 grants what the caller has and leaves the rest out, without an error (200)", async () => {
    const asked = ["repository:bob/secret:pull,push", "registry:catalog:*", "repository:alice/app:pull,push,*,admin"];
    const answer = await ask(asked.map((scope) => `&scope=${encodeURIComponent(scope)}`).join(""), alice);
    expect(answer.status).toBe(200);
    // Docker's word for everything is *, and admin is nobody's.
    const actions = ["pull", "push", "delete"];
    expect(claimsOf(answer).access).toEqual([{ type: "repository", name: "alice/app", actions }]);
  });

  it("reads repeated scopes and those separated by spaces alike", async () => {
    const apart = await ask("&scope=repository:alice/a:pull&scope=repository:alice/b:pull", alice);
    const together = await ask("&scope=repository:alice/a:pull+repository:alice/b:pull", alice);
    expect(claimsOf(together).access).toEqual(claimsOf(apart).access);
    expect(claimsOf(apart).access).toHaveLength(2);
  });

  it("answers a token without rights to somebody who did not sign in (200)", async () => {
    const answer = await ask("&scope=repository:alice/app:pull");
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)).toMatchObject({ sub: "", access: [] });
  });

  it("B20 refuses 101 scopes and a scope of 10 KB (400 invalid_scope)", async () => {
    const many = Array.from({ length: 101 }, (_, at) => `&scope=repository:a/b${at}:pull`).join("");
    for (const query of [many, `&scope=repository:${"x".repeat(10_000)}:pull`]) {
      const answer = await ask(query, alice);
      expect([answer.status, JSON.parse(answer.text).error]).toEqual([400, "invalid_scope"]);
    }
  });

  it("says in a sentence, wherever clients look for one, that a password is wrong (401)", async () => {
    const answer = await ask("", "alice:wrong");
    const document = JSON.parse(answer.text);
    const sentence = "the user name, the password or the token is wrong";
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toMatch(/^Basic realm=/);
    expect(document).toMatchObject({ error: "invalid_grant", error_description: sentence, details: sentence });
    expect(document.errors).toEqual([{ code: "UNAUTHORIZED", message: sentence, detail: null }]);
  });

  it("refuses an Authorization header that cannot be read (401)", async () => {
    const answer = await door.send("GET", "/token", { headers: { authorization: "Negotiate abc" } });
    expect(answer.status).toBe(401);
  });

  it("B49 slows down those who guess, here and at the registry (429 Retry-After)", async () => {
    const mallory = await door.addUser("mallory");
    let answer = await ask("", "mallory:wrong");
    for (let tries = 0; tries < 40 && answer.status === 401; tries += 1) answer = await ask("", "mallory:wrong");
    expect(answer.status).toBe(429);
    expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    expect(JSON.parse(answer.text).errors[0].code).toBe("TOOMANYREQUESTS");
    const pull = await door.send("GET", "/v2/mallory/app/tags/list", { as: "mallory:wrong" });
    expect([pull.status, JSON.parse(pull.text).errors[0].code]).toEqual([429, "TOOMANYREQUESTS"]);
    expect(Number(pull.headers["retry-after"])).toBeGreaterThan(0);
    expect(mallory).toContain(password);
  });
});

describe("POST /token", () => {
  const grant = { grant_type: "password", username: "alice", password, client_id: "tests" };

  it("answers a token for a password (200), and a refresh token only to those who ask for one", async () => {
    const plain = await post({ ...grant, scope: "repository:alice/app:pull" });
    const offline = await post({ ...grant, access_type: "offline" });
    expect(claimsOf(plain).access).toEqual([{ type: "repository", name: "alice/app", actions: ["pull"] }]);
    expect(JSON.parse(plain.text).refresh_token).toBeUndefined();
    expect(JSON.parse(offline.text).refresh_token).toMatch(/^lp_ref_/);
  });

  it("exchanges a refresh token for a bearer token and the next refresh token (200), and a foreign one not (401)", async () => {
    const first = JSON.parse((await post({ ...grant, access_type: "offline" })).text).refresh_token;
    const refresh = { grant_type: "refresh_token", client_id: "tests", scope: "repository:alice/app:push" };
    const second = await post({ ...refresh, refresh_token: first });
    expect(second.status).toBe(200);
    expect(claimsOf(second).access[0]?.actions).toContain("push");
    expect(JSON.parse(second.text).refresh_token).not.toBe(first);
    const refused = await post({ ...refresh, refresh_token: `lp_ref_${"a".repeat(36)}` });
    expect([refused.status, JSON.parse(refused.text).error]).toEqual([401, "invalid_grant"]);
  });

  it("refuses a wrong password (401), another grant (400) and a form of more than 16 KiB (413)", async () => {
    expect((await post({ ...grant, password: "wrong" })).status).toBe(401);
    expect((await post({ grant_type: "implicit" })).status).toBe(400);
    expect((await post({ ...grant, scope: "x".repeat(20_000) })).status).toBe(413);
  });
});

it("T21 the refresh token of GET is for those who asked for one with a password", async () => {
  expect(JSON.parse((await ask("&offline_token=true&client_id=docker", alice)).text).refresh_token).toMatch(/^lp_ref_/);
  expect(JSON.parse((await ask("&offline_token=true")).text).refresh_token).toBeUndefined();
  const bearer = await door.bearer(alice);
  expect(JSON.parse((await ask("&offline_token=true", bearer)).text).refresh_token).toBeUndefined();
});

it("has no other methods (405 Allow)", async () => {
  const answer = await door.send("DELETE", "/token");
  expect([answer.status, answer.headers.allow]).toEqual([405, "GET, HEAD, POST"]);
});

it("T26 writes no credential to the log, whatever the request was", async () => {
  const canary = `lp_pat_${"C".repeat(30)}anary1`;
  await ask("", `alice:${canary}`);
  await post({ grant_type: "password", username: canary, password: canary });
  await door.send("GET", `/token?password=${canary}&scope=${canary}`, {
    headers: { cookie: canary, "x-api-key": canary },
  });
  await door.send("GET", "/v2/", { as: canary });
  const log = door.logLines.join("");
  expect(log).toContain('"endpoint":"token"');
  expect(log).not.toContain("C".repeat(30));
  expect(log).not.toContain(password);
});
