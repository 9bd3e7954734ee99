import { constants } from "node:fs";
import type { ByteRange, Destination, OpenBytes } from "./blob-store.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { fitRange } from "./byte-range.ts";
import { Outlet } from "./outlet.ts";
import { type StorageFile, type StorageFiles, unlessAbsent } from "./storage-files.ts";

const keptChunkBytes = 256 * 1024;

/** Opens a file for one reading of a range of it, or answers undefined when there is none. */
export async function openFile(
  files: StorageFiles,
  path: string,
  { range, pool }: { range: ByteRange | undefined; pool: BufferPool },
): Promise<OpenBytes | undefined> {
  const file = await unlessAbsent(files.open(path, constants.O_RDONLY));
  if (file === undefined) return undefined;
  try {
    return new OpenFile(file, (await file.stat()).size, { range, pool });
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface ReadAhead {
  readonly buffer: Buffer;
  readonly bytes: Promise<Uint8Array>;
}

class OpenFile implements OpenBytes {
  readonly size: number;
  readonly range: ByteRange | undefined;
  readonly length: number;
  readonly #file: StorageFile;
  readonly #pool: BufferPool;
  readonly #end: number;
  #position: number;
  #closing: Promise<void> | undefined;

  constructor(file: StorageFile, size: number, options: { range: ByteRange | undefined; pool: BufferPool }) {
    const { start, length, range } = fitRange(size, options.range);
    this.size = size;
    this.range = range;
    this.length = length;
    this.#file = file;
    this.#pool = options.pool;
    this.#position = start;
    this.#end = start + length;
  }

  /** Two reads are under way, or one read and one write, and no buffer is read into before its write is done. */
  async copyTo(destination: Destination): Promise<void> {
    const outlet = new Outlet(destination);
    const ahead: ReadAhead[] = [];
    const readAhead = (): void => {
      if (this.#position < this.#end) ahead.push(this.#readAhead());
    };
    try {
      readAhead();
      readAhead();
      for (let next = ahead[0]; next !== undefined; next = ahead[0]) {
        const bytes = await next.bytes;
        // The last read is done: the handle is released while its bytes are on their way.
        const closing = this.#position === this.#end && ahead.length === 1 ? this.close() : undefined;
        await Promise.all([outlet.write(bytes), closing]);
        ahead.shift();
        this.#pool.giveBack(next.buffer);
        readAhead();
      }
    } finally {
      outlet.release();
      await Promise.allSettled(ahead.map((read) => read.bytes));
      // The destination may still refer to the one that failed, so none of these is used again.
      for (const read of ahead) this.#pool.drop(read.buffer);
      await this.close();
    }
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    try {
      while (this.#position < this.#end) {
        const buffer = Buffer.allocUnsafeSlow(Math.min(keptChunkBytes, this.#end - this.#position));
        const position = this.#position;
        this.#position += buffer.byteLength;
        yield await this.#fill(buffer, position);
      }
    } finally {
      await this.close();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#file.close();
    return this.#closing;
  }

  #readAhead(): ReadAhead {
    const buffer = this.#pool.take();
    const part = buffer.subarray(0, Math.min(buffer.byteLength, this.#end - this.#position));
    const bytes = this.#fill(part, this.#position);
    this.#position += part.byteLength;
    // A failure is seen when its turn to be written comes; until then nobody awaits it.
    bytes.catch(() => undefined);
    return { buffer, bytes };
  }

  /** Reads until the buffer is full: a read may answer fewer bytes than asked for, and a file may have lost its end. */
  async #fill(buffer: Uint8Array, position: number): Promise<Uint8Array> {
    let filled = 0;
    while (filled < buffer.byteLength) {
      const wanted = buffer.byteLength - filled;
      const { bytesRead } = await this.#file.read(buffer, filled, wanted, position + filled);
      if (bytesRead === 0) throw new Error("a stored file ended before its length");
      filled += bytesRead;
    }
    return buffer;
  }
}
