/**
 * THE HOUSE: all of Layerport on one machine. Starts a Postgres where none is given, applies the migrations, starts
 * registry, portal and worker, starts again what dies, and stops everything in order.
 */
import fs from "node:fs";
import path from "node:path";
import { type App, startApp, waitUntilReady } from "./app-process.ts";
import { planApps } from "./apps.ts";
import { buildWhatChanged, generate } from "./build.ts";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { connectDatabase, hasCluster, isSetupCompleted, migrateDatabase, startDatabase } from "./database.ts";
import { type Environment, readEnvironment } from "./environment.ts";
import { lockDataFolder } from "./folder-lock.ts";
import { LogFile } from "./log-file.ts";
import { requireFreePort } from "./ports.ts";
import { endLeftovers, ProcessRecord } from "./process-record.ts";
import { ensureSecrets, ensureSetupToken, removeSetupToken } from "./secrets.ts";
import { StartError } from "./start-error.ts";
import { keepRunning } from "./supervisor.ts";
import { watchParent } from "./watch-parent.ts";
import { formatWelcome } from "./welcome.ts";

const root = path.join(import.meta.dirname, "../../..");
const isDevelopment = process.argv.includes("--dev");

/** What has been started, to be stopped from the end to the beginning. */
const stops: (() => Promise<void> | void)[] = [];
const stopping = new AbortController();

function say(line: string): void {
  console.log(`Layerport: ${line}`);
}

function complain(line: string): void {
  console.error(`Layerport: ${line}`);
}

async function start(environment: Environment): Promise<void> {
  const { signal } = stopping;
  const folder = openDataFolder(environment.dataDirectory);
  stops.push(await lockDataFolder(folder.directory));
  // What a killed run left behind may hold the port, so the port comes after the lock.
  const ended = await endLeftovers(folder.processes);
  if (ended.length > 0) say(`stopped what a killed Layerport had left running: ${ended.join(", ")}`);
  await requireFreePort(environment.host, environment.port);
  ensureSecrets(folder.secrets);
  const record = new ProcessRecord(folder.processes);
  stops.push(() => record.clear());
  killAll = () => record.killAll();

  const databaseUrl = await prepare(environment, folder, record);
  signal.throwIfAborted();
  const isSetUp = await isSetupCompleted(databaseUrl);
  if (isSetUp) removeSetupToken(folder.secrets);
  const setupToken = isSetUp ? undefined : ensureSetupToken(folder.secrets);

  signal.throwIfAborted();
  await startApps(await planApps({ root, environment, folder, databaseUrl, isDevelopment }), folder, record);
  console.log(formatWelcome(environment.publicUrl, setupToken, folder.logs));
}

/** The database and the build, which need nothing of each other, side by side. Answers the database's address. */
async function prepare(environment: Environment, folder: DataFolder, record: ProcessRecord): Promise<string> {
  const { databaseUrl } = environment;
  const openDatabase = async () => {
    if (!databaseUrl && !hasCluster(folder)) say("making a database");
    const database = databaseUrl ? await connectDatabase(databaseUrl) : await startDatabase(folder, record, complain);
    stops.push(() => database.stop());
    await migrateDatabase(database.url, root);
    return database;
  };
  // Without a database nobody should wait for a build.
  const failing = new AbortController();
  const signal = AbortSignal.any([stopping.signal, failing.signal]);
  const [opened, built] = await Promise.allSettled([
    openDatabase().catch((error: unknown) => {
      failing.abort();
      throw error;
    }),
    isDevelopment ? generate(root, signal) : buildWhatChanged(root, signal, say),
  ]);
  if (opened.status === "rejected") throw opened.reason;
  if (built.status === "rejected") throw built.reason;
  return opened.value.url;
}

async function startApps(apps: readonly App[], folder: DataFolder, record: ProcessRecord): Promise<void> {
  const started = apps.map((app) => {
    const log = new LogFile(path.join(folder.logs, `${app.name}.log`), (line) => complain(`${app.name}: ${line}`));
    const launch = () => {
      const running = startApp(app, log);
      record.note(app.name, running.pid);
      return running;
    };
    const running = launch();
    return { app, log, launch, running, stop: () => running.stop() };
  });
  for (const each of started.toReversed()) {
    stops.push(async () => {
      await each.stop();
      each.log.close();
    });
  }
  await Promise.all(
    started.map(({ app, log, running }) => waitUntilReady(app, running, { log, signal: stopping.signal })),
  );
  for (const each of started) {
    const start = async () => each.launch();
    each.stop = keepRunning(each.running, { name: each.app.name, start, say: complain });
  }
}

let killAll = () => {};

let stoppingSince = 0;

function stopInOrder(): void {
  if (stopping.signal.aborted) return;
  stoppingSince = performance.now();
  say("stopping; Ctrl-C once more stops at once");
  stopping.abort();
}

/** The first Ctrl-C stops in order, a second at once. npm may pass on the same one twice. */
function onInterrupt(): void {
  if (!stopping.signal.aborted) {
    stopInOrder();
  } else if (performance.now() - stoppingSince > 500) {
    complain("stopping at once");
    killAll();
    process.exit(1);
  }
}

async function main(): Promise<number> {
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", stopInOrder);
  process.on("SIGHUP", stopInOrder);
  let exitCode = 0;
  try {
    const envFile = path.join(root, ".env");
    if (fs.existsSync(envFile)) process.loadEnvFile(envFile);
    const environment = readEnvironment(process.env, root);
    if (environment.parentPid) watchParent(environment.parentPid, stopInOrder);
    await start(environment);
    await untilAborted(stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) {
      exitCode = 1;
      if (StartError.is(error)) complain(error.message);
      else console.error(error);
    }
  }
  stopping.abort();
  for (const stop of stops.toReversed()) await stop();
  return exitCode;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve());
    // Nothing else needs to keep this process alive while it waits for its children.
    setInterval(() => {}, 1 << 30);
  });
}

process.exit(await main());
