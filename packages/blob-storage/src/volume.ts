import { constants } from "node:fs";
import type { Layout } from "./layout.ts";
import { StorageError } from "./storage-error.ts";
import { isOutOfSpace, type StorageFile, type StorageFiles, unlessAbsent } from "./storage-files.ts";

const notice = `A sync of this volume failed, so bytes that were written may be lost although later syncs succeed.
Layerport reads from it but writes nothing more. Stop it, unmount the volume, check the disk and mount it again: only
then does the system show what is on the disk. Then delete this file, and start Layerport.
`;

/**
 * The health of the volume under a root. After a failed sync the file VOLUME-BAD lies in the root, and every process that
 * writes there refuses to, until an operator deletes it. Where not even that file can be written, the process that saw
 * the failure refuses until it is restarted.
 */
export class Volume {
  readonly #files: StorageFiles;
  readonly #layout: Layout;
  #unmarked: { readonly cause: unknown } | undefined;

  constructor(files: StorageFiles, layout: Layout) {
    this.#files = files;
    this.#layout = layout;
  }

  async refuseWhenBad(): Promise<void> {
    if (this.#unmarked) throw new StorageError("VOLUME_BAD", { cause: this.#unmarked.cause });
    const marker = await unlessAbsent(this.#files.stat(this.#layout.badMarker));
    if (marker !== undefined) throw new StorageError("VOLUME_BAD");
  }

  /** Syncs a file, once. When that fails, `path` is deleted, because a second sync could succeed over lost bytes. */
  async syncFile(file: StorageFile, path: string, only: "everything" | "bytes"): Promise<void> {
    await (only === "bytes" ? file.datasync() : file.sync()).catch((error: unknown) => this.#fail(error, path));
  }

  /** Syncs a directory, once. When that fails, `path`, the entry it was done for, is deleted. */
  async syncDirectory(directory: string, path: string | undefined): Promise<void> {
    const file = await this.#files.open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await file.sync().catch((error: unknown) => this.#fail(error, path));
    } finally {
      await file.close();
    }
  }

  async #fail(error: unknown, path: string | undefined): Promise<never> {
    const isFull = isOutOfSpace(error);
    if (!isFull) this.#unmarked = { cause: error };
    // The failed sync is what must be told, whether or not its file could be removed.
    if (path !== undefined) await this.#files.unlink(path).catch(() => undefined);
    if (!isFull) await this.#mark();
    throw new StorageError(isFull ? "OUT_OF_SPACE" : "VOLUME_BAD", { cause: error });
  }

  /** From a marker on the disk the file alone decides, so that deleting it is enough. */
  async #mark(): Promise<void> {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
    // On a disk that takes no marker either, this process remembers and the next one finds out by itself.
    const marker = await this.#files.open(this.#layout.badMarker, flags, 0o640).catch(() => undefined);
    if (marker === undefined) return;
    // An empty marker stops the next process as well; only this one goes on remembering.
    const written = await marker.writev([Buffer.from(notice)], 0).catch(() => undefined);
    // An unsynced marker still stops every process until the machine itself goes down.
    await marker.sync().catch(() => undefined);
    // It holds no bytes that a failed close could lose.
    await marker.close().catch(() => undefined);
    if (written !== undefined) this.#unmarked = undefined;
  }
}
