import type { ByteBudget } from "./byte-budget.ts";
import type { StorageFile } from "./storage-files.ts";

const batchBytes = 1024 * 1024;
// The kernel takes this many buffers in one call (IOV_MAX on Linux).
const batchBuffers = 1024;
// After so many bytes the disk is set to work, or all of it would be left for the sync that a client waits for.
const syncedBytes = 8 * 1024 * 1024;

interface Batch {
  readonly buffers: Uint8Array[];
  bytes: number;
}

/** What a writer works with. */
interface WriterRooms {
  readonly budget: ByteBudget;
  /** Syncs the file while it is being written. */
  readonly sync: (file: StorageFile) => Promise<void>;
  /** Told of each buffer that is written. */
  readonly release: ((bytes: Uint8Array) => void) | undefined;
}

/**
 * Writes a stream of small buffers in batches of about 1 MiB at explicit positions. One batch is written while the next
 * is gathered, so an upload holds about 2 MiB, and all uploads together what the budget allows.
 */
export class BatchWriter {
  readonly #file: StorageFile;
  readonly #start: number;
  readonly #budget: ByteBudget;
  readonly #rooms: WriterRooms;
  readonly #leave: () => void;
  #position: number;
  #gathered: Batch = { buffers: [], bytes: 0 };
  #writing: Promise<void> | undefined;
  #mustFollow = false;
  #failure: { readonly cause: unknown } | undefined;
  #syncing: Promise<void> | undefined;
  #syncedTo: number;

  constructor(file: StorageFile, start: number, rooms: WriterRooms) {
    this.#file = file;
    this.#start = start;
    this.#position = start;
    this.#syncedTo = start;
    this.#rooms = rooms;
    this.#budget = rooms.budget;
    this.#leave = rooms.budget.join(() => this.#write());
  }

  /** Takes bytes over. Resolves when the source may send more. */
  async add(bytes: Uint8Array): Promise<void> {
    if (bytes.byteLength === 0) return;
    if (!this.#budget.tryTake(bytes.byteLength)) {
      this.#write();
      await this.#budget.take(bytes.byteLength);
    }
    this.#gathered.buffers.push(bytes);
    this.#gathered.bytes += bytes.byteLength;
    if (this.#gathered.bytes >= batchBytes || this.#gathered.buffers.length >= batchBuffers) {
      await this.#writing;
      this.#write();
    } else if (this.#budget.isContended) {
      this.#write();
    }
    if (this.#failure) throw this.#failure.cause;
  }

  /**
   * Writes what is left and answers the length of the file. After a failed write it cuts the file to where the writer
   * began, so that nothing half written counts, and throws that failure.
   */
  async finish(): Promise<number> {
    this.#leave();
    while (this.#writing !== undefined || this.#gathered.bytes > 0) {
      this.#write();
      await this.#writing;
    }
    await this.#syncing;
    if (this.#failure) {
      // When even this fails the first failure is still the one to tell; the next append cuts the tail again.
      await this.#file.truncate(this.#start).catch(() => undefined);
      throw this.#failure.cause;
    }
    return this.#position;
  }

  /** Starts to write what is gathered, or makes it follow the batch that is being written. */
  #write(): void {
    this.#mustFollow = this.#writing !== undefined;
    if (this.#mustFollow || this.#gathered.bytes === 0) return;
    const batch = this.#gathered;
    this.#gathered = { buffers: [], bytes: 0 };
    this.#writing = this.#writeBatch(batch)
      .catch((error: unknown) => {
        this.#failure ??= { cause: error };
      })
      .then(() => {
        this.#writing = undefined;
        this.#budget.release(batch.bytes);
        this.#sync();
        const { release } = this.#rooms;
        if (release !== undefined) for (const buffer of batch.buffers) release(buffer);
        if (this.#mustFollow) this.#write();
      });
  }

  /** Starts to sync what is written, when it is much and nothing is being synced. */
  #sync(): void {
    if (this.#syncing !== undefined || this.#failure || this.#position - this.#syncedTo < syncedBytes) return;
    this.#syncedTo = this.#position;
    this.#syncing = this.#rooms
      .sync(this.#file)
      .catch((error: unknown) => {
        this.#failure ??= { cause: error };
      })
      .then(() => {
        this.#syncing = undefined;
      });
  }

  async #writeBatch(batch: Batch): Promise<void> {
    // After a failure later batches would leave a hole; they are only let go of.
    if (this.#failure) return;
    let buffers: readonly Uint8Array[] = batch.buffers;
    while (buffers.length > 0) {
      const { bytesWritten } = await this.#file.writev(buffers, this.#position);
      if (bytesWritten === 0) throw new Error("the volume accepts no more bytes and names no reason");
      this.#position += bytesWritten;
      buffers = withoutFirst(buffers, bytesWritten);
    }
  }
}

/** What is left of the buffers after a write that may have ended anywhere in them. */
function withoutFirst(buffers: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let skipped = 0;
  let left = bytes;
  for (const buffer of buffers) {
    if (left < buffer.byteLength) break;
    left -= buffer.byteLength;
    skipped += 1;
  }
  const [first, ...rest] = buffers.slice(skipped);
  return first === undefined ? [] : [first.subarray(left), ...rest];
}
