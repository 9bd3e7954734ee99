import { type IncomingBytes, RegistryError } from "@layerport/registry-core";

/**
 * Bytes as they arrive, of which the first may be looked at before it is decided where they go. Fewer or more than
 * were declared are refused with SIZE_INVALID; whoever sends them may also break off.
 */
export class Incoming implements AsyncIterable<Uint8Array> {
  readonly #bytes: AsyncIterable<Uint8Array>;
  readonly #declared: number | undefined;
  /** Takes the memory of a chunk back that nobody looks at any more. */
  readonly release: ((bytes: Uint8Array) => void) | undefined;
  readonly #held: Uint8Array[] = [];
  #source: AsyncIterator<Uint8Array> | undefined;
  #received = 0;
  #hasEnded = false;
  #failure: { readonly cause: unknown } | undefined;

  constructor(source: IncomingBytes | undefined) {
    this.#bytes = source?.bytes ?? nothing;
    this.#declared = source?.length;
    this.release = source?.release;
  }

  /** What made the sender break off, if it did. What came before may be kept. */
  get failure(): { readonly cause: unknown } | undefined {
    return this.#failure;
  }

  /** What was taken in by `takeUpTo`, in one piece. */
  get head(): Buffer {
    const [first] = this.#held;
    if (first === undefined || this.#held.length > 1) return Buffer.concat(this.#held);
    return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
  }

  /**
   * Takes bytes in until more than `limit` are here or no more come, and answers whether that is all.
   * @throws SIZE_INVALID
   */
  async takeUpTo(limit: number): Promise<boolean> {
    for (;;) {
      if (this.#hasEnded || this.#failure) return this.#received <= limit;
      if (this.#received > limit) return false;
      const bytes = await this.#next();
      if (bytes) this.#held.push(bytes);
    }
  }

  /** All bytes, those taken in already first. Rejects with what made the sender break off, and with SIZE_INVALID. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#held;
      for (;;) {
        if (this.#failure) throw this.#failure.cause;
        if (this.#hasEnded) return;
        const bytes = await this.#next();
        if (bytes) yield bytes;
      }
    } finally {
      await this.abandon();
    }
  }

  /** Tells the source that nothing more is wanted, unless it has ended or was never asked. */
  async abandon(): Promise<void> {
    if (this.#hasEnded || this.#failure) return;
    this.#hasEnded = true;
    await this.#source?.return?.();
  }

  async #next(): Promise<Uint8Array | undefined> {
    let next: IteratorResult<Uint8Array, unknown>;
    this.#source ??= this.#bytes[Symbol.asyncIterator]();
    try {
      next = await this.#source.next();
    } catch (error) {
      this.#failure = { cause: error };
      return undefined;
    }
    if (next.done) {
      this.#hasEnded = true;
      if (this.#declared !== undefined && this.#received < this.#declared) throw this.#sizeInvalid();
      return undefined;
    }
    this.#received += next.value.byteLength;
    if (this.#declared !== undefined && this.#received > this.#declared) {
      await this.abandon();
      throw this.#sizeInvalid();
    }
    return next.value;
  }

  #sizeInvalid(): RegistryError {
    return new RegistryError("SIZE_INVALID", { declared: this.#declared ?? 0, received: this.#received });
  }
}

const nothing: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};
