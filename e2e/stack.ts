import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const root = path.join(import.meta.dirname, "..");
/** A first start of a checkout builds the portal. */
const READY_WITHIN_MS = 180_000;
const STOPPED_WITHIN_MS = 20_000;

/** What to start, where it is not the usual. */
export interface StackOptions {
  /** Added to the environment of `apps/standalone`. */
  readonly env?: Readonly<Record<string, string>>;
  /** A data folder to start on; it is kept. Without it a fresh one is made, and removed by `stop`. */
  readonly dataDir?: string;
}

/** A Layerport that runs in processes of its own. */
export interface Stack {
  /** As in `http://localhost:41234`. */
  readonly url: string;
  /** As in `localhost:41234`, for image names. */
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** The one-time set-up link that it printed, while the set-up is open. */
  readonly setupUrl: string | undefined;
  /** The process id of `standalone`, `registry`, `portal`, `worker` or `postgres`. */
  pid(name: ProcessName): number;
  /** Everything it has printed so far, over restarts. */
  log(): string;
  /** Sends a signal to `apps/standalone` alone and resolves with its exit code when it has ended. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Kills every process of it at once, as a power cut would. */
  killAll(): Promise<void>;
  /** Starts it again on the same data and port after it ended, or after ending it. */
  restart(): Promise<void>;
  /** Ends it in order, and removes a data folder that was made for it. */
  stop(): Promise<void>;
}

export type ProcessName = "standalone" | "registry" | "portal" | "worker" | "postgres";

/** Starts a Layerport on a free port and resolves when it has printed that it is ready. */
export async function startLayerport(options: StackOptions = {}): Promise<Stack> {
  const isOurs = options.dataDir === undefined;
  const dataDir = options.dataDir ?? fs.mkdtempSync(path.join(os.tmpdir(), "layerport-e2e-"));
  // Postgres runs as another user when the tests run as root.
  if (isOurs) fs.chmodSync(dataDir, 0o755);
  const port = Number(options.env?.LAYERPORT_PORT) || (await findFreePort());
  const environment = { LAYERPORT_PORT: String(port), LAYERPORT_DATA_DIR: dataDir, ...options.env };
  const removeOurs = () => {
    if (isOurs) fs.rmSync(dataDir, { recursive: true, force: true });
  };
  let run = await launch(environment).catch((error: unknown) => {
    removeOurs();
    throw error;
  });
  let earlier = "";

  const kill = (signal: NodeJS.Signals) => {
    run.child.kill(signal);
    return run.exited;
  };
  return {
    url: run.url,
    host: new URL(run.url).host,
    port,
    dataDir,
    get setupUrl() {
      return run.setupUrl;
    },
    pid: (name) => {
      const pid = name === "standalone" ? run.child.pid : readPids(dataDir).get(name);
      // 0 would mean this process and everything beside it.
      if (!pid) throw new Error(`no process of ${name} is known`);
      return pid;
    },
    log: () => earlier + run.output(),
    kill,
    async killAll() {
      const pids = [...readPids(dataDir).values()];
      const ended = kill("SIGKILL");
      for (const pid of pids) killIfAlive(pid);
      await ended;
      await untilGone(pids);
    },
    async restart() {
      if (run.isRunning()) await kill("SIGTERM");
      earlier += run.output();
      run = await launch(environment);
    },
    async stop() {
      if (run.isRunning()) await kill("SIGTERM");
      removeOurs();
    },
  };
}

/** The Layerport that the runner started once for all tests that do not need one of their own. */
export interface SharedStack {
  readonly url: string;
  readonly host: string;
  readonly dataDir: string;
  /** As it was printed at the start. It works until the first test has finished the set-up. */
  readonly setupUrl: string | undefined;
}

const SHARED = "LAYERPORT_E2E_STACK";

