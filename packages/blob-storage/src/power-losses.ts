// For tests: clients of a filesystem store whose machine loses its power again and again, and what must hold after it.

import { createHash } from "node:crypto";
import type { BlobKey, BlobStore } from "./blob-store.ts";
import { ByteBudget } from "./byte-budget.ts";
import { filesystemBlobStore } from "./filesystem-blob-store.ts";
import { StorageError } from "./storage-error.ts";
import type { StorageFiles } from "./storage-files.ts";
import { type Draw, drawFrom, PowerLost, VolatileDisk } from "./volatile-disk.ts";

const root = "/srv/layerport/blobs";
const clientsAtOnce = 4;
const clientsInALife = 12;
/** Older ones have outlived many losses, and reading them again and again takes longer than all the rest. */
const mostPublished = 24;

/** What to try, and over which filesystem. */
export interface PowerLossOptions {
  /** The same seed does the same again. */
  readonly seed: number;
  /** How often the power is lost. */
  readonly losses: number;
  /** How likely a sync fails; 0 unless given. */
  readonly syncFailures?: number;
  /** Puts a filesystem that leaves something out in the place of the right one, to see that it is noticed. */
  readonly mutate?: (files: StorageFiles) => StorageFiles;
}

/** What was tried and what was found. */
export interface PowerLossReport {
  /** Answers of the store whose promises were checked after a loss of power. */
  readonly acknowledged: number;
  /** How often a volume was bad for a client. */
  readonly refusals: number;
  /** One line each, with the invariant in front. */
  readonly violations: readonly string[];
}

/** Bytes that are to be a blob, and what the store has promised of them. */
interface Work {
  readonly id: string;
  readonly bytes: Buffer;
  readonly key: BlobKey;
  /** How many bytes are staged as far as this client was told. */
  written: number;
  /** How many of them the store has said are durable. */
  durable: number;
  /** Whether the store was asked to publish, whatever it answered. */
  isAsked: boolean;
  isPublished: boolean;
  /** Whether a sync of it may have failed, after which its staged bytes are deleted. */
  mayBeDeleted: boolean;
}

/**
 * Pushes blobs until the power goes, turns it on again, checks all that was acknowledged, and goes on with what was
 * not finished: I1 of published bytes, I7 of every file at a key, I14 of staged bytes that were synced.
 */
export async function losePowerOften(options: PowerLossOptions): Promise<PowerLossReport> {
  const { seed, losses, syncFailures = 0, mutate = (files) => files } = options;
  const draw = drawFrom(seed);
  const disk = new VolatileDisk(draw);
  const machine = new Machine(draw, syncFailures > 0);
  for (let loss = 1; loss <= losses && machine.violations.length === 0; loss += 1) {
    disk.syncFailures = syncFailures;
    await machine.live(mutate(disk.boot(20 + Math.floor(draw() * 600))));
    disk.losePower();
    disk.syncFailures = 0;
    machine.at = `seed ${seed}, loss ${loss}`;
    // The right one, since what is on the disk is judged here, not what else goes wrong while looking.
    await machine.inspect(disk.boot());
  }
  const { acknowledged, refusals, violations } = machine;
  return { acknowledged, refusals, violations };
}

class Machine {
  readonly #draw: Draw;
  readonly #canSyncsFail: boolean;
  #works: Work[] = [];
  acknowledged = 0;
  refusals = 0;
  readonly violations: string[] = [];
  at = "";

  constructor(draw: Draw, canSyncsFail: boolean) {
    this.#draw = draw;
    this.#canSyncsFail = canSyncsFail;
  }

