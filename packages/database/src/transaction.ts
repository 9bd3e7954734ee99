import type pg from "pg";
import { type Statement, toQuery } from "./database.ts";
import type { Prisma, PrismaClient } from "./generated/client.ts";

/** An open transaction. Rooms hand it to one another so that their rows are committed together. */
export interface Transaction {
  /** Runs one statement. Give every value its type in the text (`$1::uuid`), since Prisma does not tell Postgres. */
  query<Row extends object>(statement: Statement): Promise<Row[]>;
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
      await client.query("BEGIN");
      const answer = await work({
        async query<Row extends object>(statement: Statement) {
          const { rows } = await client.query<Row>(toQuery(statement));
          return rows;
        },
      });
      await client.query("COMMIT");
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

export async function runPrismaTransaction<T>(
  prisma: PrismaClient,
  waitMs: number,
  work: (transaction: PrismaTransaction) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await prisma.$transaction(
        (client) =>
          work({
            prisma: client,
            query: <Row extends object>({ text, values }: Statement) =>
              client.$queryRawUnsafe<Row[]>(text, ...(values ?? [])),
          }),
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
