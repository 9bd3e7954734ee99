import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

/** Notifications that go on until it is closed. */
export interface Subscription {
  close(): Promise<void>;
}

const longestPauseMs = 5_000;

export function subscribe(
  connection: pg.ClientConfig,
  channel: string,
  receive: (payload: string) => void,
  onError: (error: Error) => void,
): Subscription {
  if (!/^[a-z_]{1,60}$/.test(channel)) throw new RangeError(`"${channel}" is not a channel's name`);
  const closing = new AbortController();
  let client: pg.Client | undefined;
  let connecting: Promise<unknown> | undefined;

  const listenOnce = async (onListening: () => void): Promise<void> => {
    const current = new pg.Client(connection);
    client = current;
    const ended = new Promise<void>((resolve) => {
      current.once("end", () => resolve());
      current.on("error", (error) => {
        onError(error);
        resolve();
      });
    });
    current.on("notification", ({ payload }) => receive(payload ?? ""));
    connecting = current.connect();
    await connecting;
    if (closing.signal.aborted) return current.end();
    await current.query(`LISTEN ${channel}`);
    onListening();
    await ended;
  };
  const keepListening = async (): Promise<void> => {
    let isFirst = true;
    for (let pauseMs = 100; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const startedAt = Date.now();
      try {
        await listenOnce(() => {
          if (!isFirst) receive("");
          isFirst = false;
        });
      } catch (error) {
        // Closing may cut off what was just being asked.
        if (!closing.signal.aborted)
          onError(error instanceof Error ? error : new Error("cannot listen", { cause: error }));
      }
      if (Date.now() - startedAt > longestPauseMs) pauseMs = 100;
      // Closing cuts the pause short.
      await delay(pauseMs, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  };
  const done = keepListening();

  return {
    async close() {
      closing.abort();
      // A client that is ended while it connects never says so. What failed here has been told above.
      await connecting?.catch(() => undefined);
      await client?.end().catch(onError);
      await done;
    },
  };
}
