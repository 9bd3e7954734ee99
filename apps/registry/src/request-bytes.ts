import type { IncomingMessage } from "node:http";

/** So many bytes are taken from the connection before they are asked for. */
const heldBytes = 128 * 1024;

/**
 * The body of a request, for one reading, which may stop early and leaves the request alive then: the reason is still
 * to be answered. A connection's memory is given back chunk by chunk when the reader says so; left to the collector, it
 * would cost an upload more than its hash does.
 */
export class RequestBytes implements AsyncIterableIterator<Uint8Array> {
  readonly #request: IncomingMessage;
  readonly #lent = new WeakSet<Uint8Array>();
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #hasBegun = false;
  #hasEnded = false;
  #failure: Error | undefined;
  #waiting: PromiseWithResolvers<IteratorResult<Uint8Array, undefined>> | undefined;

  constructor(request: IncomingMessage) {
    this.#request = request;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (!this.#hasBegun) this.#begin();
    const bytes = this.#held.shift();
    if (bytes !== undefined) {
      this.#heldBytes -= bytes.byteLength;
      if (this.#request.isPaused() && this.#heldBytes < heldBytes) this.#request.resume();
      return Promise.resolve({ done: false, value: bytes });
    }
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#hasEnded) return Promise.resolve({ done: true, value: undefined });
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#hasBegun && !this.#hasEnded) {
      this.#request.pause();
      this.#end();
    }
    return { done: true, value: undefined };
  }

  /** Frees a chunk's memory at once. Nobody may look at it any more. */
  readonly release = (bytes: Uint8Array): void => {
    const { buffer } = bytes;
    const isWhole = bytes.byteLength === buffer.byteLength;
    if (isWhole && buffer instanceof ArrayBuffer && this.#lent.delete(bytes)) buffer.transfer(0);
  };

  #begin(): void {
    const request = this.#request;
    this.#hasBegun = true;
    if (request.destroyed && !request.readableEnded) {
      this.#fail(new Error("the client has gone"));
      return;
    }
    request.on("data", this.#onData);
    request.on("end", this.#onEnd);
    request.on("error", this.#fail);
    request.on("close", this.#onClose);
    // One that was paused by a reader before would go on waiting.
    if (request.isPaused()) request.resume();
  }

  #end(): void {
    const request = this.#request;
    this.#hasEnded = true;
    request.removeListener("data", this.#onData);
    request.removeListener("end", this.#onEnd);
    request.removeListener("close", this.#onClose);
    // The listener for errors stays: one that nobody listens to would end the process.
  }

  readonly #onData = (bytes: Uint8Array): void => {
    this.#lent.add(bytes);
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      waiting.resolve({ done: false, value: bytes });
      return;
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.byteLength;
    if (this.#heldBytes >= heldBytes) this.#request.pause();
  };

  readonly #onEnd = (): void => {
    this.#end();
    this.#waiting?.resolve({ done: true, value: undefined });
    this.#waiting = undefined;
  };

  readonly #onClose = (): void => {
    this.#fail(new Error("the client went away before it had sent everything"));
  };

  readonly #fail = (error: Error): void => {
    if (this.#hasEnded) return;
    this.#end();
    this.#failure = error;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  };
}
