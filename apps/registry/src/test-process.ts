import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Accounts, openAccounts, readSecrets, type Viewer } from "@layerport/accounts";
import { type Database, openDatabase } from "@layerport/database";
import { testDatabase, testSecrets } from "@layerport/testkit";
import { afterAll } from "vitest";
import { password, sendRawTo, sendTo, type TestAnswer, type TestRequest } from "./test-door.ts";

const readyWithinMs = 25_000;

/** One run of the registry, in a process of its own. */
export interface Run {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: () => string;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly exited: Promise<number | string>;
}

/** The registry as it is started by its supervisor, over a database and a disk, on a port that stays the same. */
export interface TestProcess {
  readonly port: number;
  /** As it stands in a `Host` header. */
  readonly host: string;
  readonly storage: string;
  readonly secrets: string;
  readonly databaseUrl: string;
  readonly database: Database;
  readonly accounts: Accounts;
  /** Who made the set-up. Her organization has her name, alice. */
  readonly administrator: Viewer;
  /** `alice:password`. */
  readonly alice: string;
  /** Adds a user with an organization of the same name, and answers `name:password`. */
  addUser(name: string): Promise<string>;
  /** Starts it with these variables besides; whether it becomes ready is for the caller to see. */
  run(overrides?: Readonly<Record<string, string | undefined>>, command?: readonly string[]): Run;
  /** The same, and waits until it is ready. */
  start(overrides?: Readonly<Record<string, string | undefined>>, command?: readonly string[]): Promise<Run>;
  send(method: string, path: string, request?: TestRequest): Promise<TestAnswer>;
  sendRaw(text: string | Uint8Array, options?: { readonly untilMs?: number }): Promise<string>;
}

/**
 * Makes everything that the process needs. Call it at the top of a file, since what is called within a hook can promise
 * nothing for the end; what still runs then is killed.
 */
export async function prepareProcess(): Promise<TestProcess> {
  const databaseUrl = await testDatabase();
  const secrets = testSecrets();
  const storage = mkdtempSync(join(tmpdir(), "layerport-registry-"));
  const port = await freePort();
  const database = openDatabase({ url: databaseUrl, connections: 3 });
  const accounts = openAccounts({
    database,
    secrets: readSecrets(secrets),
    publicUrl: `http://localhost:${port}`,
    findRepository: async () => undefined,
    repositoriesOf: async () => [],
  });
  const running = new Set<Run>();
  afterAll(async () => {
    for (const { child } of running) child.kill("SIGKILL");
    await Promise.all([...running].map(({ exited }) => exited));
    await accounts.close();
    await database.close();
    rmSync(storage, { recursive: true, force: true });
  });
  const origin = { address: "192.0.2.1" } as const;
  const { session } = await accounts.createFirstAdministrator(
    { setupToken: readSecrets(secrets).setupToken ?? "", name: "alice", email: "alice@example.test", password },
    origin,
  );
  const administrator = await accounts.findViewer(session.id);
  if (administrator === undefined) throw new Error("the administrator's session is gone");

  const environment = {
    DATABASE_URL: databaseUrl,
    LAYERPORT_HOST: "127.0.0.1",
    LAYERPORT_PORT: String(port),
    LAYERPORT_PORTAL_URL: "http://127.0.0.1:1",
    LAYERPORT_WORKER_URL: "http://127.0.0.1:1",
    LAYERPORT_STORAGE_DIR: storage,
    LAYERPORT_SECRETS_DIR: secrets,
  };
  const run: TestProcess["run"] = (overrides = {}, command = [process.execPath]) => {
    const [program = process.execPath, ...args] = command;
    const child = spawn(program, [...args, "src/main.ts"], {
      cwd: join(import.meta.dirname, ".."),
      env: { PATH: process.env.PATH, ...environment, ...overrides },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (part: Buffer) => {
        output += part.toString();
      });
    }
    const exited = once(child, "close").then(([code, signal]: unknown[]) => {
      running.delete(started);
      return (code ?? signal) as number | string;
    });
    const started: Run = { child, output: () => output, exited };
    running.add(started);
    return started;
  };
  const send: TestProcess["send"] = (method, path, request) => sendTo(port, method, path, request);
  return {
    port,
    host: `127.0.0.1:${port}`,
    storage,
    secrets,
    databaseUrl,
    database,
    accounts,
    administrator,
    alice: `alice:${password}`,
    async addUser(name) {
      await accounts.createUser(administrator, { name, email: `${name}@example.test`, password }, origin);
      return `${name}:${password}`;
    },
    run,
    async start(overrides, command) {
      const started = run(overrides, command);
      const isReady = async () => (await send("GET", "/readyz").catch(() => undefined))?.status === 200;
      for (const deadline = Date.now() + readyWithinMs; !(await isReady()); await delay(20)) {
        if (started.child.exitCode !== null || Date.now() > deadline) {
          throw new Error(`the registry did not become ready:\n${started.output()}`);
        }
      }
      return started;
    },
    send,
    sendRaw: (text, { untilMs = 5_000 } = {}) => sendRawTo(port, text, untilMs),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
