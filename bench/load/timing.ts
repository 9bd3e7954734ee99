import { type Address, Connection } from "./connection.ts";
import type { Work } from "./job.ts";

/** Notes how long things take. */
export class Timing {
  readonly #startedAt = performance.now();
  readonly #latenciesMs: number[] = [];
  #bytes = 0;

  /** One more is done, that was begun at this moment of `performance.now`. */
  note(begunAt: number, bytes: number): void {
    this.#latenciesMs.push(performance.now() - begunAt);
    this.#bytes += bytes;
  }

  get work(): Work {
    return {
      done: this.#latenciesMs.length,
      bytes: this.#bytes,
      seconds: (performance.now() - this.#startedAt) / 1000,
      latenciesMs: Float64Array.from(this.#latenciesMs),
    };
  }
}

/** Opens so many connections, lets each be used until `use` is through, and closes them. Times from the first request. */
export async function withConnections(
  address: Address,
  count: number,
  use: (connection: Connection, timing: Timing) => Promise<void>,
): Promise<Work> {
  const connections = await Promise.all(Array.from({ length: count }, () => Connection.open(address)));
  try {
    const timing = new Timing();
    await Promise.all(connections.map((connection) => use(connection, timing)));
    return timing.work;
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** Throws unless the answer has the status that it should have. */
export function mustBe(status: number, answer: { readonly status: number; readonly head: string }): void {
  if (answer.status !== status) throw new Error(`expected ${status}, and the registry answered:\n${answer.head}`);
}
