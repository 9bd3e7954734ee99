import { createHash } from "node:crypto";

/** Numbers and bytes that are the same for the same seed. */
export class Random {
  readonly #seed: string;
  #drawn = 0;

  constructor(...seed: readonly (string | number)[]) {
    this.#seed = seed.join(" ");
  }

  /** A whole number from 0 on, below `limit`. */
  below(limit: number): number {
    this.#drawn += 1;
    const digest = createHash("sha256").update(`${this.#seed} ${this.#drawn}`).digest();
    return digest.readUIntBE(0, 6) % limit;
  }

  /** Bytes that do not repeat themselves. */
  bytes(length: number): Buffer {
    this.#drawn += 1;
    const key = `${this.#seed} ${this.#drawn}`;
    return createHash("shake128", { outputLength: length }).update(key).digest();
  }

  /** A few letters and digits for a name. */
  name(): string {
    return this.bytes(6).toString("hex");
  }

  /** The same elements in another order. */
  shuffle<Element>(elements: readonly Element[]): Element[] {
    const shuffled = [...elements];
    for (let at = shuffled.length - 1; at > 0; at -= 1) {
      const other = this.below(at + 1);
      [shuffled[at], shuffled[other]] = [shuffled[other] as Element, shuffled[at] as Element];
    }
    return shuffled;
  }
}
