import fs from "node:fs";
import promises from "node:fs/promises";
import type { StorageFile, StorageFiles } from "./storage-files.ts";

/** The real filesystem. */
export const nodeFiles: StorageFiles = {
  mkdir: promises.mkdir,
  rename: promises.rename,
  unlink: promises.unlink,
  rmdir: promises.rmdir,
  readdir: promises.readdir,
  stat: promises.stat,
  statfs: promises.statfs,
  open: async (path, flags, mode) =>
    new NodeFile(await callback<number>((done) => fs.open(path, flags, mode ?? 0o640, done))),
};

/**
 * One open file. It takes half the processor time of Node's `FileHandle` for a blob of 128 KiB, and keeps what makes that
 * one safe: once closed it never touches its descriptor again, since by then the number may be that of another blob.
 */
class NodeFile implements StorageFile {
  readonly #descriptor: number;
  #running = 0;
  #isClosed = false;
  #onIdle: (() => void) | undefined;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }> {
    return this.#run((descriptor) =>
      callback<number>((done) => fs.read(descriptor, buffer, offset, length, position, done)).then((bytesRead) => ({
        bytesRead,
      })),
    );
  }

  writev(buffers: readonly Uint8Array[], position: number): Promise<{ bytesWritten: number }> {
    return this.#run((descriptor) =>
      callback<number>((done) => fs.writev(descriptor, buffers, position, done)).then((bytesWritten) => ({
        bytesWritten,
      })),
    );
  }

  truncate(length: number): Promise<void> {
    return this.#run((descriptor) => callback<void>((done) => fs.ftruncate(descriptor, length, done)));
  }

  sync(): Promise<void> {
    return this.#run((descriptor) => callback<void>((done) => fs.fsync(descriptor, done)));
  }

  datasync(): Promise<void> {
    return this.#run((descriptor) => callback<void>((done) => fs.fdatasync(descriptor, done)));
  }

  /** Not handed to another thread: what opening the file has just loaded is answered in a microsecond. */
  stat(): Promise<{ size: number; mtime: Date }> {
    return this.#run(async (descriptor) => fs.fstatSync(descriptor));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#running > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    await callback<void>((done) => fs.close(this.#descriptor, done));
  }

  async #run<T>(operation: (descriptor: number) => Promise<T>): Promise<T> {
    if (this.#isClosed) throw Object.assign(new Error("EBADF: the file is closed"), { code: "EBADF" });
    this.#running += 1;
    try {
      return await operation(this.#descriptor);
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#onIdle?.();
    }
  }
}

function callback<T>(call: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))));
}