  /** Clients at work, until all have finished or the power is gone. */
  async live(files: StorageFiles): Promise<void> {
    // So little that writes are many and small.
    const blobs = filesystemBlobStore({ root, fs: files, uploadBudget: new ByteBudget(4096) });
    let begun = this.#works.filter(({ isPublished }) => !isPublished);
    let left = clientsInALife;
    const next = (): Work | undefined => {
      if (left === 0) return undefined;
      left -= 1;
      const [resumed, ...others] = begun;
      begun = others;
      return resumed ?? this.#begin();
    };
    await Promise.all(
      Array.from({ length: clientsAtOnce }, async () => {
        for (let work = next(); work !== undefined; work = next()) {
          const failure = await this.#push(blobs, work).then(
            () => undefined,
            (error: unknown) => ({ error }),
          );
          if (failure && !(failure.error instanceof PowerLost || isOutage(failure.error))) throw failure.error;
          if (failure?.error instanceof PowerLost) return;
          if (failure) this.refusals += 1;
        }
      }),
    );
  }

  #begin(): Work {
    // No zeros, which a torn write leaves, and a period that no sector has.
    const pattern = Buffer.from(Array.from({ length: 251 }, () => 1 + Math.floor(this.#draw() * 255)));
    const bytes = Buffer.alloc(Math.floor(this.#draw() ** 3 * 30_000), pattern);
    const hex = createHash("sha256").update(bytes).digest("hex");
    const work: Work = {
      id: this.#uuid(),
      bytes,
      key: { algorithm: "sha256", hex, generation: this.#uuid() },
      written: 0,
      durable: 0,
      isAsked: false,
      isPublished: false,
      mayBeDeleted: false,
    };
    this.#works.push(work);
    return work;
  }

  /** One client: chunks, each synced or not, then the end; sometimes the upload is cancelled, sometimes the blob deleted. */
  async #push(blobs: BlobStore, work: Work): Promise<void> {
    if (work.isAsked) return this.#publish(blobs, work);
    while (work.written < work.bytes.length || (work.bytes.length === 0 && work.written === 0)) {
      if (this.#draw() < 0.02) return this.#cancel(blobs, work);
      const end = Math.min(work.bytes.length, work.written + 1 + Math.floor(this.#draw() * 12_000));
      work.written = await blobs.appendStaged(
        work.id,
        work.written,
        this.#chunks(work.bytes.subarray(work.written, end)),
      );
      if (this.#draw() < 0.5) {
        const { written } = work;
        await this.#syncing(work, blobs.syncStaged(work.id));
        work.durable = written;
        this.acknowledged += 1;
      }
      if (work.bytes.length === 0) break;
    }
    await this.#publish(blobs, work);
    if (this.#draw() < 0.2) await this.#remove(blobs, work);
  }

  async #publish(blobs: BlobStore, work: Work): Promise<void> {
    work.isAsked = true;
    await this.#syncing(work, blobs.publish(work.id, work.key));
    work.isPublished = true;
    this.acknowledged += 1;
  }

  async #syncing(work: Work, call: Promise<void>): Promise<void> {
    work.mayBeDeleted = this.#canSyncsFail;
    await call;
    work.mayBeDeleted = false;
  }

  async #cancel(blobs: BlobStore, work: Work): Promise<void> {
    this.#forget(work);
    await blobs.discardStaged(work.id);
  }

  async #remove(blobs: BlobStore, work: Work): Promise<void> {
    this.#forget(work);
    await blobs.remove(work.key);
  }

  #forget(work: Work): void {
    this.#works = this.#works.filter((other) => other !== work);
  }

  async *#chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + Math.floor(this.#draw() * 3000));
      yield bytes.subarray(at, end);
      at = end;
    }
  }

  #uuid(): string {
    const hex = Array.from({ length: 32 }, () => Math.floor(this.#draw() * 16).toString(16)).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  /** Everything that was promised before the power went; then the operator clears the volume. */
  async inspect(files: StorageFiles): Promise<void> {
    const blobs = filesystemBlobStore({ root, fs: files });
    for await (const { key } of blobs.listKeys()) {
      const bytes = await readAll(blobs.open(key));
      if (
        createHash("sha256")
          .update(bytes ?? "")
          .digest("hex") !== key.hex
      )
        this.#found("I7", key.hex, bytes);
    }
    for (const work of this.#works) {
      if (work.isPublished) {
        const bytes = await readAll(blobs.open(work.key));
        if (!bytes?.equals(work.bytes)) this.#found("I1", work.key.hex, bytes);
      } else {
        await this.#inspectStaged(blobs, work);
      }
    }
    for (const old of this.#works.filter(({ isPublished }) => isPublished).slice(0, -mostPublished)) {
      await this.#remove(blobs, old);
    }
    await files.unlink(`${root}/VOLUME-BAD`).catch((error: unknown) => {
      if (!String(error).includes("ENOENT")) throw error;
    });
  }

  async #inspectStaged(blobs: BlobStore, work: Work): Promise<void> {
    const staged = await readAll(blobs.openStaged(work.id));
    if (staged === undefined && work.isAsked) {
      // Published without an answer, or taken away because it could not be made durable.
      if (!(await readAll(blobs.open(work.key)))) this.#forget(work);
      return;
    }
    if (work.mayBeDeleted && staged === undefined) work.durable = 0;
    work.mayBeDeleted = false;
    if (work.durable > 0 && !staged?.subarray(0, work.durable).equals(work.bytes.subarray(0, work.durable))) {
      this.#found("I14", work.id, staged);
    }
    // As after any restart only what is known to be durable is gone on with.
    work.written = work.durable;
    work.isAsked = false;
  }

  #found(invariant: string, what: string, bytes: Buffer | undefined): void {
    const there = bytes === undefined ? "nothing" : `${bytes.byteLength} other bytes`;
    this.violations.push(`${invariant} ${this.at}: ${there} of ${what}`);
  }
}

function isOutage(error: unknown): boolean {
  return StorageError.is(error) && (error.code === "VOLUME_BAD" || error.code === "UNKNOWN_STAGED");
}

async function readAll(opening: ReturnType<BlobStore["open"]>): Promise<Buffer | undefined> {
  const opened = await opening;
  if (opened === undefined) return undefined;
  const read: Uint8Array[] = [];
  for await (const bytes of opened.chunks()) read.push(bytes);
  return Buffer.concat(read);
}
