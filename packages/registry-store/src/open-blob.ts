import type { ByteRange, OpenBytes } from "@layerport/blob-storage";
import {
  type BlobRange,
  type ByteDestination,
  type Digest,
  type OpenBlob,
  RegistryError,
} from "@layerport/registry-core";

/** First and last byte of what is asked for, cut to the blob. @throws BLOB_UPLOAD_INVALID (416) for a part outside it */
export function fitRange(range: BlobRange, size: number): ByteRange {
  const start = range.kind === "from" ? range.start : Math.max(0, size - range.length);
  const end = range.kind === "from" ? Math.min(range.end ?? size - 1, size - 1) : size - 1;
  if (start > end) throw new RegistryError("BLOB_UPLOAD_INVALID", { size }, { status: 416 });
  return { start, end };
}

/** A blob whose bytes are in memory. */
export class InlineBlob implements OpenBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly range: ByteRange | undefined;
  readonly content: Uint8Array;

  constructor(digest: Digest, content: Uint8Array, range: BlobRange | undefined) {
    this.digest = digest;
    this.size = content.byteLength;
    this.range = range && fitRange(range, this.size);
    this.content = this.range ? content.subarray(this.range.start, this.range.end + 1) : content;
  }

  copyTo(destination: ByteDestination): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error | null) => {
        destination.removeListener("close", closed);
        if (error) reject(error);
        else resolve();
      };
      const closed = () => settle(new Error("the destination closed before all bytes were written"));
      if (destination.destroyed) return closed();
      destination.once("close", closed);
      destination.write(this.content, settle);
    });
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    yield this.content;
  }

  async close(): Promise<void> {}
}

/** A blob whose bytes are in blob storage. */
export class StoredBlob implements OpenBlob {
  readonly digest: Digest;
  readonly #opened: OpenBytes;

  constructor(digest: Digest, opened: OpenBytes) {
    this.digest = digest;
    this.#opened = opened;
  }

  get size(): number {
    return this.#opened.size;
  }

  get range(): ByteRange | undefined {
    return this.#opened.range;
  }

  copyTo(destination: ByteDestination): Promise<void> {
    return this.#opened.copyTo(destination);
  }

  chunks(): AsyncIterable<Uint8Array> {
    return this.#opened.chunks();
  }

  close(): Promise<void> {
    return this.#opened.close();
  }
}
