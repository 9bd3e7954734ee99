import type { Database } from "@layerport/database";

const flushEveryMs = 10_000;
const minuteMs = 60_000;

/** When and from where access tokens were last used, to the minute, without a write in any request. */
export interface LastUse {
  note(accessTokenId: string, address: string | undefined): void;
  /** Writes down what was noted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Last use over one database. A failed write is told and tried again with the next. */
export function openLastUse(database: Database, onError: (error: Error) => void): LastUse {
  let noted = new Map<string, { readonly minute: number; readonly address: string | null }>();
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    if (noted.size === 0) return;
    const batch = noted;
    noted = new Map();
    try {
      await database.query({
        name: "access-token-last-use",
        text: `UPDATE access_token SET last_used_at = used.at, last_used_address = used.address
          FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS used (id, at, address)
          WHERE access_token.id = used.id
            AND (access_token.last_used_at IS NULL OR access_token.last_used_at <= used.at)`,
        values: [
          [...batch.keys()],
          [...batch.values()].map(({ minute }) => new Date(minute * minuteMs).toISOString()),
          [...batch.values()].map(({ address }) => address),
        ],
      });
    } catch (error) {
      noted = new Map([...batch, ...noted]);
      throw new Error("the last use of access tokens could not be written", { cause: error });
    }
  };
  const flush = () => {
    const next = writing.then(write);
    writing = next.catch(onError);
    return next;
  };
  // Its failure has been told through `writing`, and what was noted is kept.
  const timer = setInterval(() => void flush().catch(() => undefined), flushEveryMs);
  timer.unref();

  return {
    note(accessTokenId, address) {
      noted.set(accessTokenId, { minute: Math.floor(Date.now() / minuteMs), address: address ?? null });
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}
