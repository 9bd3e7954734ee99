import { spawnSync } from "node:child_process";
import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSecrets } from "@layerport/accounts";
import { blob, bytes, digestOf, expireAccessTokens, type ImageFixture, image } from "@layerport/testkit";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { basic } from "./test-door.ts";
import { prepareProcess, type Run } from "./test-process.ts";

const uuid = "01234567-89ab-cdef-0123-456789abcdef";
// A container may have it and not allow it.
const hasStrace = spawnSync("strace", ["-f", "-o", "/dev/null", "true"]).status === 0;

const registry = await prepareProcess();
let running: Run;
let bob: string;
beforeAll(async () => {
  running = await registry.start();
  bob = await registry.addUser("bob");
}, 60_000);

function codeOf(text: string): string {
  return JSON.parse(text).errors[0].code;
}

async function bearer(credentials: string | undefined, ...scopes: string[]): Promise<string> {
  const query = scopes.map((scope) => `&scope=${encodeURIComponent(scope)}`).join("");
  return JSON.parse((await registry.send("GET", `/token?service=tests${query}`, { as: credentials })).text).token;
}

async function startUpload(as = registry.alice, repository = "alice/app"): Promise<string> {
  const { status, headers } = await registry.send("POST", `/v2/${repository}/blobs/uploads/`, { as });
  expect(status).toBe(202);
  return headers.location ?? "";
}

async function pushImage(made: ImageFixture, name: string): Promise<void> {
  const as = registry.alice;
  const [repository, tag] = name.split(":");
  for (const { content, descriptor } of made.blobs) {
    const path = `/v2/${repository}/blobs/uploads/?digest=${descriptor.digest}`;
    expect((await registry.send("POST", path, { as, body: content })).status).toBe(201);
  }
  const headers = { "content-type": made.mediaType };
  const path = `/v2/${repository}/manifests/${tag}`;
  expect((await registry.send("PUT", path, { as, body: made.content, headers })).status).toBe(201);
}

/** Every path below the folder of the blobs. */
function storedPaths(): readonly string[] {
  return readdirSync(registry.storage, { recursive: true, encoding: "utf8" }).sort();
}