/** The Layerport that every test of this run uses. */
export function sharedLayerport(): SharedStack {
  const text = process.env[SHARED];
  if (!text) throw new Error("no Layerport runs for the tests; start them with npm run e2e, or with their own config");
  return JSON.parse(text);
}

/** Makes `stack` the one that `sharedLayerport` answers, in this process and in those it starts. */
export function shareLayerport({ url, host, dataDir, setupUrl }: SharedStack): void {
  process.env[SHARED] = JSON.stringify({ url, host, dataDir, setupUrl });
}

/** How a start that was meant to fail ended. */
export interface FailedStart {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `apps/standalone` until it ends by itself; ends it and throws when it becomes ready instead. */
export async function failToStart(env: Readonly<Record<string, string>>): Promise<FailedStart> {
  const run = start({ LAYERPORT_PORT: String(await findFreePort()), ...env });
  const isReady = await Promise.race([run.ready.then(() => true), run.exited.then(() => false)]);
  if (isReady) {
    run.child.kill("SIGTERM");
    await run.exited;
    throw new Error(`Layerport started, although it should not have:\n${run.output()}`);
  }
  return { exitCode: await run.exited, stdout: run.stdout(), stderr: run.stderr() };
}

/** Whether a process with this id runs. */
export function isAlive(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  try {
    // A zombie has ended; only its parent has not looked yet.
    return !/\) Z /.test(fs.readFileSync(stat, "utf8"));
  } catch {
    return false;
  }
}

/** Some of them watch each other, so one may be gone by the time its turn has come. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await delay(20);
}

function readPids(dataDir: string): ReadonlyMap<string, number> {
  const recorded: Record<string, { pid: number }> = JSON.parse(
    fs.readFileSync(path.join(dataDir, "processes.json"), "utf8"),
  );
  return new Map(Object.entries(recorded).map(([name, { pid }]) => [name, pid]));
}

interface Run {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  /** Resolves when it has printed that it is ready; never rejects. */
  readonly ready: Promise<void>;
  isRunning(): boolean;
  output(): string;
  stdout(): string;
  stderr(): string;
}

function start(environment: Readonly<Record<string, string>>): Run {
  const child = spawn(process.execPath, ["apps/standalone/src/main.ts"], {
    cwd: root,
    // It ends when this process does, however this process ends.
    env: { ...process.env, ...environment, NODE_ENV: undefined, LAYERPORT_PARENT_PID: String(process.pid) },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C reaches this process, which ends the stack in its own way.
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  let output = "";
  const ready = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
    if (/Layerport is ready: \S+[\s\S]*Ctrl-C stops/.test(stdout)) ready.resolve();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    output += text;
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return {
    child,
    exited,
    ready: ready.promise,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    stdout: () => stdout,
    stderr: () => stderr,
  };
}

async function launch(
  environment: Readonly<Record<string, string>>,
): Promise<Run & { readonly url: string; readonly setupUrl: string | undefined }> {
  const run = start(environment);
  const outcome = await Promise.race([
    run.ready.then(() => "ready"),
    run.exited.then((code) => `ended with exit code ${code}`),
    delay(READY_WITHIN_MS, `was not ready within ${READY_WITHIN_MS / 1000} s`, { ref: false }),
  ]);
  if (outcome !== "ready") {
    // In order, so that it takes its Postgres and its build with it; not for ever, because it may be what hangs.
    run.child.kill("SIGTERM");
    await Promise.race([run.exited, delay(STOPPED_WITHIN_MS, undefined, { ref: false })]);
    run.child.kill("SIGKILL");
    throw new Error(`Layerport ${outcome}:\n${run.output()}`);
  }
  const url = /Layerport is ready: (\S+)/.exec(run.stdout())?.[1];
  if (!url) throw new Error(`Layerport printed no address:\n${run.output()}`);
  return { ...run, url, setupUrl: /(\S+\/setup\?token=\S+)/.exec(run.stdout())?.[1] };
}

/** A port on 127.0.0.1 that nobody uses at this moment. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
