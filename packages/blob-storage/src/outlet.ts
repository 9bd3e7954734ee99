import type { Writable } from "node:stream";

/** One writer's hold on a destination: a write at a time, each ending when the destination is done with its bytes or closed. */
export class Outlet {
  readonly #destination: Writable;
  #failure: Error | undefined;
  #failWrite: ((error: Error) => void) | undefined;

  constructor(destination: Writable) {
    this.#destination = destination;
    if (destination.destroyed) this.#onClose();
    destination.on("close", this.#onClose);
    destination.on("error", this.#onError);
  }

  /** Rejects when the destination fails or closes first; its callback alone would then be waited for in vain. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#failure) throw this.#failure;
    await new Promise<void>((resolve, reject) => {
      this.#failWrite = reject;
      this.#destination.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    this.#failWrite = undefined;
  }

  /** Lets go of the destination and leaves it open. */
  release(): void {
    this.#destination.off("close", this.#onClose);
    this.#destination.off("error", this.#onError);
  }

  readonly #onClose = (): void => this.#onError(new Error("the destination closed before all bytes were written"));

  readonly #onError = (error: Error): void => {
    this.#failure ??= error;
    this.#failWrite?.(this.#failure);
  };
}
