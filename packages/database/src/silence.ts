import { Socket } from "node:net";
import pg from "pg";

/**
 * Breaks every connection of a pool that is in use and on which nothing has come or gone for so long. A network that
 * drops what it carries tells nobody, so whoever waits for an answer would wait until TCP gives up, a quarter of an
 * hour later.
 */
export function limitSilence(pool: pg.Pool, silentMs: number): void {
  pool.on("connect", (client) => {
    const socket = socketOf(client);
    socket?.on("timeout", () => socket.destroy(silence(silentMs)));
  });
  pool.on("acquire", (client) => socketOf(client)?.setTimeout(silentMs));
  pool.on("release", (_error, client) => socketOf(client)?.setTimeout(0));
}

/** Waits for what is asked of a connection; breaks the connection when that takes too long. */
export async function answeredWithin<Answer>(
  client: pg.Client,
  silentMs: number,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const timer = setTimeout(() => client.connection.stream.destroy(silence(silentMs)), silentMs);
  try {
    return await ask();
  } finally {
    clearTimeout(timer);
  }
}

function socketOf(client: pg.PoolClient): Socket | undefined {
  const stream = client instanceof pg.Client ? client.connection.stream : undefined;
  return stream instanceof Socket ? stream : undefined;
}

function silence(ms: number): Error {
  return Object.assign(new Error(`Connection terminated: Postgres has not answered for ${ms} ms`), {
    code: "ETIMEDOUT",
  });
}
