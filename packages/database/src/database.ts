import pg from "pg";
import type { PrismaClient } from "./generated/client.ts";
import { type Leases, openLeases } from "./lease.ts";
import { LookUps, pipelined } from "./look-ups.ts";
import { limitSilence } from "./silence.ts";
import { type Subscription, subscribe } from "./subscribe.ts";
import { type PrismaTransaction, runPgTransaction, runPrismaTransaction, type Transaction } from "./transaction.ts";

/** How to reach Postgres. */
export interface DatabaseOptions {
  readonly url: string;
  /** How many connections at most, those of look-ups, leases and subscriptions not counted. */
  readonly connections?: number;
  /** How many connections for look-ups; 4 unless given. */
  readonly lookUpConnections?: number;
  /** How long a caller waits for a connection before it fails; 5,000 ms unless given. */
  readonly waitMs?: number;
  /** How long a statement may take; 60,000 ms unless given. Whoever hears nothing for longer gives the connection up. */
  readonly statementMs?: number;
  /** The same for look-ups; 10,000 ms unless given. */
  readonly lookUpStatementMs?: number;
  /** How much later than a statement must end its answer may come; 5,000 ms unless given. */
  readonly answerGraceMs?: number;
  /** What Postgres shows as the name of the sessions. */
  readonly applicationName?: string;
  /** Told of connections that break while idle; each is replaced by itself. */
  readonly onConnectionError?: (error: Error) => void;
}

/** One Postgres database: SQL for the hot paths, Prisma for the rest, over one pool of connections. */
export interface Database {
  /** For pages, the API and accounts. Loaded at first use: it takes a third of the time in which a registry starts. */
  prisma(): Promise<PrismaClient>;

  /** Runs one statement. With `name` it is prepared once per connection; one name must always mean the same text. */
  query<Row extends object>(statement: Statement): Promise<Row[]>;

  /**
   * Runs one statement that finds rows by their keys, on a few connections that nothing else uses: it never waits
   * behind transactions that wait for each other, and it uses indexes whatever the statistics of a young table say.
   */
  lookUp<Row extends object>(statement: Statement): Promise<Row[]>;

  /**
   * Runs SQL in one transaction, which is committed when `work` resolves and rolled back when it rejects. After a
   * serialization failure or a deadlock `work` runs again, three times in all, so it must do nothing but its SQL.
   * When the connection breaks during COMMIT the change may or may not have happened: the error is thrown, and a
   * repetition must find the first effect.
   */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;

  /** The same with Prisma's client inside the transaction. */
  prismaTransaction<T>(work: (transaction: PrismaTransaction) => Promise<T>): Promise<T>;

  /** Calls `receive` with the payload of each NOTIFY on a channel. Goes on by itself after a broken connection; what
   * was sent meanwhile is lost, and `receive` is called with the empty text once it listens again. */
  subscribe(channel: string, receive: (payload: string) => void): Subscription;

  /** Locks between processes that end with the process that holds them. */
  readonly leases: Leases;

  /** Resolves when Postgres answers. */
  ping(): Promise<void>;

  close(): Promise<void>;
}

/** A statement with its values, `$1` first. */
export interface Statement {
  readonly text: string;
  readonly values?: readonly unknown[];
  readonly name?: string;
}

/** Opens a pool on a database. Nothing is connected before the first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const onError = options.onConnectionError ?? (() => {});
  const { statementMs = 60_000, lookUpStatementMs = 10_000, answerGraceMs = 5_000 } = options;
  const connection: pg.ClientConfig = {
    connectionString: options.url,
    application_name: options.applicationName ?? "layerport",
    types: typeParsers,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: options.waitMs ?? 5_000,
  };
  const pool = new pg.Pool({
    ...connection,
    ...pipelined,
    max: options.connections ?? 10,
    idleTimeoutMillis: 30_000,
    // A request that hangs on a lock must not hold its client, and its connection, for ever. And pages are not read
    // by a moving arm: with Postgres's own price for them, plans made over young tables avoid their indexes.
    options: `-c lock_timeout=10s -c statement_timeout=${statementMs} -c idle_in_transaction_session_timeout=60s -c random_page_cost=1.1`,
  });
  pool.on("error", onError);
  limitSilence(pool, statementMs + answerGraceMs);
  const lookUpPool = new pg.Pool({
    ...connection,
    ...pipelined,
    max: options.lookUpConnections ?? 4,
    idleTimeoutMillis: 30_000,
    // A statement that was planned over a few rows would walk the whole table once it has grown, until the next
    // ANALYZE; and planning anew each time costs as much as a look-up.
    options: `-c statement_timeout=${lookUpStatementMs} -c enable_seqscan=off -c plan_cache_mode=force_generic_plan`,
  });
  lookUpPool.on("error", onError);
  limitSilence(lookUpPool, lookUpStatementMs + answerGraceMs);
  const lookUps = new LookUps(lookUpPool);

  let prisma: Promise<PrismaClient> | undefined;
  let leases: Leases | undefined;
  const subscriptions = new Set<Subscription>();

  return {
    prisma() {
      prisma ??= import("./prisma.ts").then(({ openPrisma }) => openPrisma(pool));
      return prisma;
    },
    async query<Row extends object>(statement: Statement) {
      const { rows } = await pool.query<Row>(toQuery(statement));
      return rows;
    },
    lookUp: (statement) => lookUps.run(statement),
    transaction: (work) => runPgTransaction(pool, work),
    async prismaTransaction(work) {
      return runPrismaTransaction(await this.prisma(), options.waitMs ?? 10_000, work);
    },
    subscribe(channel, receive) {
      const subscription = subscribe(connection, channel, receive, onError);
      subscriptions.add(subscription);
      return subscription;
    },
    get leases() {
      leases ??= openLeases({ connection, answeredWithinMs: lookUpStatementMs + answerGraceMs, onError });
      return leases;
    },
    async ping() {
      await pool.query("SELECT 1");
    },
    async close() {
      for (const subscription of subscriptions) await subscription.close();
      await leases?.close();
      await (await prisma)?.$disconnect();
      await Promise.all([pool.end(), lookUpPool.end()]);
    },
  };
}

/** The form in which `pg` takes a statement. */
export function toQuery(statement: Statement): pg.QueryConfig {
  const { text, values, name } = statement;
  return { text, values: values ? [...values] : [], ...(name === undefined ? {} : { name }) };
}

const int8 = 20;

// Sizes, counts and sequence numbers are bigint columns whose values a double holds exactly.
const typeParsers: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === int8 && format !== "binary") return parseSafeInteger;
    return pg.types.getTypeParser(oid, format as "text");
  },
};

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond 2^53`);
  return value;
}
