import type { AddressInfo } from "node:net";
import { openAccounts, readSecrets } from "@layerport/accounts";
import { filesystemBlobStore } from "@layerport/blob-storage";
import { openDatabase } from "@layerport/database";
import { openRegistryStore } from "@layerport/registry-store";
import type { Logger } from "pino";
import type { Environment } from "./environment.ts";
import { openLivePushes } from "./live-pushes.ts";
import { openMetrics } from "./metrics.ts";
import { removeEndedLinks } from "./remove-ended-links.ts";
import { removeEndedSessions } from "./remove-ended-sessions.ts";
import { removeExpiredRefreshTokens } from "./remove-expired-refresh-tokens.ts";
import { removeOldSignInAttempts } from "./remove-old-sign-in-attempts.ts";
import { removeStaleUploads } from "./remove-stale-uploads.ts";
import { removeUnfinishedBlobs } from "./remove-unfinished-blobs.ts";
import { createWorkerServer } from "./server.ts";
import { openSessionCookies } from "./viewer-cookie.ts";
import { startWorkQueue, type WorkQueue } from "./work-queue.ts";

/** A worker that takes work and answers requests. */
export interface Worker {
  readonly port: number;
  /** Takes no more work, lets what runs end, closes the streams, and resolves. */
  stop(): Promise<void>;
}

/** Wires the rooms, listens on the loopback address and starts taking work. */
export async function startWorker(environment: Environment, log: Logger): Promise<Worker> {
  const { databaseUrl, publicUrl } = environment;
  const secrets = readSecrets(environment.secretsDirectory);
  const database = openDatabase({
    url: databaseUrl,
    applicationName: "layerport-worker",
    onConnectionError: (error) => log.warn({ err: error }, "a connection to Postgres broke"),
  });
  // The two rooms do not know each other: each is handed the one function of the other that it needs.
  const store = openRegistryStore({
    database,
    blobs: filesystemBlobStore({ root: environment.storageDirectory }),
    record: (transaction, event) => accounts.record(transaction, event),
  });
  const accounts = openAccounts({
    database,
    secrets,
    publicUrl,
    findRepository: (repository) => store.findRepository(repository),
    repositoriesOf: (organization) => store.repositoriesOf(organization),
    onError: (error) => log.error({ err: error }, "work in the background failed"),
  });
  const metrics = openMetrics();
  const livePushes = openLivePushes({ accounts, store, metrics, log });
  let queue: WorkQueue | undefined;
  let isDraining = false;
  const server = createWorkerServer({
    accounts,
    livePushes,
    sessionCookies: openSessionCookies(publicUrl, secrets.sessionSecret),
    publicUrl,
    metrics,
    metricsToken: secrets.metricsToken,
    async checkReadiness() {
      if (!queue?.isRunning()) throw new Error("the queue of work is down");
      await database.ping();
    },
    isDraining: () => isDraining,
    log,
  });
  const stop = async () => {
    isDraining = true;
    await queue?.stop();
    await livePushes.close();
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await closed;
    await accounts.close();
    await store.close();
    await database.close();
  };

  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(environment.port, "127.0.0.1", resolve);
    });
    queue = await startWorkQueue({
      databaseUrl,
      log,
      metrics,
      work: [
        removeStaleUploads(store),
        removeUnfinishedBlobs(store),
        removeEndedSessions(accounts),
        removeEndedLinks(accounts),
        removeExpiredRefreshTokens(accounts),
        removeOldSignInAttempts(accounts),
      ],
    });
  } catch (error) {
    await stop();
    throw new Error("the worker did not start", { cause: error });
  }
  return { port: portOf(server.address()), stop };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
