import assert from "node:assert";
import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { appendFile } from "./append-file.ts";
import type { BlobKey, BlobStore, ByteRange, ByteSource, OpenBytes, StagedEntry, StoredEntry } from "./blob-store.ts";
import { BufferPool } from "./buffer-pool.ts";
import { ByteBudget } from "./byte-budget.ts";
import { algorithms, isBlobKey, isUuid, Layout } from "./layout.ts";
import { nodeFiles } from "./node-files.ts";
import { openFile } from "./open-file.ts";
import { StorageError } from "./storage-error.ts";
import { countingSpace, type StorageFile, type StorageFiles, systemCode, unlessAbsent } from "./storage-files.ts";
import { Volume } from "./volume.ts";

/** Shared by every store of the process, because memory is the process's. */
const processBudget = new ByteBudget(64 * 1024 * 1024);
const processPool = new BufferPool(64);

// Far more than removals of one digest can come in between; it ends the loop on a volume that answers nonsense.
const renameAttempts = 100;

/** What a filesystem store may be given; only `root` is needed. */
export interface FilesystemBlobStoreOptions {
  /** The directory under which everything lies; made when absent. Any number of processes may share it. */
  readonly root: string;
  readonly fs?: StorageFiles;
  /** Received bytes waiting to be written; 64 MiB for all stores of the process unless given. */
  readonly uploadBudget?: ByteBudget;
  /** Buffers for `copyTo`; 64 of 1 MiB for all stores of the process unless given. */
  readonly readBuffers?: BufferPool;
}

/**
 * A blob store in a directory of a local or shared filesystem: `staged/<id>` and
 * `blobs/<algorithm>/<first two hex>/<hex>/<generation>`. After a failed sync it refuses to write until an operator has
 * deleted the file `VOLUME-BAD` in its root; reading and deleting go on.
 */
export function filesystemBlobStore(options: FilesystemBlobStoreOptions): BlobStore {
  return new FilesystemBlobStore(options);
}

class FilesystemBlobStore implements BlobStore {
  readonly #files: StorageFiles;
  readonly #layout: Layout;
  readonly #volume: Volume;
  readonly #budget: ByteBudget;
  readonly #pool: BufferPool;
  /** Directories and staged files whose entry in their parent is known to be durable. */
  readonly #durableEntries = new Set<string>();
  #preparing: Promise<void> | undefined;

  constructor(options: FilesystemBlobStoreOptions) {
    this.#files = options.fs ?? nodeFiles;
    this.#layout = new Layout(resolve(options.root));
    this.#volume = new Volume(this.#files, this.#layout);
    this.#budget = options.uploadBudget ?? processBudget;
    this.#pool = options.readBuffers ?? processPool;
  }

