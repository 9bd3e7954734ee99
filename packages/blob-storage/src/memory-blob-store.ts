import assert from "node:assert";
import type { BlobKey, BlobStore, ByteRange, ByteSource, Destination, OpenBytes } from "./blob-store.ts";
import { fitRange } from "./byte-range.ts";
import { assertBlobKey, assertUuid } from "./layout.ts";
import { Outlet } from "./outlet.ts";
import { StorageError } from "./storage-error.ts";

const writeBytes = 1024 * 1024;

interface Stored {
  readonly bytes: Uint8Array;
  readonly modifiedAt: Date;
}

/** A blob store in memory, for tests: it keeps every promise of a `BlobStore` except outliving its process. */
export function memoryBlobStore(): BlobStore {
  return new MemoryBlobStore();
}

class MemoryBlobStore implements BlobStore {
  readonly #staged = new Map<string, Stored>();
  readonly #blobs = new Map<string, Stored & { readonly key: BlobKey }>();

  async appendStaged(
    id: string,
    offset: number,
    source: ByteSource,
    observe?: (bytes: Uint8Array) => void,
  ): Promise<number> {
    assertUuid(id);
    assert(Number.isSafeInteger(offset) && offset >= 0, "an offset counts bytes");
    const before = this.#staged.get(id)?.bytes;
    if (before === undefined && offset > 0) throw new StorageError("UNKNOWN_STAGED");
    if (before !== undefined && before.byteLength < offset) throw new StorageError("OFFSET_BEYOND_END");
    const parts: Uint8Array[] = [before?.subarray(0, offset) ?? new Uint8Array()];
    const keep = (): number => {
      const bytes = Buffer.concat(parts);
      this.#staged.set(id, { bytes, modifiedAt: new Date() });
      return bytes.byteLength;
    };
    let length = keep();
    try {
      for await (const bytes of source) {
        observe?.(bytes);
        parts.push(new Uint8Array(bytes));
        source.release?.(bytes);
      }
    } finally {
      length = keep();
    }
    return length;
  }

  async syncStaged(id: string): Promise<void> {
    assertUuid(id);
    if (!this.#staged.has(id)) throw new StorageError("UNKNOWN_STAGED");
  }

  async stagedLength(id: string): Promise<number | undefined> {
    assertUuid(id);
    return this.#staged.get(id)?.bytes.byteLength;
  }

  async openStaged(id: string, range?: ByteRange): Promise<OpenBytes | undefined> {
    assertUuid(id);
    const found = this.#staged.get(id);
    return found && new OpenMemory(found.bytes, range);
  }

  async publish(id: string, key: BlobKey): Promise<void> {
    assertUuid(id);
    const text = keyText(key);
    const staged = this.#staged.get(id);
    if (staged === undefined) {
      if (!this.#blobs.has(text)) throw new StorageError("UNKNOWN_STAGED");
      return;
    }
    this.#blobs.set(text, { ...staged, key });
    this.#staged.delete(id);
  }

  async discardStaged(id: string): Promise<void> {
    assertUuid(id);
    this.#staged.delete(id);
  }

  async open(key: BlobKey, range?: ByteRange): Promise<OpenBytes | undefined> {
    const found = this.#blobs.get(keyText(key));
    return found && new OpenMemory(found.bytes, range);
  }

  async remove(key: BlobKey): Promise<void> {
    this.#blobs.delete(keyText(key));
  }

  async *listStaged(): ReturnType<BlobStore["listStaged"]> {
    for (const [id, { bytes, modifiedAt }] of this.#staged) yield { id, length: bytes.byteLength, modifiedAt };
  }

  async *listKeys(): ReturnType<BlobStore["listKeys"]> {
    for (const { key, bytes, modifiedAt } of this.#blobs.values()) yield { key, size: bytes.byteLength, modifiedAt };
  }

  async freeBytes(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  async probe(): Promise<void> {}
}

function keyText(key: BlobKey): string {
  assertBlobKey(key);
  return `${key.algorithm}/${key.hex}/${key.generation}`;
}

class OpenMemory implements OpenBytes {
  readonly size: number;
  readonly range: ByteRange | undefined;
  readonly length: number;
  #bytes: Uint8Array | undefined;

  constructor(bytes: Uint8Array, asked: ByteRange | undefined) {
    const { start, length, range } = fitRange(bytes.byteLength, asked);
    this.size = bytes.byteLength;
    this.range = range;
    this.length = length;
    this.#bytes = bytes.subarray(start, start + length);
  }

  async copyTo(destination: Destination): Promise<void> {
    const outlet = new Outlet(destination);
    try {
      for (const part of this.#take()) await outlet.write(part);
    } finally {
      outlet.release();
    }
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    for (const part of this.#take()) yield new Uint8Array(part);
  }

  async close(): Promise<void> {
    this.#bytes = undefined;
  }

  *#take(): Iterable<Uint8Array> {
    const bytes = this.#bytes;
    if (bytes === undefined) throw new Error("these bytes were closed");
    this.#bytes = undefined;
    for (let start = 0; start < bytes.byteLength; start += writeBytes) yield bytes.subarray(start, start + writeBytes);
  }
}
