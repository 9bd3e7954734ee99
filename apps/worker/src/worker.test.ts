import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openAccounts, readSecrets } from "@layerport/accounts";
import { filesystemBlobStore } from "@layerport/blob-storage";
import { openDatabase } from "@layerport/database";
import { parseRepositoryName } from "@layerport/registry-core";
import { openRegistryStore } from "@layerport/registry-store";
import { image, push, testDatabase, testSecrets } from "@layerport/testkit";
import { encode } from "next-auth/jwt";
import { afterAll, describe, expect, it } from "vitest";
import type { Environment } from "./environment.ts";
import { openLog } from "./log.ts";
import { startWorker } from "./worker.ts";

const secretsDirectory = testSecrets();
const secrets = readSecrets(secretsDirectory);
const storageDirectory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-blobs-"));
const environment: Environment = {
  databaseUrl: await testDatabase(),
  publicUrl: "http://localhost:5000",
  secretsDirectory,
  storageDirectory,
  port: 0,
  logLevel: "info",
};

// What other processes of the installation do.
const database = openDatabase({ url: environment.databaseUrl, connections: 4 });
const store = openRegistryStore({
  database,
  blobs: filesystemBlobStore({ root: storageDirectory }),
  record: (transaction, event) => accounts.record(transaction, event),
});
const accounts = openAccounts({
  database,
  secrets,
  publicUrl: environment.publicUrl,
  findRepository: (repository) => store.findRepository(repository),
  repositoriesOf: (organization) => store.repositoriesOf(organization),
});
const { session } = await accounts.createFirstAdministrator(
  { setupToken: secrets.setupToken ?? "", name: "ada", email: "ada@example.test", password: "a long quiet river" },
  { address: "192.0.2.1" },
);
const registry = store.registryFor({ kind: "user", id: randomUUID(), name: "ada" });

afterAll(async () => {
  await accounts.close();
  await store.close();
  await database.close();
  fs.rmSync(storageDirectory, { recursive: true, force: true });
});

type Line = Readonly<Record<string, unknown>>;

/** A worker in this process, and what it has logged so far. */
async function start(changes: Partial<Environment> = {}) {
  const lines: Line[] = [];
  const log = openLog("info", { write: (line) => lines.push(JSON.parse(line)) });
  const worker = await startWorker({ ...environment, ...changes }, log);
  return { ...worker, lines, url: `http://127.0.0.1:${worker.port}` };
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await isDone()); tries += 1) {
    if (tries > 600) throw new Error("it did not happen within fifteen seconds");
    await delay(25);
  }
}

describe("the worker", () => {
  it("F01: does its work when it starts: an upload left for a week is gone, and a fresh one is not", async () => {
    const repository = parseRepositoryName("ada/api");
    const [left, fresh] = [await registry.startUpload(repository), await registry.startUpload(repository)];
    await database.query({
      text: "UPDATE upload_session SET last_active_at = now() - interval '169 hours' WHERE id = $1",
      values: [left.id],
    });
    const worker = await start();
    const { url, lines } = worker;
    const done = () => lines.filter(({ msg }) => msg === "work done").map(({ work }) => work);
    await until(() => done().length === 6);
    expect(new Set(done())).toEqual(
      new Set([
        "remove-ended-links",
        "remove-ended-sessions",
        "remove-expired-refresh-tokens",
        "remove-old-sign-in-attempts",
        "remove-stale-uploads",
        "remove-unfinished-blobs",
      ]),
    );
    await expect(registry.getUpload(repository, left.id)).rejects.toMatchObject({ code: "BLOB_UPLOAD_UNKNOWN" });
    expect(await registry.getUpload(repository, fresh.id)).toMatchObject({ id: fresh.id });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${secrets.metricsToken}` } });
    expect(await metrics.text()).toContain('layerport_work_total{name="remove-stale-uploads",outcome="succeeded"} 1');
    await worker.stop();
  });

  it("tells a signed-in browser of a push that another process took in", async () => {
    const worker = await start();
    const { url } = worker;
    const token = await encode({ token: { sessionId: session.id }, secret: secrets.sessionSecret });
    const response = await fetch(`${url}/live/pushes?repository=ada/web`, {
      headers: { cookie: `next-auth.session-token=${token}` },
    });
    expect(response.status).toBe(200);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const reading = (async () => {
      while (!text.includes("event: push")) text += (await reader?.read())?.value ?? "";
    })();
    const { descriptor } = await push(registry, parseRepositoryName("ada/web"), image({ layers: ["base"] }), ["v1"]);
    await reading;
    expect(JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "")).toMatchObject({
      repository: "ada/web",
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      tags: ["v1"],
      by: "ada",
    });
    await reader?.cancel();
    await worker.stop();
  });

  it("F36: is ready again by itself after Postgres has ended all its connections", async () => {
    const worker = await start();
    const { url } = worker;
    await database.query({
      text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    });
    await until(async () => (await fetch(`${url}/readyz`)).status === 200);
    await expect(worker.stop()).resolves.toBeUndefined();
  });

  it("does not start without its secrets, its database or its port, and leaves nothing open", async () => {
    await expect(start({ secretsDirectory: "/nowhere" })).rejects.toThrow("/nowhere/");
    const unreachable = start({ databaseUrl: "postgresql://a:not-for-a-log@127.0.0.1:1/x" });
    await expect(unreachable).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ cause: { code: "EADDRINUSE" } });
    await new Promise((resolve) => other.close(resolve));
  });
});

describe("the worker's process", { timeout: 90_000 }, () => {
  function launch(changes: Record<string, string> = {}) {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "main.ts")], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "production",
        DATABASE_URL: environment.databaseUrl,
        LAYERPORT_PUBLIC_URL: environment.publicUrl,
        LAYERPORT_SECRETS_DIR: secretsDirectory,
        LAYERPORT_STORAGE_DIR: storageDirectory,
        LAYERPORT_WORKER_PORT: "0",
        ...changes,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    const closed = once(child, "close");
    const lines = () =>
      text
        .split("\n")
        .slice(0, -1)
        .map((line): Line => JSON.parse(line));
    const line = async (message: string): Promise<Line> => {
      const find = () => lines().find(({ msg }) => msg === message);
      while (find() === undefined && child.exitCode === null) await delay(25);
      return find() ?? {};
    };
    return { child, lines, line, closed };
  }

  it("F24: ends on SIGTERM, with its streams closed and its work done", async () => {
    const { child, line, closed } = launch();
    const { port } = await line("the worker is ready");
    const stream = await fetch(`http://127.0.0.1:${String(port)}/live/pushes`);
    const body = stream.text();
    child.kill("SIGTERM");
    expect(await closed).toEqual([0, null]);
    expect(await body).toContain("retry: 3000");
    expect(await line("the worker has ended")).toMatchObject({ level: "info" });
  });

  it("ends with one line that names a variable that is missing", async () => {
    const { lines, closed } = launch({ DATABASE_URL: "" });
    expect(await closed).toEqual([1, null]);
    expect(lines()).toMatchObject([
      { level: "fatal", msg: "the worker cannot start: missing or malformed DATABASE_URL" },
    ]);
  });
});