describe("T16 B18 what a stranger learns", () => {
  const digest = digestOf(bytes("some blob"));
  const shapes: readonly (readonly [method: string, path: string, body?: string])[] = [
    ["GET", "manifests/latest"],
    ["HEAD", "manifests/latest"],
    ["GET", `manifests/${digest}`],
    ["PUT", "manifests/latest", "{}"],
    ["DELETE", "manifests/latest"],
    ["GET", `blobs/${digest}`],
    ["HEAD", `blobs/${digest}`],
    ["DELETE", `blobs/${digest}`],
    ["POST", "blobs/uploads/"],
    ["POST", `blobs/uploads/?digest=${digest}`, "some blob"],
    ["POST", `blobs/uploads/?mount=${digest}&from=bob/app`],
    ["GET", `blobs/uploads/${uuid}`],
    ["PATCH", `blobs/uploads/${uuid}`, "some blob"],
    ["PUT", `blobs/uploads/${uuid}?digest=${digest}`, "some blob"],
    ["DELETE", `blobs/uploads/${uuid}`],
    ["GET", "tags/list?n=5"],
    ["GET", `referrers/${digest}`],
  ];

  it("is the same bytes for 2,000 private repositories and 2,000 that do not exist (401)", async () => {
    await registry.database.query({
      text: `INSERT INTO repository (organization_id, path, created_by)
        SELECT id, 'p' || lpad(number::text, 4, '0'), 'tests' FROM organization, generate_series(0, 1999) AS number
        WHERE name = 'alice'`,
    });
    const token = `Bearer ${await bearer(bob, "repository:alice/p0000:pull,push,delete")}`;
    const ask = async (name: string, number: number) => {
      const [method = "", path, body = null] = shapes[number % shapes.length] ?? [];
      const answer = await fetch(`http://${registry.host}/v2/alice/${name}/${path}`, {
        method,
        body,
        headers: number % 2 === 0 ? {} : { authorization: token },
      });
      const headers = [...answer.headers].filter(([key]) => key !== "date" && key !== "x-request-id");
      const text = JSON.stringify([method, path, answer.status, headers, await answer.text()]);
      return text.replaceAll(name, "NAME");
    };
    const differing: (readonly [string, string])[] = [];
    let next = 0;
    const askOn = async () => {
      for (let number = next++; number < 2000; number = next++) {
        const place = String(number).padStart(4, "0");
        // Each is the first of its pair every second time.
        const names = number % 4 < 2 ? [`p${place}`, `q${place}`] : [`q${place}`, `p${place}`];
        const [one = "", other = ""] = await Promise.all(names.map((name) => ask(name, number)));
        if (one !== other || !one.includes(",401,")) differing.push([one, other]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, askOn));
    expect(differing).toEqual([]);
  }, 60_000);
});

describe("a digest that is none", () => {
  const forms = [
    "sha256:../../x",
    "sha256:..%2f..%2fx",
    `sha256:${"A".repeat(64)}`,
    `sha256:${"a".repeat(63)}`,
    `sha512:${"a".repeat(64)}`,
    `md5:${"a".repeat(32)}`,
    "sha256:",
  ];

  it("T03 B21 B22 B37 B46 B56 is refused wherever it stands (400), and nothing new is on the disk", async () => {
    await startUpload();
    const before = storedPaths();
    for (const form of forms) {
      const upload = await startUpload();
      const lines: readonly (readonly [line: string, codes: readonly string[]])[] = [
        [`GET /v2/alice/app/blobs/${form}`, ["DIGEST_INVALID", "NAME_INVALID"]],
        [`DELETE /v2/alice/app/blobs/${form}`, ["DIGEST_INVALID", "NAME_INVALID"]],
        [`GET /v2/alice/app/manifests/${form}`, ["DIGEST_INVALID", "NAME_INVALID"]],
        [`PUT /v2/alice/app/manifests/${form}`, ["DIGEST_INVALID", "NAME_INVALID"]],
        [`GET /v2/alice/app/referrers/${form}`, ["DIGEST_INVALID", "NAME_INVALID"]],
        [`POST /v2/alice/app/blobs/uploads/?digest=${form}`, ["DIGEST_INVALID"]],
        [`POST /v2/alice/app/blobs/uploads/?mount=${form}&from=alice/base`, ["DIGEST_INVALID"]],
        [`POST /v2/alice/app/blobs/uploads/?mount=${form}`, ["DIGEST_INVALID"]],
        [`PUT ${upload}?digest=${form}`, ["DIGEST_INVALID"]],
      ];
      for (const [line, codes] of lines) {
        const length = line.startsWith("P") ? "Content-Length: 5\r\n" : "";
        const head = `${line} HTTP/1.1\r\nHost: ${registry.host}\r\nConnection: close\r\n${basic(registry.alice)}`;
        const answer = await registry.sendRaw(`${head}${length}\r\n${length === "" ? "" : "hello"}`);
        expect([line, answer.slice(9, 12), codes.some((code) => answer.includes(`"${code}"`))]).toEqual([
          line,
          "400",
          true,
        ]);
      }
    }
    expect(storedPaths()).toEqual(before);
  });
});

describe("T13 the row of an upload that somebody has changed", () => {
  const content = bytes(100_000);
  const change = (location: string, text: string) =>
    registry.database.query({
      text: `UPDATE upload_session SET ${text} WHERE id = $1::uuid`,
      values: [location.split("/").at(-1)],
    });

  it.each(["durable_length = -5", "durable_length = 9007199254740993", "algorithm = 'md5'", "algorithm = '../../x'"])(
    "cannot hold %s",
    async (text) => {
      await expect(change(await startUpload(), text)).rejects.toMatchObject({ code: "23514" });
    },
  );

  it.each([
    "durable_length = 9007199254740991",
    "durable_length = durable_length + 1",
    "staged_id = gen_random_uuid()",
    "staged_id = NULL",
    "content = decode('aced0005', 'hex')",
    "writer = gen_random_uuid()",
    "principal = 'user:x'",
  ])("to %s is an upload that goes on right or is refused, and the process goes on too", async (text) => {
    const as = registry.alice;
    const digest = digestOf(content);
    const requests = [
      ["PATCH", ""],
      ["PUT", `?digest=${digest}`],
      ["GET", ""],
      ["DELETE", ""],
    ] as const;
    for (const [method, query] of requests) {
      const location = await startUpload();
      expect((await registry.send("PATCH", location, { as, body: content.subarray(0, 90_000) })).status).toBe(202);
      await change(location, text);
      const body = query !== "" || method === "PATCH" ? { body: content.subarray(90_000) } : {};
      const { status } = await registry.send(method, `${location}${query}`, { as, ...body });
      expect([method, [201, 202, 204, 400, 404, 416].includes(status) || status]).toEqual([method, true]);
    }
    const { status, body } = await registry.send("GET", `/v2/alice/app/blobs/${digest}`, { as });
    expect(status === 404 || (status === 200 && body.equals(content))).toBe(true);
    expect((await registry.send("GET", "/v2/", { as })).status).toBe(200);
  });
});

describe("B16 T22 a bearer token that Layerport did not make", () => {
  it("is refused, however it is signed (401 invalid_token)", async () => {
    const { signingKey } = readSecrets(registry.secrets);
    const genuine = await bearer(registry.alice);
    const [head = "", claims = ""] = genuine.split(".");
    const decode = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString());
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const stranger = generateKeyPairSync("ed25519");
    const forge = (header: object, claimed: object, key: KeyObject | string) => {
      const text = `${encode({ ...decode(head), ...header })}.${encode({ ...decode(claims), ...claimed })}`;
      const signature =
        typeof key === "string" ? createHmac("sha256", key).update(text).digest() : sign(null, Buffer.from(text), key);
      return `${text}.${signature.toString("base64url")}`;
    };
    const publicKey = createPublicKey(signingKey.key);
    const spki = publicKey.export({ type: "spki", format: "pem" }).toString();
    const forgeries = {
      "with another key": forge({}, {}, stranger.privateKey),
      "with a key that it carries": forge(
        { jwk: stranger.publicKey.export({ format: "jwk" }) },
        {},
        stranger.privateKey,
      ),
      "with a key of that name": forge({ kid: "../../token-signing-key.pem" }, {}, stranger.privateKey),
      "with a name of no key": forge({ kid: "unknown" }, {}, signingKey.key),
      "with the public key as a secret": forge({ alg: "HS256" }, {}, spki),
      "by nobody": `${encode({ alg: "none", typ: "JWT" })}.${claims}.`,
      "61 seconds too late": forge({}, { exp: now - 61 }, signingKey.key),
      "61 seconds too early": forge({}, { nbf: now + 62 }, signingKey.key),
      "for another registry": forge({}, { aud: "registry.example" }, signingKey.key),
      "by another registry": forge({}, { iss: "http://registry.example" }, signingKey.key),
    };
    expect((await registry.send("GET", "/v2/", { as: forge({}, {}, signingKey.key) })).status).toBe(200);
    for (const [how, token] of Object.entries(forgeries)) {
      const answer = await registry.send("GET", "/v2/", { as: token });
      expect([how, answer.status, codeOf(answer.text)]).toEqual([how, 401, "UNAUTHORIZED"]);
      expect(answer.headers["www-authenticate"]).toContain('error="invalid_token"');
    }
  });

  it("B19 an access token that has ended opens nothing any more (401)", async () => {
    const { secret } = await registry.accounts.createAccessToken(registry.administrator, {
      name: "ending",
      permissions: ["pull"],
      repositoryPatterns: ["**"],
      expiresInDays: 1,
    });
    const as = `alice:${secret}`;
    expect((await registry.send("GET", "/v2/", { as })).status).toBe(200);
    await expireAccessTokens(registry.databaseUrl, "ending");
    for (const path of ["/v2/", "/v2/alice/app/tags/list", "/token"]) {
      expect([path, (await registry.send("GET", path, { as })).status]).toEqual([path, 401]);
    }
  });
});

