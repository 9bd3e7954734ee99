import { type Accounts, openAccounts, readSecrets, type Secrets } from "@layerport/accounts";
import { filesystemBlobStore } from "@layerport/blob-storage";
import { type Database, openDatabase } from "@layerport/database";
import { openRegistryStore, type RegistryStore } from "@layerport/registry-store";
import pino, { type Logger } from "pino";
import { type Environment, readEnvironment } from "./environment.ts";

/** The rooms that pages use, wired once for the process. */
export interface Rooms {
  readonly environment: Environment;
  readonly secrets: Secrets;
  readonly database: Database;
  readonly accounts: Accounts;
  readonly store: RegistryStore;
  readonly log: Logger;
}

// Next may load this module more than once; the process has one set of rooms all the same.
const holder = globalThis as { layerportRooms?: Rooms };

/** The rooms of this process, opened at the first use. */
export function rooms(): Rooms {
  holder.layerportRooms ??= openRooms(readEnvironment());
  return holder.layerportRooms;
}

function openRooms(environment: Environment): Rooms {
  const log = pino({ level: environment.logLevel, base: { app: "portal" } });
  const secrets = readSecrets(environment.secretsDirectory);
  const database = openDatabase({
    url: environment.databaseUrl,
    applicationName: "layerport-portal",
    onConnectionError: (error) => log.warn({ err: error }, "a connection to Postgres broke"),
  });
  // The two rooms do not know each other: each is handed the one function of the other that it needs.
  const store: RegistryStore = openRegistryStore({
    database,
    blobs: filesystemBlobStore({ root: environment.storageDirectory }),
    record: (transaction, event) => accounts.record(transaction, event),
    allowsDeletes: environment.allowsDeletes,
  });
  const accounts: Accounts = openAccounts({
    database,
    secrets,
    publicUrl: environment.publicUrl,
    mail: environment.mail,
    findRepository: (repository) => store.findRepository(repository),
    repositoriesOf: (organization) => store.repositoriesOf(organization),
    onError: (error) => log.error({ err: error }, "work in the background failed"),
  });
  return { environment, secrets, database, accounts, store, log };
}
