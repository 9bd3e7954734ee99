// For tests: a disk in memory that forgets at a loss of power what nobody has synced.

import { constants } from "node:fs";
import { posix } from "node:path";
import type { StorageFile, StorageFiles } from "./storage-files.ts";

/** Numbers from 0 up to 1, the same ones for the same seed. */
export type Draw = () => number;

/** Draws from a seed (mulberry32). */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What every call of a process fails with whose machine has lost its power. */
export class PowerLost extends Error {
  override readonly name = "PowerLost";
}

interface Node {
  readonly isDirectory: boolean;
  bytes: Buffer;
  entries: Map<string, Node>;
  modifiedAt: Date;
  /** What a reader finds after a loss of power when no change since the last one is kept. */
  durable: { readonly bytes: Buffer; readonly entries: ReadonlyMap<string, Node> };
}

/** A name in a directory that leads to a node from now on, or nowhere. */
interface Entry {
  readonly directory: Node;
  readonly name: string;
  readonly node: Node | undefined;
}

type Change =
  | { readonly kind: "write"; readonly node: Node; readonly position: number; readonly bytes: Buffer; fate: Fate }
  | { readonly kind: "truncate"; readonly node: Node; readonly length: number; fate: Fate }
  /** A rename is one change of two directories: journals keep it whole. */
  | { readonly kind: "entries"; readonly entries: readonly Entry[]; fate: Fate };

/** A change whose sync failed is `lost`: the cache still shows it, and no later sync will bring it to the disk. */
type Fate = "pending" | "durable" | "lost";

const sectorBytes = 512;

/**
 * A filesystem in memory with two views: what calls see, and what a loss of power leaves. In between is a list of
 * changes. A sync makes those of its file or directory durable; a loss of power keeps any of the others, drops any,
 * and tears any write. A sync may also fail, and then behaves as on Linux: it is an error once, the changes
 * are gone, and the next sync succeeds.
 */
export class VolatileDisk {
  readonly #draw: Draw;
  readonly #root = newNode(true);
  readonly #nodes = new Set<Node>([this.#root]);
  #changes: Change[] = [];
  #boots = 0;
  #isOn = false;
  #callsLeft = Number.POSITIVE_INFINITY;
  /** How likely a sync fails with EIO. */
  syncFailures = 0;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Turns the power on; it goes off at the call of this number. Answers the filesystem of the processes that now run. */
  boot(calls = Number.POSITIVE_INFINITY): StorageFiles {
    this.#isOn = true;
    this.#boots += 1;
    this.#callsLeft = calls;
    return this.#filesOf(this.#boots);
  }

  /** Turns the power off now, unless it is. */
  losePower(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    for (const node of this.#nodes) {
      node.bytes = Buffer.from(node.durable.bytes);
      node.entries = new Map(node.durable.entries);
    }
    for (const change of this.#changes) {
      if (change.fate === "durable") apply(change);
      else if (change.fate === "pending") this.#keepSome(change);
    }
    this.#changes = [];
    for (const node of this.#nodes) node.durable = { bytes: Buffer.from(node.bytes), entries: new Map(node.entries) };
    this.#forgetUnreachable();
  }

  /** What a loss of power may leave of a change that was not synced. */
  #keepSome(change: Change): void {
    const luck = this.#draw();
    if (luck < 0.4) return;
    if (change.kind === "write" && luck > 0.7) this.#tear(change);
    else apply(change);
  }

  #tear({ node, position, bytes }: Change & { readonly kind: "write" }): void {
    // The length is on the disk and the bytes are not.
    apply({ kind: "write", node, position, bytes: Buffer.alloc(bytes.byteLength), fate: "durable" });
    for (let at = 0; at < bytes.byteLength; at += sectorBytes) {
      if (this.#draw() < 0.5) continue;
      apply({
        kind: "write",
        node,
        position: position + at,
        bytes: bytes.subarray(at, at + sectorBytes),
        fate: "durable",
      });
    }
  }