describe("T25 what a fresh instance believes", () => {
  it("is no header that names a user (401)", async () => {
    for (const name of ["x-forwarded-user", "x-webauth-user", "x-remote-user", "remote-user", "x-forwarded-email"]) {
      const answer = await registry.send("GET", "/v2/", { headers: { [name]: "alice" } });
      expect([name, answer.status]).toEqual([name, 401]);
    }
  });

  it("is no secret of an example: it does not start, and says which file to change", async () => {
    const copy = mkdtempSync(join(tmpdir(), "layerport-sample-"));
    onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
    for (const name of readdirSync(registry.secrets)) {
      writeFileSync(join(copy, name), readFileSync(join(registry.secrets, name)));
    }
    writeFileSync(join(copy, "session-secret"), "changeme-changeme-changeme-changeme");
    const failed = registry.run({ LAYERPORT_SECRETS_DIR: copy, LAYERPORT_PORT: "0" });
    expect(await failed.exited).toBe(1);
    expect(failed.output().trim()).toMatch(/^[^\n]*session-secret[^\n]*$/);
    expect(failed.output()).not.toContain("changeme");
  }, 30_000);
});

describe("T26 secrets", () => {
  it("stand in no line of the log, in no column and on no command line, however they came", async () => {
    const canary = `lp_pat_${"C".repeat(24)}CANARY7q8w9e`;
    const { secret } = await registry.accounts.createAccessToken(registry.administrator, {
      name: "a real one",
      permissions: ["pull", "push", "delete"],
      repositoryPatterns: ["**"],
      expiresInDays: 1,
    });
    const offline = await registry.send("GET", "/token?offline_token=true&client_id=tests", { as: registry.alice });
    const { token, refresh_token: refresh } = JSON.parse(offline.text);
    const metrics = readFileSync(join(registry.secrets, "metrics-token"), "utf8").trim();
    const form = (fields: Readonly<Record<string, string>>) => ({
      body: new URLSearchParams(fields).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });

    for (const path of ["/v2/", "/v2/alice/app/tags/list", "/v2/_catalog", "/token?scope=repository:alice/app:pull"]) {
      for (const as of [`alice:${secret}`, `alice:${canary}`, `${canary}:${canary}`, token, canary]) {
        await registry.send("GET", path, { as });
      }
      for (const name of ["cookie", "proxy-authorization", "x-registry-auth", "x-api-key", "private-token"]) {
        await registry.send("GET", path, { headers: { [name]: canary } });
      }
    }
    await registry.send("GET", `/token?password=${canary}&account=${canary}&scope=${canary}&client_id=${canary}`);
    await registry.send("GET", `/v2/alice/${canary}/tags/list?token=${canary}`);
    await registry.send("GET", `/v2/alice/app/manifests/${canary}`, { as: `alice:${secret}` });
    await registry.send("POST", "/token", form({ grant_type: "password", username: canary, password: canary }));
    await registry.send("POST", "/token", form({ grant_type: "password", username: "alice", password: secret }));
    await registry.send("POST", "/token", form({ grant_type: "refresh_token", refresh_token: canary }));
    const refreshed = form({ grant_type: "refresh_token", refresh_token: refresh, client_id: "tests" });
    expect((await registry.send("POST", "/token", refreshed)).status).toBe(200);
    expect((await registry.send("GET", "/metrics", { as: metrics })).status).toBe(200);
    await registry.sendRaw(`GET /v2/ HTTP/1.1\r\nAuthorization: Bearer ${canary}\r\nbroken ${canary}\r\n\r\n`);

    const tables = await registry.database.query<{ name: string }>({
      text: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    });
    expect(tables.length).toBeGreaterThan(10);
    const dumped = await Promise.all(
      tables.map(({ name }) =>
        registry.database.query({ text: `SELECT to_jsonb(dumped)::text AS row FROM "${name}" AS dumped` }),
      ),
    );
    // Lines are written in batches.
    await expect.poll(() => running.output()).toContain('"endpoint":"operations"');
    const places = {
      log: running.output(),
      database: JSON.stringify(dumped),
      "command line": readFileSync(`/proc/${running.child.pid}/cmdline`, "utf8"),
    };
    expect(places.database).toContain("alice@example.test");
    const [, claims = "", signature = ""] = String(token).split(".");
    const secrets = {
      canary: "CANARY7q8w9e",
      secret,
      refresh,
      metrics,
      claims,
      signature,
      password: registry.alice.slice(6),
    };
    const found = Object.entries(places).flatMap(([place, text]) =>
      Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [`${name} in the ${place}`] : [])),
    );
    expect(found).toEqual([]);
  }, 60_000);
});

