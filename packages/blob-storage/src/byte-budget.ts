/**
 * Limits how many received bytes wait in memory to be written, over all uploads that share it. Whoever must wait makes
 * every holder write what it has at once, so a slow upload cannot keep others from the memory it sits on.
 */
export class ByteBudget {
  readonly #limit: number;
  readonly #holders = new Set<() => void>();
  readonly #waiting: { size: number; resume: () => void }[] = [];
  #used = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  /** Bytes taken and not yet given back. */
  get usedBytes(): number {
    return this.#used;
  }

  /** Whether somebody waits, so that holders should write at once rather than gather more. */
  get isContended(): boolean {
    return this.#waiting.length > 0;
  }

  /** Registers how to make a holder write what it has gathered; answers how to unregister it. */
  join(write: () => void): () => void {
    this.#holders.add(write);
    return () => this.#holders.delete(write);
  }

  /** Takes bytes if they are free and nobody waits for them. */
  tryTake(size: number): boolean {
    if (this.isContended || !this.#fits(size)) return false;
    this.#used += size;
    return true;
  }

  /** Takes bytes, in turn, when they are free. */
  async take(size: number): Promise<void> {
    if (this.tryTake(size)) return;
    const granted = new Promise<void>((resume) => this.#waiting.push({ size, resume }));
    // The first to wait is enough: while anybody waits, what is gathered anew is written at once.
    if (this.#waiting.length === 1) for (const write of this.#holders) write();
    await granted;
  }

  /** Gives bytes back and lets those who waited longest go on. */
  release(size: number): void {
    this.#used -= size;
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.size); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#used += next.size;
      next.resume();
    }
  }

  /** More than the whole budget is let through alone, or it would wait for ever. */
  #fits(size: number): boolean {
    return this.#used === 0 || this.#used + size <= this.#limit;
  }
}
