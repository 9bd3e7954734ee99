import { randomUUID } from "node:crypto";
import { type BlobStore, memoryBlobStore } from "@layerport/blob-storage";
import { type Database, openDatabase } from "@layerport/database";
import {
  type Actor,
  type AuditEvent,
  type Digest,
  joinRepositoryName,
  type Registry,
  RegistryError,
  type RegistryErrorCode,
  type RepositoryName,
  splitDigest,
} from "@layerport/registry-core";
import { collect, digestOf, testDatabase } from "@layerport/testkit";
import { afterAll } from "vitest";
import { openRegistryStore, type RegistryStore, type RegistryStoreOptions } from "./registry-store.ts";

/** Who pushes in the tests. */
export const alice: Actor = { kind: "user", id: "6e9a7a3e-0000-4000-8000-00000000a11c", name: "alice" };

/** A store over a database of its own, for one test file, with the rows and bytes behind it. */
export interface TestStore {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly store: RegistryStore;
  readonly registry: Registry;
  /** What was recorded, in the order of the records; only of transactions that committed. */
  events(): Promise<readonly AuditEvent[]>;
  /** A repository of an organization that exists, which nobody has pushed to. */
  repository(): RepositoryName;
  /** Another process over the same database and bytes, with other options if any are given. */
  reopen(
    options?: Partial<RegistryStoreOptions>,
  ): Promise<{ readonly store: RegistryStore; readonly registry: Registry }>;
}

/** Call it at the top of a test file. */
export async function testStore(blobs: BlobStore = memoryBlobStore()): Promise<TestStore> {
  const url = await testDatabase();
  const database = openDatabase({ url });
  const opened: Database[] = [database];
  afterAll(() => Promise.all(opened.map((one) => one.close())));
  await database.query({ text: "INSERT INTO organization (name, kind) VALUES ('acme', 'shared')" });
  // Records as rows of a table in the same transaction, as accounts keeps them.
  await database.query({ text: "CREATE TABLE test_record (id bigserial PRIMARY KEY, event jsonb NOT NULL)" });
  const record: RegistryStoreOptions["record"] = async (transaction, event) => {
    await transaction.query({ text: "INSERT INTO test_record (event) VALUES ($1::jsonb)", values: [event] });
  };
  const store = openRegistryStore({ database, blobs, record });
  return {
    database,
    blobs,
    store,
    registry: store.registryFor(alice),
    async events() {
      const rows = await database.query<{ event: AuditEvent }>({ text: "SELECT event FROM test_record ORDER BY id" });
      return rows.map(({ event }) => event);
    },
    repository: () => joinRepositoryName("acme", `case-${randomUUID().slice(0, 13)}`),
    async reopen(options) {
      const other = openDatabase({ url });
      opened.push(other);
      const again = openRegistryStore({ database: other, blobs, record, ...options });
      return { store: again, registry: again.registryFor(alice) };
    },
  };
}

/** The code that a promise is refused with. */
export async function refusalOf(promise: Promise<unknown>): Promise<RegistryErrorCode> {
  const [settled] = await Promise.allSettled([promise]);
  if (settled.status === "rejected" && RegistryError.is(settled.reason)) return settled.reason.code;
  throw new Error("nothing was refused", { cause: settled });
}

/** The digest that the bytes have which are served under a digest. */
export async function servedAs(registry: Registry, repository: RepositoryName, digest: Digest): Promise<Digest> {
  const opened = await registry.openBlob(repository, digest);
  return digestOf(await collect(opened.chunks()), splitDigest(digest).algorithm);
}

/** The methods of a blob store as plain functions, some of them replaced. */
export function replacing(store: BlobStore, replaced: Partial<BlobStore>): BlobStore {
  return {
    appendStaged: (...of) => store.appendStaged(...of),
    syncStaged: (...of) => store.syncStaged(...of),
    stagedLength: (...of) => store.stagedLength(...of),
    openStaged: (...of) => store.openStaged(...of),
    publish: (...of) => store.publish(...of),
    discardStaged: (...of) => store.discardStaged(...of),
    open: (...of) => store.open(...of),
    remove: (...of) => store.remove(...of),
    listStaged: () => store.listStaged(),
    listKeys: () => store.listKeys(),
    freeBytes: () => store.freeBytes(),
    probe: () => store.probe(),
    ...replaced,
  };
}
