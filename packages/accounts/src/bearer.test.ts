import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import type { Scope } from "@layerport/registry-core";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const seconds = () => Math.floor(Date.now() / 1000);
const adaApi = {
  kind: "repository",
  repository: repository("ada/api"),
  actions: ["pull", "push", "delete"],
} satisfies Scope;

interface Forgery {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly key?: KeyObject | Uint8Array;
}

/** A token as Layerport signs it, but for what the test changes. */
function forge({ header, claims, key }: Forgery = {}): Promise<string> {
  const { signingKey } = instance.secrets;
  const now = seconds();
  const { id, name } = instance.administrator;
  return new SignJWT({
    iss: "http://localhost:5000",
    sub: id,
    aud: "localhost:5000",
    iat: now,
    nbf: now,
    exp: now + 300,
    jti: randomUUID(),
    name,
    epoch: 1,
    access: [],
    ...claims,
  })
    .setProtectedHeader({ alg: "EdDSA", typ: "JWT", kid: signingKey.id, ...header })
    .sign(key ?? signingKey.key);
}

function part(token: string, place: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[place] ?? "", "base64url").toString());
}

describe("§6.3, a bearer token", () => {
  it("has the header and the claims that the token protocol names", async () => {
    const { accounts, administrator, secrets } = instance;
    const issued = await accounts.issueBearer(administrator.identity, [adaApi], accounts.service);
    expect(issued.expiresInSeconds).toBe(300);
    expect(part(issued.token, 0)).toEqual({ alg: "EdDSA", typ: "JWT", kid: secrets.signingKey.id });
    const claims = part(issued.token, 1);
    expect(claims).toEqual({
      iss: "http://localhost:5000",
      sub: administrator.id,
      aud: "localhost:5000",
      exp: issued.issuedAt.getTime() / 1000 + 300,
      nbf: issued.issuedAt.getTime() / 1000,
      iat: issued.issuedAt.getTime() / 1000,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      access: [{ type: "repository", name: "ada/api", actions: ["pull", "push", "delete"] }],
      name: "ada",
      epoch: 1,
    });
  });

  it("has an empty subject for an anonymous caller, and no rights that such a caller lacks", async () => {
    const { accounts } = instance;
    const { token } = await accounts.issueBearer(accounts.anonymous, [adaApi], accounts.service);
    expect(part(token, 1)).toMatchObject({ sub: "", access: [] });
    expect(await accounts.verifyBearer(token)).toEqual({ kind: "anonymous", access: [] });
  });

  it("is known again until it ends, by the same text only", async () => {
    const token = await forge();
    const identity = await instance.accounts.verifyBearer(token);
    expect(identity).toMatchObject({ kind: "user", name: "ada" });
    expect(await instance.accounts.verifyBearer(token)).toBe(identity);
    await expect(instance.accounts.verifyBearer(`${token.slice(0, -4)}AAAA`)).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
  });

  it("is accepted within a minute after its end and before its beginning, and not remembered beyond", async () => {
    const now = seconds();
    const { accounts } = instance;
    expect(await accounts.verifyBearer(await forge({ claims: { exp: now - 55 } }))).toMatchObject({ name: "ada" });
    expect(await accounts.verifyBearer(await forge({ claims: { nbf: now + 55 } }))).toMatchObject({ name: "ada" });
    const ending = await forge({ claims: { exp: now - 58 } });
    await accounts.verifyBearer(ending);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await expect(accounts.verifyBearer(ending)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  });

  it("signed with the key of before is accepted while that key is published", async () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    await expect(
      instance.accounts.verifyBearer(await forge({ key: privateKey, header: { kid: "the-one-before" } })),
    ).rejects.toMatchObject({ code: "TOKEN_INVALID" });
    const keys = instance.secrets.verificationKeys;
    if (keys instanceof Map) keys.set("the-one-before", createPublicKey(privateKey));
    expect(
      await instance.accounts.verifyBearer(await forge({ key: privateKey, header: { kid: "the-one-before" } })),
    ).toMatchObject({ name: "ada" });
  });
});

