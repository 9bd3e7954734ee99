import { Readable } from "node:stream";
import { type IncomingBytes, RegistryError } from "@layerport/registry-core";

/** Bytes that are sent as they come, so once only. */
export interface StreamedBytes {
  readonly bytes: Readable;
  readonly length: number | undefined;
  /** What the sender failed with, if it did. */
  failure(): unknown;
}

// What fits is sent in one piece, as often as need be.
const readAheadBytes = 64 * 1024;

/**
 * Takes bytes over from a sender. Up to 64 KiB are read to their end before any of them leaves, so a sender that breaks
 * off or lies about its length leaves no trace; more are streamed, and checked as they pass.
 * @throws SIZE_INVALID
 */
export async function readAhead({ bytes, length }: IncomingBytes): Promise<Uint8Array | StreamedBytes> {
  const sender = new Sender(bytes, length);
  const head: Uint8Array[] = [];
  while (sender.sent <= readAheadBytes) {
    const piece = await sender.next();
    if (piece === undefined) return Buffer.concat(head);
    head.push(piece);
  }
  let failure: unknown;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      yield* head;
      for (let piece = await sender.next(); piece !== undefined; piece = await sender.next()) yield piece;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      await sender.stop();
    }
  }
  return { bytes: Readable.from(pieces(), { objectMode: false }), length, failure: () => failure };
}

/** The same bytes in pieces of exactly this size, the last one excepted; a sender of nothing gives one empty piece. */
export async function* inPieces(content: StreamedBytes, size: number): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const part of content.bytes as AsyncIterable<Uint8Array>) {
      let rest = part;
      while (length + rest.byteLength > size) {
        yield Buffer.concat([...parts, rest.subarray(0, size - length)]);
        rest = rest.subarray(size - length);
        parts = [];
        length = 0;
      }
      parts.push(rest);
      length += rest.byteLength;
    }
  } catch (error) {
    throw content.failure() ?? new Error("the bytes to send broke off", { cause: error });
  }
  yield Buffer.concat(parts);
}

/** How many bytes go out, where that is known before. */
export function lengthOf(content: Uint8Array | StreamedBytes): number | undefined {
  return content instanceof Uint8Array ? content.byteLength : content.length;
}

class Sender {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #length: number | undefined;
  sent = 0;

  constructor(bytes: AsyncIterable<Uint8Array>, length: number | undefined) {
    this.#iterator = bytes[Symbol.asyncIterator]();
    this.#length = length;
  }

  async next(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.#iterator.next();
    if (done === true) {
      if (this.#length !== undefined && this.sent < this.#length) throw this.#lie();
      return undefined;
    }
    this.sent += value.byteLength;
    if (this.#length !== undefined && this.sent > this.#length) {
      await this.stop();
      throw this.#lie();
    }
    // A copy, since a sender may use its buffer again while the socket still holds this one.
    return value.slice();
  }

  async stop(): Promise<void> {
    await this.#iterator.return?.();
  }

  #lie(): RegistryError {
    return new RegistryError("SIZE_INVALID", { declared: this.#length ?? 0, sent: this.sent });
  }
}
