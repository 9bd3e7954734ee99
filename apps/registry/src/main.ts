import { once } from "node:events";
import { openAccounts, readSecrets } from "@layerport/accounts";
import { filesystemBlobStore } from "@layerport/blob-storage";
import { openDatabase } from "@layerport/database";
import { openRegistryStore, type RegistryStore } from "@layerport/registry-store";
import { type Environment, readEnvironment } from "./environment.ts";
import { openLog } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { createServer } from "./server.ts";
import { defaultProgressRule } from "./watchdog.ts";

const drainMs = 30_000;
const parentCheckMs = 1_000;

/** Wires the rooms, listens, and ends in order when it is told to. */
async function main(environment: Environment): Promise<void> {
  const { host, port, address } = environment;
  const secrets = readSecrets(environment.secretsDirectory);
  const log = openLog(environment.logLevel);
  const { logger } = log;
  const onError = (error: Error) => logger.warn({ err: error }, "work in the background failed");

  const database = openDatabase({
    url: environment.databaseUrl,
    connections: 16,
    // Clients wait for half a minute or so; a statement that takes longer than this answers nobody any more.
    statementMs: 15_000,
    applicationName: "layerport registry",
    onConnectionError: onError,
  });
  const blobs = filesystemBlobStore({ root: environment.storageDirectory });
  // The store records changes with accounts, and accounts ask the store who may see a repository.
  const store: RegistryStore = openRegistryStore({
    database,
    blobs,
    record: (transaction, event) => accounts.record(transaction, event),
    allowsDeletes: environment.allowsDeletes,
  });
  const accounts = openAccounts({
    database,
    secrets,
    publicUrl: address.url,
    findRepository: (repository) => store.findRepository(repository),
    repositoriesOf: (organization) => store.repositoriesOf(organization),
    onError,
  });

  const door = createServer({
    rooms: {
      registryFor: (actor) => store.registryFor(actor),
      gatehouse: accounts,
      checkReadiness: async () => {
        await Promise.all([database.ping(), blobs.probe()]);
      },
    },
    settings: {
      address,
      allowedHosts: environment.allowedHosts,
      metricsToken: secrets.metricsToken,
      portalUrl: environment.portalUrl,
      workerUrl: environment.workerUrl,
      allowsPortalSockets: environment.isDevelopment,
      progress: defaultProgressRule,
      headersTimeoutMs: 15_000,
      connectionsPerAddress: environment.connectionsPerAddress,
    },
    metrics: new Metrics({ withProcess: true }),
    log,
  });

  let ending: Promise<void> | undefined;
  const end = (reason: string) => {
    ending ??= (async () => {
      logger.info({ reason }, "draining");
      await door.drain(drainMs);
      await store.close();
      await accounts.close();
      await database.close();
      logger.info("ended");
      log.flush();
      process.exit(0);
    })();
    ending.catch(fail);
  };
  process.on("SIGTERM", () => end("SIGTERM"));
  process.on("SIGINT", () => end("SIGINT"));
  watchParent(environment.parentPid, () => end("the parent process has gone"));
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => {
      // Nothing is known any more of the state of what threw; another process takes over.
      logger.fatal({ err: error }, event);
      log.flush();
      process.exit(1);
    });
  }

  door.server.listen({ host, port, backlog: 1024 });
  await once(door.server, "listening");
  logger.info({ host, port, publicUrl: address.url }, "listening");
}

/** Calls `gone` once the process with this id no longer exists. */
function watchParent(pid: number | undefined, gone: () => void): void {
  if (pid === undefined) return;
  const timer = setInterval(() => {
    try {
      process.kill(pid, 0);
    } catch {
      // No such process, or one that is not ours and has got its number.
      clearInterval(timer);
      gone();
    }
  }, parentCheckMs);
  timer.unref();
}

/** One line, since that is what whoever started this shows. */
function fail(error: unknown): never {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

try {
  await main(readEnvironment(process.env));
} catch (error) {
  fail(error);
}
