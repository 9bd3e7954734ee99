import type { Digest } from "@layerport/registry-core";
import { LRUCache } from "lru-cache";

/**
 * Bytes by digest, which never change. It says nothing about who may have them or where they are linked: that is
 * read on every request, and bytes are put here only after they were committed.
 */
export class ByteCache {
  readonly #bytes: LRUCache<Digest, Uint8Array>;

  constructor(maximumBytes: number) {
    // An entry costs its key and a little more, so that empty ones have a weight too.
    this.#bytes = new LRUCache({ maxSize: maximumBytes, sizeCalculation: (bytes) => bytes.byteLength + 256 });
  }

  find(digest: Digest): Uint8Array | undefined {
    return this.#bytes.get(digest);
  }

  keep(digest: Digest, bytes: Uint8Array): void {
    // A view of a larger buffer would keep all of that in memory.
    this.#bytes.set(digest, bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes));
  }
}
