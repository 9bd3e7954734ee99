import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAccounts, readSecrets } from "@layerport/accounts";
import { openDatabase } from "@layerport/database";
import { image, testDatabase, testSecrets } from "@layerport/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { password, sendTo, type TestRequest } from "./test-door.ts";

const alice = `alice:${password}`;
const running = new Set<ChildProcess>();
let environment: Record<string, string>;
let port: number;

beforeAll(async () => {
  const url = await testDatabase();
  const secrets = testSecrets();
  const storage = mkdtempSync(join(tmpdir(), "layerport-registry-"));
  afterAll(async () => {
    for (const child of running) child.kill("SIGKILL");
    rmSync(storage, { recursive: true, force: true });
  });
  port = await freePort();
  environment = {
    DATABASE_URL: url,
    LAYERPORT_HOST: "127.0.0.1",
    LAYERPORT_PORT: String(port),
    LAYERPORT_PORTAL_URL: "http://127.0.0.1:1",
    LAYERPORT_WORKER_URL: "http://127.0.0.1:1",
    LAYERPORT_STORAGE_DIR: storage,
    LAYERPORT_SECRETS_DIR: secrets,
  };
  const database = openDatabase({ url, connections: 2 });
  const accounts = openAccounts({
    database,
    secrets: readSecrets(secrets),
    publicUrl: `http://localhost:${port}`,
    visibilityOf: async () => undefined,
  });
  const { setupToken = "" } = readSecrets(secrets);
  await accounts.createFirstAdministrator(
    { setupToken, name: "alice", email: "alice@example.test", password },
    { address: "192.0.2.1" },
  );
  await accounts.close();
  await database.close();
});

interface Run {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | string>;
}

function run(overrides: Record<string, string | undefined> = {}): Run {
  const child = spawn(process.execPath, ["src/main.ts"], {
    cwd: join(import.meta.dirname, ".."),
    env: { PATH: process.env.PATH, ...environment, ...overrides },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (part: Buffer) => (output += part.toString()));
  const exited = once(child, "close").then(([code, signal]: unknown[]) => {
    running.delete(child);
    return (code ?? signal) as number | string;
  });
  return { child, output: () => output, exited };
}

async function start(overrides: Record<string, string | undefined> = {}): Promise<Run> {
  const started = run(overrides);
  await expect
    .poll(async () => (await send("GET", "/readyz").catch(() => undefined))?.status, { timeout: 20_000 })
    .toBe(200);
  return started;
}

function send(method: string, path: string, request?: TestRequest) {
  return sendTo(port, method, path, request);
}

it("keeps what it acknowledged over a SIGKILL, and ends by itself with SIGTERM", async () => {
  const made = image({ layers: ["base", "app"] });
  const first = await start();
  for (const part of made.blobs) {
    const path = `/v2/alice/app/blobs/uploads/?digest=${part.descriptor.digest}`;
    expect((await send("POST", path, { as: alice, body: part.content })).status).toBe(201);
  }
  const large = Buffer.alloc(1_000_000, "layer");
  const upload = await send("POST", "/v2/alice/app/blobs/uploads/", { as: alice });
  expect((await send("PATCH", upload.headers.location ?? "", { as: alice, body: large })).status).toBe(202);
  const headers = { "content-type": made.mediaType };
  expect((await send("PUT", "/v2/alice/app/manifests/v1", { as: alice, body: made.content, headers })).status).toBe(
    201,
  );
  first.child.kill("SIGKILL");
  expect(await first.exited).toBe("SIGKILL");

  const second = await start();
  const manifest = await send("GET", "/v2/alice/app/manifests/v1", { as: alice });
  expect(manifest.body.equals(made.content)).toBe(true);
  for (const part of made.blobs) {
    const answer = await send("GET", `/v2/alice/app/blobs/${part.descriptor.digest}`, { as: alice });
    expect(answer.body.equals(part.content)).toBe(true);
  }
  const progress = await send("GET", upload.headers.location ?? "", { as: alice });
  expect([progress.status, progress.headers.range]).toEqual([204, `0-${large.length - 1}`]);

  second.child.kill("SIGTERM");
  expect(await second.exited).toBe(0);
  const lines = second.output().trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(expect.arrayContaining(["listening", "request", "ended"]));
  expect(second.output()).not.toContain(password);
}, 60_000);

it("ends when the process that watches over it has gone", async () => {
  const parent = spawn("sleep", ["60"]);
  const watched = await start({ LAYERPORT_PARENT_PID: String(parent.pid) });
  parent.kill("SIGKILL");
  expect(await watched.exited).toBe(0);
}, 30_000);

it("says in one line what keeps it from starting", async () => {
  const blocker = createServer().listen(0, "127.0.0.1");
  await once(blocker, "listening");
  const taken = String((blocker.address() as AddressInfo).port);
  const cases: readonly [Record<string, string | undefined>, RegExp][] = [
    [{ DATABASE_URL: undefined }, /^DATABASE_URL must be set$/],
    [{ LAYERPORT_PORT: "x" }, /^LAYERPORT_PORT must be a number up to 65535, not "x"$/],
    [{ LAYERPORT_SECRETS_DIR: "/nowhere" }, /^[^\n]*\/nowhere\/[^\n]*$/],
    [{ LAYERPORT_PORT: taken }, new RegExp(`^[^\\n]*EADDRINUSE[^\\n]*${taken}$`)],
  ];
  for (const [overrides, expected] of cases) {
    const failed = run(overrides);
    expect(await failed.exited).toBe(1);
    expect(failed.output().trim()).toMatch(expected);
  }
  blocker.close();
}, 60_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}
