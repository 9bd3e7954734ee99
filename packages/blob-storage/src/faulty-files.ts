// For tests: a filesystem that records the calls made on it and fails those it is told to.

import { constants } from "node:fs";
import { nodeFiles } from "./node-files.ts";
import type { StorageFile, StorageFiles } from "./storage-files.ts";

/** A call as it is recorded: its name and the path it was made on, relative to the root. */
export interface RecordedCall {
  readonly name:
    | "open"
    | "writev"
    | "truncate"
    | "sync"
    | "datasync"
    | "read"
    | "mkdir"
    | "rename"
    | "unlink"
    | "rmdir";
  readonly path: string;
}

/** The real filesystem under `root`, with a record of calls and a place for faults. */
export class FaultyFiles implements StorageFiles {
  readonly calls: RecordedCall[] = [];
  readonly #root: string;
  /** Returns the error that the call shall fail with. */
  fault: (call: RecordedCall) => string | undefined = () => undefined;
  /** Cuts writes and reads to this many bytes, as a kernel may. */
  mostBytes = Number.POSITIVE_INFINITY;

  constructor(root: string) {
    this.#root = root;
  }

  async open(path: string, flags: number, mode?: number): Promise<StorageFile> {
    this.#call("open", path);
    const file = await nodeFiles.open(path, flags, mode);
    const isDirectory = (flags & constants.O_DIRECTORY) !== 0;
    const shown = isDirectory ? `${path}/` : path;
    return {
      read: async (buffer, offset, length, position) => {
        this.#call("read", shown);
        return file.read(buffer, offset, Math.min(length, this.mostBytes), position);
      },
      writev: async (buffers, position) => {
        this.#call("writev", shown);
        if (this.mostBytes === Number.POSITIVE_INFINITY) return file.writev(buffers, position);
        return file.writev([Buffer.concat(buffers).subarray(0, this.mostBytes)], position);
      },
      truncate: async (length) => {
        this.#call("truncate", shown);
        return file.truncate(length);
      },
      sync: async () => {
        this.#call("sync", shown);
        return file.sync();
      },
      datasync: async () => {
        this.#call("datasync", shown);
        return file.datasync();
      },
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }

  async mkdir(path: string, options: { recursive: true }): Promise<string | undefined> {
    this.#call("mkdir", path);
    return nodeFiles.mkdir(path, options);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#call("rename", from);
    return nodeFiles.rename(from, to);
  }

  async unlink(path: string): Promise<void> {
    this.#call("unlink", path);
    return nodeFiles.unlink(path);
  }

  async rmdir(path: string): Promise<void> {
    this.#call("rmdir", path);
    return nodeFiles.rmdir(path);
  }

  readdir(path: string): Promise<string[]> {
    return nodeFiles.readdir(path);
  }

  stat(path: string): Promise<{ size: number; mtime: Date }> {
    return nodeFiles.stat(path);
  }

  statfs(path: string): Promise<{ bavail: number; bsize: number }> {
    return nodeFiles.statfs(path);
  }

  #call(name: RecordedCall["name"], path: string): void {
    const call = { name, path: path.slice(this.#root.length + 1) };
    this.calls.push(call);
    const code = this.fault(call);
    if (code !== undefined) throw Object.assign(new Error(`${code}: injected, ${name}`), { code });
  }
}
