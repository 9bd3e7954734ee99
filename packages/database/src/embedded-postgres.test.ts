import { fork } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from "./embedded-postgres.ts";

let directory = "";
const servers: EmbeddedPostgres[] = [];

// One cluster for all, because making one takes seconds; each test begins with no server on it.
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-postgres-"));
  // Postgres runs as another user when the tests run as root.
  fs.chmodSync(directory, 0o755);
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    directory: path.join(directory, "cluster"),
    passwordFile: path.join(directory, "password"),
    logFile: path.join(directory, "log"),
    port: await findFreePort(),
    database: "shelf",
    isDurable: false,
    ...options,
  });
  servers.push(server);
  return server;
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  // A killed server also ends this connection.
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe("startEmbeddedPostgres", () => {
  it("runs a server that checks its pages, waits for the disk, and asks for its password", async () => {
    const { url } = await start({ isDurable: true });
    expect(await query(url, "SHOW data_checksums")).toEqual([{ data_checksums: "on" }]);
    expect(await query(url, "SHOW synchronous_commit")).toEqual([{ synchronous_commit: "on" }]);
    expect(await query(url, "SHOW fsync")).toEqual([{ fsync: "on" }]);
    const guess = new URL(url);
    guess.password = "guess";
    await expect(query(guess.href, "SELECT 1")).rejects.toThrow("password authentication failed");
    expect(fs.statSync(path.join(directory, "password")).mode & 0o777).toBe(0o600);
  });

  it("keeps what was committed when the server is killed, and says how it ended", async () => {
    const first = await start({ isDurable: true });
    await query(first.url, "CREATE TABLE book (title text)");
    await query(first.url, "INSERT INTO book VALUES ('kept')");
    process.kill(first.pid, "SIGKILL");
    expect(await first.exited).toBe("ended by SIGKILL");
    const second = await start({ isDurable: true });
    expect(await query(second.url, "SELECT title FROM book")).toEqual([{ title: "kept" }]);
  });

  it("stops the server that a killed process left on the cluster, and takes its place", async () => {
    const left = await start();
    await query(left.url, "CREATE TABLE page (number int)");
    const next = await start();
    expect(await left.exited).toBe("exit code 0");
    expect(await query(next.url, "SELECT count(*)::int AS count FROM page")).toEqual([{ count: 0 }]);
  });

  it("ends when the process that started it is killed", async () => {
    const script = path.join(directory, "hold.mjs");
    const options = {
      directory: path.join(directory, "cluster"),
      passwordFile: path.join(directory, "password"),
      logFile: path.join(directory, "log"),
      port: await findFreePort(),
      database: "shelf",
      isDurable: false,
    };
    fs.writeFileSync(
      script,
      `const { startEmbeddedPostgres } = await import(${JSON.stringify(path.join(import.meta.dirname, "embedded-postgres.ts"))});
       const { pid } = await startEmbeddedPostgres(${JSON.stringify(options)});
       process.send(pid);`,
    );
    const holder = fork(script);
    const [pid] = await once(holder, "message");
    expect(fs.existsSync(`/proc/${pid}`)).toBe(true);
    holder.kill("SIGKILL");
    await expect.poll(() => fs.existsSync(`/proc/${pid}`), { timeout: 10_000 }).toBe(false);
  });

  it("is not kept from starting by a lock file whose process id now belongs to something else", async () => {
    await (await start()).stop();
    const lines = [process.pid, path.join(directory, "cluster"), "1", "5432", "", "127.0.0.1", "0 0", "ready"];
    fs.writeFileSync(path.join(directory, "cluster", "postmaster.pid"), lines.join("\n"));
    const { url } = await start();
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
  });

  it("begins again where making the cluster was interrupted", async () => {
    const cluster = path.join(directory, "second");
    fs.mkdirSync(`${cluster}.unfinished`);
    fs.writeFileSync(path.join(`${cluster}.unfinished`, "PG_VERSION"), "18\n");
    const { url } = await start({ directory: cluster, passwordFile: path.join(directory, "second-password") });
    expect(await query(url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
    expect(fs.existsSync(`${cluster}.unfinished`)).toBe(false);
  });

  it("says in one line that the port is taken", async () => {
    const other = createServer();
    const port = await findFreePort();
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    try {
      await expect(start({ port })).rejects.toThrow(/^the embedded Postgres did not start: .+$/);
    } finally {
      other.close();
    }
  });
});
