const pooledBytes = 1024 * 1024;
const spareBytes = 128 * 1024;

/**
 * Large buffers for reading, made when first needed, used again and limited in number. When all are out, a small new one
 * is given instead of making anybody wait: slow readers can then slow others down but never stop them.
 */
export class BufferPool {
  readonly #limit: number;
  readonly #idle: Buffer[] = [];
  #made = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  take(): Buffer {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#made >= this.#limit) return Buffer.allocUnsafeSlow(spareBytes);
    this.#made += 1;
    return Buffer.allocUnsafeSlow(pooledBytes);
  }

  /** Takes a buffer back that nobody refers to any more. */
  giveBack(buffer: Buffer): void {
    if (buffer.byteLength === pooledBytes) this.#idle.push(buffer);
  }

  /** Forgets a buffer that somebody may still refer to, and makes room for a new one. */
  drop(buffer: Buffer): void {
    if (buffer.byteLength === pooledBytes) this.#made -= 1;
  }
}