describe("started again, with deletes off", () => {
  const made = image({ layers: ["kept"] });
  const loose = blob(bytes("a loose blob"));
  let trace: string;

  beforeAll(async () => {
    await pushImage(made, "alice/kept:v1");
    const path = `/v2/alice/kept/blobs/uploads/?digest=${loose.descriptor.digest}`;
    await registry.send("POST", path, { as: registry.alice, body: loose.content });
    running.child.kill("SIGKILL");
    await running.exited;
    trace = join(registry.secrets, "openat");
    const calls = "trace=open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat";
    // Detached, so that the process is the registry and not what traces it.
    const traced = ["strace", "-D", "-f", "--seccomp-bpf", "-e", calls, "-o", trace, process.execPath];
    running = await registry.start({ LAYERPORT_DELETES: "off" }, hasStrace ? traced : undefined);
  }, 60_000);

  it("T20 B52 refuses to delete a tag, a manifest and a blob, and they stay (405 UNSUPPORTED)", async () => {
    const as = registry.alice;
    const paths = ["manifests/v1", `manifests/${made.digest}`, `blobs/${loose.descriptor.digest}`, "manifests/none"];
    for (const path of paths) {
      const answer = await registry.send("DELETE", `/v2/alice/kept/${path}`, { as });
      expect([path, answer.status, codeOf(answer.text), answer.headers.allow]).toEqual([
        path,
        405,
        "UNSUPPORTED",
        "GET, HEAD",
      ]);
      expect((await registry.send("DELETE", `/v2/alice/kept/${path}`, { as: bob })).status).toBe(401);
    }
    for (const path of paths.slice(0, 3)) {
      expect((await registry.send("GET", `/v2/alice/kept/${path}`, { as })).status).toBe(200);
    }
    expect((await registry.send("DELETE", await startUpload(), { as })).status).toBe(204);
  });

  it.skipIf(!hasStrace)(
    "T05 B1 B2 B3 B4 opens no path outside its folder, whatever it is sent (needs strace)",
    async () => {
      const opened = () => readFileSync(trace, "utf8").split("\n");
      // So that nothing of its own is opened for the first time from here on.
      await pushImage(image({ layers: ["traced"] }), "alice/traced:v1");
      await registry.send("POST", `/v2/alice/traced/blobs/uploads/?digest=${digestOf(bytes(70_000))}`, {
        as: registry.alice,
        body: bytes(70_000),
      });
      const before = opened().length;
      const parts = [
        "..",
        "%2e%2e",
        ".%2e",
        "..%2f..",
        "..%5c..",
        "..\\..",
        "%252e%252e",
        "....",
        "..;",
        "%c0%ae%c0%ae",
        "%00",
      ];
      for (const part of parts) {
        const up = `${part}/${part}/${part}/${part}/etc/passwd`;
        const digest = `sha256:${part}`;
        const lines = [
          `GET /v2/${up}`,
          `GET /v2/alice/${up}/manifests/latest`,
          `GET /v2/alice/app/manifests/${up}`,
          `GET /v2/alice/app/blobs/${digest}/${up}`,
          `GET /v2/alice/app/blobs/${up}`,
          `PUT /v2/alice/app/manifests/${up}`,
          `PATCH /v2/alice/app/blobs/uploads/${up}`,
          `GET /v2/alice/app/blobs/uploads/${up}`,
          `POST /v2/alice/app/blobs/uploads/?digest=${digest}/${up}`,
          `POST /v2/alice/app/blobs/uploads/?mount=${digest}&from=${up}`,
          `DELETE /v2/alice/app/blobs/${up}`,
        ];
        for (const line of lines) {
          const head = `${line} HTTP/1.1\r\nHost: ${registry.host}\r\nConnection: close\r\n`;
          const answer = await registry.sendRaw(`${head}${basic(registry.alice)}Content-Length: 1\r\n\r\nx`);
          expect([line, Number(answer.slice(9, 12)) < 500]).toEqual([line, true]);
        }
      }
      // Two more blobs, which show that the trace goes on.
      const last = bytes(80_000);
      const path = `/v2/alice/traced/blobs/uploads/?digest=${digestOf(last)}`;
      expect((await registry.send("POST", path, { as: registry.alice, body: last })).status).toBe(201);
      const paths = opened()
        .slice(before)
        .flatMap((line) => [...line.matchAll(/"([^"]*)"/g)].map(([, name = ""]) => name));
      expect(paths.some((name) => name.startsWith(registry.storage))).toBe(true);
      expect(paths.filter((name) => !name.startsWith(registry.storage))).toEqual([]);
    },
    60_000,
  );
});