  #forgetUnreachable(): void {
    const reachable = new Set<Node>();
    const visit = (node: Node): void => {
      reachable.add(node);
      for (const child of node.entries.values()) if (!reachable.has(child)) visit(child);
    };
    visit(this.#root);
    for (const node of this.#nodes) if (!reachable.has(node)) this.#nodes.delete(node);
  }

  /** One call of a process: other calls come in between, and the power may go before it or after it. */
  async #call<T>(boot: number, work: () => T): Promise<T> {
    for (let turns = Math.floor(this.#draw() * 12); turns >= 0; turns -= 1) await Promise.resolve();
    this.#requirePower(boot);
    this.#callsLeft -= 1;
    if (this.#callsLeft > 0) return work();
    if (this.#draw() < 0.5) work();
    this.losePower();
    throw new PowerLost();
  }

  #requirePower(boot: number): void {
    if (!this.#isOn || boot !== this.#boots) throw new PowerLost();
  }

  #change(change: Change): void {
    this.#changes.push(change);
    apply(change);
  }

  #sync(node: Node): void {
    const mine = this.#changes.filter((change) => change.fate === "pending" && concerns(change, node));
    const fails = this.#draw() < this.syncFailures;
    for (const change of mine) change.fate = fails ? "lost" : "durable";
    if (fails) throw failure("EIO");
  }

  #filesOf(boot: number): StorageFiles {
    const call = <T>(work: () => T): Promise<T> => this.#call(boot, work);
    return {
      open: (path, flags) => call(() => this.#open(path, flags, boot)),
      mkdir: (path) => call(() => this.#makeDirectories(path)),
      rename: (from, to) => call(() => this.#rename(from, to)),
      unlink: (path) => call(() => this.#remove(path, false)),
      rmdir: (path) => call(() => this.#remove(path, true)),
      readdir: (path) =>
        call(() => {
          const node = this.#find(path);
          if (!node.isDirectory) throw failure("ENOTDIR");
          return [...node.entries.keys()];
        }),
      stat: (path) => call(() => statOf(this.#find(path))),
      statfs: () => call(() => ({ bavail: 1_000_000, bsize: 4096 })),
    };
  }

  #open(path: string, flags: number, boot: number): StorageFile {
    const { directory, name } = this.#placeOf(path);
    let node = name === "" ? directory : directory.entries.get(name);
    if (node === undefined) {
      if ((flags & constants.O_CREAT) === 0) throw failure("ENOENT");
      node = this.#make(false, directory, name);
    }
    if ((flags & constants.O_DIRECTORY) !== 0 && !node.isDirectory) throw failure("ENOTDIR");
    if ((flags & constants.O_TRUNC) !== 0) this.#change({ kind: "truncate", node, length: 0, fate: "pending" });
    return this.#fileOf(node, boot);
  }

  #fileOf(node: Node, boot: number): StorageFile {
    const call = <T>(work: () => T): Promise<T> => this.#call(boot, work);
    return {
      read: (buffer, offset, length, position) =>
        call(() => ({ bytesRead: node.bytes.copy(buffer, offset, position, position + length) })),
      writev: (buffers, position) =>
        call(() => {
          const bytes = Buffer.concat(buffers);
          this.#change({ kind: "write", node, position, bytes, fate: "pending" });
          return { bytesWritten: bytes.byteLength };
        }),
      truncate: (length) => call(() => this.#change({ kind: "truncate", node, length, fate: "pending" })),
      sync: () => call(() => this.#sync(node)),
      datasync: () => call(() => this.#sync(node)),
      stat: () => call(() => statOf(node)),
      close: () => call(() => undefined),
    };
  }

  #make(isDirectory: boolean, directory: Node, name: string): Node {
    const node = newNode(isDirectory);
    this.#nodes.add(node);
    this.#change({ kind: "entries", entries: [{ directory, name, node }], fate: "pending" });
    return node;
  }

  #makeDirectories(path: string): string | undefined {
    let node = this.#root;
    let firstMade: string | undefined;
    let here = "";
    for (const name of partsOf(path)) {
      here += `/${name}`;
      const next = node.entries.get(name);
      if (next?.isDirectory === false) throw failure("ENOTDIR");
      if (next === undefined) firstMade ??= here;
      node = next ?? this.#make(true, node, name);
    }
    return firstMade;
  }

  #rename(from: string, to: string): void {
    const source = this.#placeOf(from);
    const target = this.#placeOf(to);
    const node = source.directory.entries.get(source.name);
    if (node === undefined) throw failure("ENOENT");
    // The two names of one file stay as they are (rename(2)).
    if (target.directory.entries.get(target.name) === node) return;
    const entries = [
      { ...target, node },
      { ...source, node: undefined },
    ];
    this.#change({ kind: "entries", entries, fate: "pending" });
  }

  #remove(path: string, isDirectory: boolean): void {
    const { directory, name } = this.#placeOf(path);
    const node = directory.entries.get(name);
    if (node === undefined) throw failure("ENOENT");
    if (node.isDirectory !== isDirectory) throw failure(isDirectory ? "ENOTDIR" : "EISDIR");
    if (isDirectory && node.entries.size > 0) throw failure("ENOTEMPTY");
    this.#change({ kind: "entries", entries: [{ directory, name, node: undefined }], fate: "pending" });
  }

  #find(path: string): Node {
    const { directory, name } = this.#placeOf(path);
    const node = name === "" ? directory : directory.entries.get(name);
    if (node === undefined) throw failure("ENOENT");
    return node;
  }

  /** The directory that holds the last part of a path, and that part; the empty name for the root. */
  #placeOf(path: string): { readonly directory: Node; readonly name: string } {
    const parts = partsOf(path);
    const name = parts.pop() ?? "";
    let directory = this.#root;
    for (const part of parts) {
      const next = directory.entries.get(part);
      if (next === undefined) throw failure("ENOENT");
      if (!next.isDirectory) throw failure("ENOTDIR");
      directory = next;
    }
    return { directory, name };
  }
}

function newNode(isDirectory: boolean): Node {
  const empty = Buffer.alloc(0);
  return {
    isDirectory,
    bytes: empty,
    entries: new Map(),
    modifiedAt: new Date(),
    durable: { bytes: empty, entries: new Map() },
  };
}

function apply(change: Change): void {
  if (change.kind === "entries") {
    for (const { directory, name, node } of change.entries) {
      if (node === undefined) directory.entries.delete(name);
      else directory.entries.set(name, node);
    }
    return;
  }
  const { node } = change;
  node.modifiedAt = new Date();
  if (change.kind === "truncate") {
    node.bytes = resized(node.bytes, change.length);
    return;
  }
  const { position, bytes } = change;
  if (node.bytes.byteLength < position + bytes.byteLength) {
    node.bytes = resized(node.bytes, position + bytes.byteLength);
  }
  bytes.copy(node.bytes, position);
}

function resized(bytes: Buffer, length: number): Buffer {
  const other = Buffer.alloc(length);
  bytes.copy(other);
  return other;
}

function concerns(change: Change, node: Node): boolean {
  return change.kind === "entries" ? change.entries.some(({ directory }) => directory === node) : change.node === node;
}

function statOf(node: Node): { size: number; mtime: Date } {
  return { size: node.bytes.byteLength, mtime: node.modifiedAt };
}

function partsOf(path: string): string[] {
  return posix
    .resolve("/", path)
    .split("/")
    .filter((part) => part !== "");
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: on a disk of the tests`), { code });
}
