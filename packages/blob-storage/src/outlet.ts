import type { Destination } from "./blob-store.ts";

/** One writer's hold on a destination: a write at a time, each ending when the destination is done with its bytes or closed. */
export class Outlet {
  readonly #destination: Destination;
  #failure: Error | undefined;
  #failWrite: ((error: Error) => void) | undefined;

  constructor(destination: Destination) {
    this.#destination = destination;
    if (destination.destroyed) this.#onClose();
    destination.once("close", this.#onClose);
    destination.once("error", this.#onError);
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
    this.#destination.removeListener("close", this.#onClose);
    this.#destination.removeListener("error", this.#onError);
  }

  readonly #onClose = (): void => this.#onError(new Error("the destination closed before all bytes were written"));

  readonly #onError = (error = new Error("the destination failed")): void => {
    this.#failure ??= error;
    this.#failWrite?.(this.#failure);
  };
}
