import { createHash } from "node:crypto";
import pg from "pg";
import { pipelined } from "./look-ups.ts";
import { answeredWithin } from "./silence.ts";

/** A lock that its holder keeps until it lets go, or until its connection to Postgres ends. */
export interface Lease {
  /** Aborted when the connection broke, after which somebody else may hold the lock. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

/**
 * Locks by name between processes, on one connection of their own, so that waiting bytes of a slow upload hold no
 * connection of the pool. When a process dies, Postgres ends its connection and its locks with it.
 */
export interface Leases {
  /** Takes the lock, or answers `undefined` at once when somebody holds it. */
  tryAcquire(name: string): Promise<Lease | undefined>;
  close(): Promise<void>;
}

/** How leases reach Postgres. */
export interface LeasesOptions {
  readonly connection: pg.ClientConfig;
  /** Whoever hears nothing for so long gives the connection up, and with it all locks. */
  readonly answeredWithinMs: number;
  readonly onError: (error: Error) => void;
}

export function openLeases({ connection, answeredWithinMs, onError }: LeasesOptions): Leases {
  let session: Promise<Session> | undefined;
  // A session may lock one name twice, so what this process holds is known here.
  const held = new Set<string>();

  const current = (): Promise<Session> => {
    session ??= openSession(connection, (error) => {
      session = undefined;
      if (error) onError(error);
    }).catch((error: unknown) => {
      session = undefined;
      throw new Error("cannot open a connection for locks", { cause: error });
    });
    return session;
  };

  return {
    async tryAcquire(name) {
      if (held.has(name)) return undefined;
      held.add(name);
      try {
        const { client, lost } = await current();
        const key = lockKey(name);
        const { rows } = await answeredWithin(client, answeredWithinMs, () =>
          client.query<{ taken: boolean }>({
            name: "lease-take",
            text: "SELECT pg_try_advisory_lock($1::bigint) AS taken",
            values: [key],
          }),
        );
        if (!rows[0]?.taken) {
          held.delete(name);
          return undefined;
        }
        return {
          lost,
          async release() {
            if (!held.delete(name) || lost.aborted) return;
            await answeredWithin(client, answeredWithinMs, () =>
              client.query({ name: "lease-give", text: "SELECT pg_advisory_unlock($1::bigint)", values: [key] }),
            );
          },
        };
      } catch (error) {
        held.delete(name);
        throw new Error("cannot take a lock", { cause: error });
      }
    },
    async close() {
      const open = session;
      session = undefined;
      // A session that could not be opened needs no closing.
      await (await open?.catch(() => undefined))?.client.end();
    },
  };
}

interface Session {
  readonly client: pg.Client;
  readonly lost: AbortSignal;
}

async function openSession(connection: pg.ClientConfig, onEnd: (error?: Error) => void): Promise<Session> {
  const client = new pg.Client({ ...connection, ...pipelined });
  const lost = new AbortController();
  const end = (error?: Error) => {
    if (lost.signal.aborted) return;
    const cause = error ?? new Error("Connection terminated");
    lost.abort(new Error("the connection that held the lock has ended", { cause }));
    onEnd(error);
  };
  client.on("error", end);
  client.on("end", () => end());
  await client.connect();
  return { client, lost: lost.signal };
}

/** The name as the 64-bit number that Postgres locks, apart from other uses of advisory locks. */
function lockKey(name: string): string {
  return createHash("sha256").update(`layerport lease ${name}`).digest().readBigInt64BE(0).toString();
}
