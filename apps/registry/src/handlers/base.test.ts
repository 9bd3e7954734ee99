import { beforeAll, describe, expect, it } from "vitest";
import { startDoor, type TestDoor } from "../test-door.ts";

let door: TestDoor;
let alice: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
});

describe("end-1", () => {
  it("answers those who have signed in, by password or bearer token (200)", async () => {
    const byPassword = await door.send("GET", "/v2/", { as: alice });
    const byToken = await door.send("GET", "/v2/", { as: await door.bearer(alice) });
    for (const answer of [byPassword, byToken]) {
      expect(answer.status).toBe(200);
      expect(answer.headers["docker-distribution-api-version"]).toBe("registry/2.0");
    }
  });

  it("B15 tells everybody else where to get a token (401 UNAUTHORIZED)", async () => {
    const answer = await door.send("GET", "/v2/");
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer realm="http://${door.host}/token",service="registry.example:8080"`,
    );
    expect(JSON.parse(answer.text)).toEqual({
      errors: [{ code: "UNAUTHORIZED", message: "authentication required: sign in first", detail: null }],
    });
  });

  it("names the public address to those who came by it", async () => {
    const answer = await door.send("GET", "/v2/", { headers: { host: "Registry.example:8080" } });
    expect(answer.headers["www-authenticate"]).toBe(
      'Bearer realm="http://registry.example:8080/token",service="registry.example:8080"',
    );
  });

  it("takes the token of somebody who did not sign in for no credential (401)", async () => {
    expect((await door.send("GET", "/v2/", { as: await door.bearer(undefined) })).status).toBe(401);
  });

  it("B16 refuses a bearer token that is none (401 invalid_token)", async () => {
    const answer = await door.send("GET", "/v2/", { as: "garbage" });
    expect(answer.status).toBe(401);
    expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
  });

  it("B16 T22 refuses a token that names its own key, or none (401 invalid_token)", async () => {
    const claims = (await door.bearer(alice)).split(".")[1] ?? "";
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const headers = [
      { alg: "none", typ: "JWT" },
      { alg: "EdDSA", typ: "JWT", kid: "../../x" },
      { alg: "EdDSA", typ: "JWT", jwk: { kty: "OKP", crv: "Ed25519", x: "a".repeat(43) } },
      { alg: "HS256", typ: "JWT" },
    ];
    for (const header of headers) {
      for (const signature of ["", "a".repeat(86)]) {
        const answer = await door.send("GET", "/v2/", { as: `${encode(header)}.${claims}.${signature}` });
        expect(answer.status).toBe(401);
        expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
      }
    }
  });

  it("B19 refuses the password of a suspended account (401)", async () => {
    const mallory = await door.addUser("mallory");
    const token = await door.bearer(mallory);
    await door.accounts.suspendUser(door.administrator, "mallory");
    expect((await door.send("GET", "/v2/", { as: mallory })).status).toBe(401);
    expect((await door.send("GET", "/v2/", { as: token })).status).toBe(401);
  });

  it("says what a wrong password is (401), in a sentence", async () => {
    const answer = await door.send("GET", "/v2/", { as: "alice:wrong" });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain("the user name, the password or the token is wrong");
  });
});
