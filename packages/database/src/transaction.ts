import pg from "pg";
import { type Statement, toQuery } from "./database.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";

/** What runs statements: a database, each on its own, or a transaction, all of them together. */
export interface Statements {
  /** Runs one statement. Give every value its type in the text (`$1::uuid`), since Prisma does not tell Postgres. */
  query<Row extends object>(statement: Statement): Promise<Row[]>;
}

/** An open transaction. Rooms hand it to one another so that their rows are committed together. */
export interface Transaction extends Statements {
  /**
   * Runs a statement of which nobody needs the answer last, in one round trip with COMMIT. Several run in the order in
   * which they are given. Where one fails, the whole transaction does, as it does after any other failure.
   */
  queryAtCommit(statement: Statement): void;
}

/** A transaction in which Prisma's client works too. */
export interface PrismaTransaction extends Transaction {
  readonly prisma: Prisma.TransactionClient;
}

const attempts = 3;
const serializationFailure = "40001";
const deadlockDetected = "40P01";

export async function runPgTransaction<T>(pool: pg.Pool, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const client = await pool.connect();
    let broken: Error | undefined;
    const noteBroken = (error: Error) => {
      broken = error;
    };
    // Without a listener a connection that dies between two statements would end the process.
    client.on("error", noteBroken);
    try {
      const transaction = new PgTransaction(client);
      const answer = await work(transaction);
      await transaction.commit();
      return answer;
    } catch (error) {
      broken ??= await rollback(client);
      if (attempt < attempts && isRetryable(error)) continue;
      throw error;
    } finally {
      client.removeListener("error", noteBroken);
      client.release(broken);
    }
  }
}

/** A transaction over a connection that is `pipelined`: BEGIN goes with the first statement, COMMIT with the last ones. */
class PgTransaction implements Transaction {
  readonly #client: pg.PoolClient;
  readonly #last: Statement[] = [];
  #hasBegun = false;

  constructor(client: pg.PoolClient) {
    this.#client = client;
  }

  async query<Row extends object>(statement: Statement): Promise<Row[]> {
    return (await this.#send<Row>([statement])).at(-1)?.rows ?? [];
  }

  queryAtCommit(statement: Statement): void {
    this.#last.push(statement);
  }

  async commit(): Promise<void> {
    if (!this.#hasBegun && this.#last.length === 0) return;
    const committed = (await this.#send([...this.#last, "COMMIT"])).at(-1);
    // Postgres answers a COMMIT after a failure by rolling back, without an error.
    if (committed?.command !== "COMMIT") throw new Error("the transaction was rolled back");
  }

  /** Sends statements in one write, and rejects with the first failure once all are answered. */
  async #send<Row extends object>(statements: readonly (Statement | string)[]): Promise<pg.QueryResult<Row>[]> {
    const client = this.#client;
    const stream = client instanceof pg.Client ? client.connection.stream : undefined;
    const all = this.#hasBegun ? statements : ["BEGIN", ...statements];
    this.#hasBegun = true;
    stream?.cork();
    const sent = all.map((one) => client.query<Row>(typeof one === "string" ? one : toQuery(one)));
    stream?.uncork();
    const answers = await Promise.allSettled(sent);
    return answers.map((answer) => {
      if (answer.status === "rejected") throw answer.reason;
      return answer.value;
    });
  }
}

export async function runPrismaTransaction<T>(
  prisma: PrismaClient,
  waitMs: number,
  work: (transaction: PrismaTransaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await prisma.$transaction(
        async (client) => {
          const last: Statement[] = [];
          const query = <Row extends object>({ text, values }: Statement) =>
            client.$queryRawUnsafe<Row[]>(text, ...(values ?? []));
          const answer = await work({ prisma: client, query, queryAtCommit: (statement) => last.push(statement) });
          for (const statement of last) await query(statement);
          return answer;
        },
        { timeout: 30_000, maxWait: waitMs },
      );
    } catch (error) {
      if (attempt < attempts && isRetryable(error)) continue;
      throw error;
    }
  }
}

/** Answers the error that makes the connection unfit for further use, if any. */
async function rollback(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query("ROLLBACK");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error("rollback failed", { cause: error });
  }
}

function isRetryable(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return code === serializationFailure || code === deadlockDetected || code === "P2034";
}
