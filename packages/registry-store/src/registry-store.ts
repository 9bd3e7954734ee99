import type { BlobStore } from "@layerport/blob-storage";
import type { Database, Subscription } from "@layerport/database";
import type {
  Actor,
  KnownRepository,
  OrganizationName,
  Registry,
  RepositoryName,
  Visibility,
} from "@layerport/registry-core";
import { BlobIntake } from "./blob-intake.ts";
import { BlobLinks } from "./blob-links.ts";
import { BlobPointers } from "./blob-pointers.ts";
import { BlobRows } from "./blob-rows.ts";
import { Blobs } from "./blobs.ts";
import { ByteCache } from "./byte-cache.ts";
import { removeStaleUploads, removeUnfinishedBlobs } from "./cleaning.ts";
import { ManifestRemoval } from "./delete-manifest.ts";
import { Lists } from "./lists.ts";
import { Manifests } from "./manifests.ts";
import { PushAnnouncements, type PushEvent } from "./pushes.ts";
import { ManifestIntake } from "./put-manifest.ts";
import { type RecordEvent, Repositories } from "./repositories.ts";
import { refusingWhenFull } from "./storage-room.ts";
import { StoreRegistry } from "./store-registry.ts";
import { UploadSessions } from "./upload-sessions.ts";
import { Uploads } from "./uploads.ts";

/** What a store works with. */
export interface RegistryStoreOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  /** Writes one audit record into the transaction of its change. Called last before COMMIT. */
  readonly record: RecordEvent;
  /** For how long the sweep leaves a blob alone after somebody was told that it is here; a day unless given. */
  readonly promiseGraceMs?: number | undefined;
  /** Whether tags, manifests and blobs can be deleted at all, by whomever; they can unless this is false. */
  readonly allowsDeletes?: boolean | undefined;
  /** How many bytes of manifests and small blobs are kept in memory; 64 MiB unless given. */
  readonly cacheBytes?: number | undefined;
}

/** Repositories in Postgres and blob storage. Any number of processes may open the same one. */
export interface RegistryStore {
  /** The registry as this actor uses it. It asks nobody for permission: that is what `guard` is for. */
  registryFor(actor: Actor): Registry;

  /** What decides about rights in a repository, by its name or a former one; absent when there is none. Read anew at
   * each call. */
  findRepository(repository: RepositoryName): Promise<KnownRepository | undefined>;

  /** Every repository of an organization, by name. */
  repositoriesOf(organization: OrganizationName): Promise<readonly KnownRepository[]>;

  /** Gives a repository another name in its organization; former names go on pulling, and no other can have them.
   * @throws NAME_UNKNOWN; DENIED for a name in another organization, with status 409 for one that is taken */
  renameRepository(repository: RepositoryName, to: RepositoryName, actor: Actor): Promise<void>;

  /** @throws NAME_UNKNOWN */
  setVisibility(repository: RepositoryName, visibility: Visibility, actor: Actor): Promise<void>;

  /** Tells of every push that changes something, after it is committed, whatever process took it in. `missed` is
   * called when the connection was broken for a while. */
  subscribePushes(receive: (push: PushEvent) => void, missed?: () => void): Subscription;

  /** Removes uploads that nobody has gone on with for this long; answers how many. */
  removeStaleUploads(idleMs: number): Promise<number>;

  /** Removes what pushes that broke off have left for longer than this; answers how many. */
  removeUnfinishedBlobs(graceMs: number): Promise<number>;

  /** Ends the subscriptions. The database and the blob store stay open: they are the caller's. */
  close(): Promise<void>;
}

/** Opens the store. Nothing is read before the first use. */
export function openRegistryStore(options: RegistryStoreOptions): RegistryStore {
  const { database, record } = options;
  const blobs = refusingWhenFull(options.blobs);
  const repositories = new Repositories(database, record);
  const rows = new BlobRows(database, options.promiseGraceMs ?? 24 * 60 * 60 * 1000);
  const pointers = new BlobPointers(database, rows.renewAfterSeconds);
  const bytes = new ByteCache(options.cacheBytes ?? 64 * 1024 * 1024);
  const blobIntake = new BlobIntake(rows, blobs);
  const readable = new Blobs({ pointers, rows, blobs, bytes });
  const sessions = new UploadSessions(database, repositories);
  const announcements = new PushAnnouncements(database);
  const parts = {
    repositories,
    manifests: new Manifests(database, bytes),
    manifestIntake: new ManifestIntake({ database, repositories, blobs: readable, bytes }),
    manifestRemoval: new ManifestRemoval(database, repositories),
    blobs: readable,
    blobIntake,
    blobLinks: new BlobLinks({ database, repositories, pointers, rows }),
    uploads: new Uploads({ database, blobs, sessions, intake: blobIntake, rows }),
    lists: new Lists(database),
    allowsDeletes: options.allowsDeletes ?? true,
  };
  return {
    registryFor: (actor) => new StoreRegistry(parts, actor),
    findRepository: (repository) => repositories.find(repository),
    repositoriesOf: (organization) => repositories.listOf(organization),
    renameRepository: (repository, to, actor) => repositories.rename(repository, to, actor),
    setVisibility: (repository, visibility, actor) => repositories.setVisibility(repository, visibility, actor),
    subscribePushes: (receive, missed) => announcements.subscribe({ receive, missed }),
    removeStaleUploads: (idleMs) => removeStaleUploads(database, blobs, idleMs),
    removeUnfinishedBlobs: (graceMs) => removeUnfinishedBlobs({ database, blobs, rows }, graceMs),
    close: () => announcements.close(),
  };
}
