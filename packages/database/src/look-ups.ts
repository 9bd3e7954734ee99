import pg from "pg";
import { type Statement, toQuery } from "./database.ts";

interface Asked {
  readonly statement: Statement;
  readonly resolve: (rows: object[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Sends look-ups that begin together over one connection, one behind the other, without waiting for the
 * first answer. That costs one round trip, and Postgres wakes one process and not one for each.
 */
export class LookUps {
  readonly #pool: pg.Pool;
  #asked: Asked[] = [];

  /** The pool's connections must be `pipelined`, and nobody else's. */
  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  run<Row extends object>(statement: Statement): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ statement, resolve: (rows) => resolve(rows as Row[]), reject });
      if (this.#asked.length === 1) process.nextTick(() => void this.#send());
    });
  }

  async #send(): Promise<void> {
    const asked = this.#asked;
    this.#asked = [];
    let client: pg.PoolClient;
    try {
      client = await this.#pool.connect();
    } catch (error) {
      for (const { reject } of asked) reject(error);
      return;
    }
    let failure: unknown;
    // A connection that breaks says so twice: in each statement under way, and in an event that must be heard.
    const fail = (error: unknown) => {
      failure = error;
    };
    client.on("error", fail);
    // One write for all of them.
    const stream = client instanceof pg.Client ? client.connection.stream : undefined;
    stream?.cork();
    const answers = asked.map(async ({ statement, resolve, reject }) => {
      try {
        resolve((await client.query<object>(toQuery(statement))).rows);
      } catch (error) {
        fail(error);
        reject(error);
      }
    });
    stream?.uncork();
    await Promise.all(answers);
    client.removeListener("error", fail);
    // As after any error: the connection may be broken, and a new one costs little.
    client.release(failure !== undefined);
  }
}

/** Makes a connection send statements without waiting for those before them. */
export const pipelined = { pipeline: true } as const;