  async appendStaged(
    id: string,
    offset: number,
    source: ByteSource,
    observe?: (bytes: Uint8Array) => void,
  ): Promise<number> {
    const path = this.#layout.stagedPath(id);
    assert(Number.isSafeInteger(offset) && offset >= 0, "an offset counts bytes");
    await this.#beginWriting();
    const sync = (file: StorageFile) => this.#volume.syncFile(file, path, "bytes");
    return countingSpace(appendFile(this.#files, path, { offset, source, observe, sync, budget: this.#budget }));
  }

  async syncStaged(id: string): Promise<void> {
    const path = this.#layout.stagedPath(id);
    await this.#beginWriting();
    const file = await unlessAbsent(this.#files.open(path, constants.O_RDWR));
    if (file === undefined) throw new StorageError("UNKNOWN_STAGED");
    try {
      await this.#volume.syncFile(file, path, "bytes");
    } finally {
      await file.close();
    }
    await this.#makeEntryDurable(path, path);
    await this.#refuseWhenBad();
  }

  async stagedLength(id: string): Promise<number | undefined> {
    return (await unlessAbsent(this.#files.stat(this.#layout.stagedPath(id))))?.size;
  }

  async openStaged(id: string, range?: ByteRange): Promise<OpenBytes | undefined> {
    return openFile(this.#files, this.#layout.stagedPath(id), { range, pool: this.#pool });
  }

  async publish(id: string, key: BlobKey): Promise<void> {
    const staged = this.#layout.stagedPath(id);
    const { fanOut, digest, path } = this.#layout.keyFolders(key);
    await this.#beginWriting();
    await this.#syncBeforeRename(staged, path);
    this.#durableEntries.delete(staged);
    await countingSpace(this.#rename(staged, digest, path));
    // The digest's folder may have been made by a process that died before syncing, so its entry is synced as well.
    await this.#volume.syncDirectory(digest, path);
    await this.#volume.syncDirectory(fanOut, path);
    await this.#makeEntryDurable(fanOut, path);
    await this.#refuseWhenBad();
  }

  async discardStaged(id: string): Promise<void> {
    const path = this.#layout.stagedPath(id);
    this.#durableEntries.delete(path);
    await unlessAbsent(this.#files.unlink(path));
  }

  async open(key: BlobKey, range?: ByteRange): Promise<OpenBytes | undefined> {
    return openFile(this.#files, this.#layout.keyFolders(key).path, { range, pool: this.#pool });
  }

  async remove(key: BlobKey): Promise<void> {
    const { digest, path } = this.#layout.keyFolders(key);
    await unlessAbsent(this.#files.unlink(path));
    // Another generation may lie there. One that is just being published makes the folder again.
    await this.#files.rmdir(digest).catch((error: unknown) => {
      if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "")) throw error;
    });
  }

  async *listStaged(): AsyncIterable<StagedEntry> {
    for (const id of await this.#names(this.#layout.staged)) {
      const found = isUuid(id) ? await unlessAbsent(this.#files.stat(this.#layout.stagedPath(id))) : undefined;
      if (found) yield { id, length: found.size, modifiedAt: found.mtime };
    }
  }

  async *listKeys(): AsyncIterable<StoredEntry> {
    for (const algorithm of algorithms) {
      const folder = this.#layout.algorithmPath(algorithm);
      for (const fanOut of await this.#names(folder)) {
        for (const hex of await this.#names(join(folder, fanOut))) {
          for (const generation of await this.#names(join(folder, fanOut, hex))) {
            const key: BlobKey = { algorithm, hex, generation };
            const found = isBlobKey(key)
              ? await unlessAbsent(this.#files.stat(this.#layout.keyFolders(key).path))
              : undefined;
            if (found) yield { key, size: found.size, modifiedAt: found.mtime };
          }
        }
      }
    }
  }

  async freeBytes(): Promise<number> {
    await this.#prepare();
    const { bavail, bsize } = await this.#files.statfs(this.#layout.root);
    return bavail * bsize;
  }

  /** Under a staged id, so that what a crash leaves behind is found and purged like any abandoned upload. */
  async probe(): Promise<void> {
    const id = randomUUID();
    const written = Buffer.from(id);
    try {
      await this.appendStaged(id, 0, once(written));
      await this.syncStaged(id);
      const opened = await this.openStaged(id);
      assert(opened, "a probe that was written is there");
      const read: Uint8Array[] = [];
      for await (const bytes of opened.chunks()) read.push(bytes);
      if (!written.equals(Buffer.concat(read))) throw new Error("the volume reads other bytes than were written");
    } finally {
      await this.discardStaged(id);
    }
  }

  /** Nothing to do when the bytes are at their key already: they were synced before they were moved there. */
  async #syncBeforeRename(staged: string, path: string): Promise<void> {
    const file = await unlessAbsent(this.#files.open(staged, constants.O_RDWR));
    if (file === undefined) {
      if ((await unlessAbsent(this.#files.stat(path))) === undefined) throw new StorageError("UNKNOWN_STAGED");
      return;
    }
    try {
      await this.#volume.syncFile(file, staged, "everything");
    } finally {
      await file.close();
    }
  }

  async #rename(staged: string, digest: string, path: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const moving = this.#files.mkdir(digest, { recursive: true }).then(() => this.#files.rename(staged, path));
      const failure = await moving.then(
        () => undefined,
        (error: unknown) => ({ error }),
      );
      if (failure === undefined) return;
      if (systemCode(failure.error) !== "ENOENT" || attempt === renameAttempts) throw failure.error;
      if ((await unlessAbsent(this.#files.stat(staged))) === undefined) {
        if ((await unlessAbsent(this.#files.stat(path))) === undefined) throw new StorageError("UNKNOWN_STAGED");
        return;
      }
      // The bytes are there, so the folder is not: `remove` took it away, empty, in between. Make it again.
    }
  }

  async #beginWriting(): Promise<void> {
    await this.#refuseWhenBad();
    await this.#prepare();
  }

  /**
   * Asked before a write, and again before it is acknowledged: a sync that failed for another write may have taken
   * entries of the same directory with it, and this one's own sync then succeeded over what was lost.
   */
  async #refuseWhenBad(): Promise<void> {
    try {
      await this.#volume.refuseWhenBad();
    } catch (error) {
      this.#durableEntries.clear();
      this.#preparing = undefined;
      throw error;
    }
  }

  /** Makes the fixed directories, once per process, and makes them durable even if another process made them. */
  #prepare(): Promise<void> {
    this.#preparing ??= countingSpace(this.#makeDirectories()).catch((error: unknown) => {
      this.#preparing = undefined;
      throw error;
    });
    return this.#preparing;
  }

  async #makeDirectories(): Promise<void> {
    const { root, staged, blobs } = this.#layout;
    const firstMade = await this.#files.mkdir(root, { recursive: true });
    await this.#files.mkdir(staged, { recursive: true });
    for (const algorithm of algorithms) {
      await this.#files.mkdir(this.#layout.algorithmPath(algorithm), { recursive: true });
    }
    await this.#volume.syncDirectory(blobs, undefined);
    await this.#volume.syncDirectory(root, undefined);
    if (firstMade === undefined) return;
    for (let made = root; made.length >= firstMade.length; made = dirname(made)) {
      await this.#volume.syncDirectory(dirname(made), undefined);
    }
  }

  /** Syncs the parent of `entry` unless this process has done so; `path` is what a failure takes away. */
  async #makeEntryDurable(entry: string, path: string): Promise<void> {
    if (this.#durableEntries.has(entry)) return;
    await this.#volume.syncDirectory(dirname(entry), path);
    // A limit, because uploads that another process finishes are never taken out. Forgetting costs one sync.
    if (this.#durableEntries.size >= 10_000) this.#durableEntries.clear();
    this.#durableEntries.add(entry);
  }

  /** Nothing for a directory that has just gone, and for a stray file where a directory should be. */
  async #names(directory: string): Promise<string[]> {
    return this.#files.readdir(directory).catch((error: unknown) => {
      if (["ENOENT", "ENOTDIR"].includes(systemCode(error) ?? "")) return [];
      throw error;
    });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