describe("T22, a forged bearer token is refused", () => {
  const b64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const stranger = generateKeyPairSync("ed25519");

  const forgeries: Record<string, () => Promise<string>> = {
    "with alg none": async () => {
      const [, payload] = (await forge()).split(".");
      return `${b64({ alg: "none", typ: "JWT", kid: instance.secrets.signingKey.id })}.${payload}.`;
    },
    "with HS256 and the public key as its secret": async () => {
      const [key] = instance.secrets.verificationKeys.values();
      const spki = key?.export({ type: "spki", format: "pem" }) ?? "";
      return forge({ header: { alg: "HS256" }, key: Buffer.from(spki) });
    },
    "signed by a key that its header carries": async () =>
      forge({ key: stranger.privateKey, header: { jwk: stranger.publicKey.export({ format: "jwk" }) } }),
    "signed by a key of another": async () => forge({ key: stranger.privateKey }),
    "with an unknown kid": async () => forge({ header: { kid: "somebody-else" } }),
    "with a path as its kid": async () => forge({ header: { kid: "../../token-signing-key.pem" } }),
    "without a kid": async () => forge({ header: { kid: undefined } }),
    "that ended 61 seconds ago": async () => forge({ claims: { exp: seconds() - 61 } }),
    "that begins in 62 seconds": async () => forge({ claims: { nbf: seconds() + 62 } }),
    "without an end": async () => forge({ claims: { exp: undefined } }),
    "for another audience": async () => forge({ claims: { aud: "registry.example.test" } }),
    "of another issuer": async () => forge({ claims: { iss: "http://registry.example.test" } }),
    "without a name of its user": async () => forge({ claims: { name: undefined } }),
    "with access that is no list": async () => forge({ claims: { access: "repository:ada/api:pull" } }),
    "that is garbage": async () => "garbage",
    "that is empty": async () => "",
    "that is a megabyte": async () => "a.".repeat(500_000),
  };

  it.each(Object.keys(forgeries))("%s", async (name) => {
    const token = (await forgeries[name]?.()) ?? "";
    await expect(instance.accounts.verifyBearer(token)).rejects.toMatchObject({ code: "TOKEN_INVALID", status: 401 });
  });

  it("and one of a user that never was ends at the first question", async () => {
    const identity = await instance.accounts.verifyBearer(await forge({ claims: { sub: randomUUID() } }));
    await expect(instance.accounts.rightsOf(identity).may(repository("ada/api"), "pull")).rejects.toMatchObject({
      code: "TOKEN_INVALID",
    });
  });
});

describe("T23, a bearer token never has more than its owner", () => {
  it("tenant boundary: leaves out a stranger's repository, whatever was asked", async () => {
    const { accounts } = instance;
    const alice = await instance.addUser("alice");
    const own: Scope = { kind: "repository", repository: repository("alice/app"), actions: ["pull"] };
    const scopes: Scope[] = [adaApi, { kind: "catalog" }, own, { ...own, actions: ["push"] }];
    const { token } = await accounts.issueBearer(alice.identity, scopes, accounts.service);
    expect(part(token, 1).access).toEqual([{ type: "repository", name: "alice/app", actions: ["pull", "push"] }]);
  });

  it("cannot be made into a longer-lived one", async () => {
    const { accounts, administrator } = instance;
    const { token } = await accounts.issueBearer(administrator.identity, [adaApi], accounts.service);
    const identity = await accounts.verifyBearer(token);
    await expect(accounts.issueRefreshToken(identity, "docker")).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  });

  it("never changes a repository's settings", async () => {
    const { accounts, administrator } = instance;
    const { token } = await accounts.issueBearer(administrator.identity, [adaApi], accounts.service);
    const { may } = accounts.rightsOf(await accounts.verifyBearer(token));
    expect(await may(adaApi.repository, "administer")).toBe(false);
    expect(await may(adaApi.repository, "delete")).toBe(true);
  });
});
