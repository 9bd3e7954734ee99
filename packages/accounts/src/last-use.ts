import type { Database, Statement } from "@layerport/database";
import { type RepositoryName, splitRepositoryName } from "@layerport/registry-core";
import { record } from "./audit.ts";

const flushEveryMs = 10_000;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** What was used. */
export type Used = "user" | "access-token" | "robot-secret" | "grant";

/** Where from and for what, as far as whoever notes it knows. */
export interface Use {
  readonly address?: string | undefined;
  readonly repository?: RepositoryName | undefined;
}

/** Somebody who read what only their role in the instance lets them read. */
export interface Oversight {
  readonly userId: string;
  readonly userName: string;
  readonly repository: RepositoryName;
}

/** When, from where and for what things were last used, to the minute, without a write in any request. */
export interface LastUse {
  note(used: Used, id: string, use?: Use): void;
  /** Tells the organization, once an hour for each reader and repository. */
  noteOversight(oversight: Oversight): void;
  /** Writes down what was noted. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface Noted {
  readonly minute: number;
  readonly address: string | null;
  readonly repository: string | null;
}

const credential = `last_used_at = used.at, last_used_address = coalesce(used.address, row.last_used_address),
  last_used_repository = coalesce(used.repository, row.last_used_repository)`;

const columns: Readonly<Record<Used, { readonly table: string; readonly at: string; readonly change: string }>> = {
  user: { table: `"user"`, at: "last_active_at", change: "last_active_at = used.at" },
  "access-token": { table: "access_token", at: "last_used_at", change: credential },
  "robot-secret": { table: "robot_secret", at: "last_used_at", change: credential },
  grant: { table: "access_grant", at: "last_used_at", change: "last_used_at = used.at" },
};

/** Last use over one database. A failed write is told and tried again with the next. */
export function openLastUse(database: Database, onError: (error: Error) => void): LastUse {
  const noted: Record<Used, Map<string, Noted>> = {
    user: new Map(),
    "access-token": new Map(),
    "robot-secret": new Map(),
    grant: new Map(),
  };
  let oversights: Oversight[] = [];
  let told = new Map<string, number>();
  let writing: Promise<void> = Promise.resolve();

  const writeUse = async (used: Used): Promise<void> => {
    const batch = noted[used];
    if (batch.size === 0) return;
    noted[used] = new Map();
    try {
      await database.query(toStatement(used, batch));
    } catch (error) {
      noted[used] = new Map([...batch, ...noted[used]]);
      throw error;
    }
  };
  const writeOversights = async (): Promise<void> => {
    if (oversights.length === 0) return;
    const batch = oversights;
    oversights = [];
    try {
      await database.transaction(async (transaction) => {
        for (const { userId, userName, repository } of batch) {
          await record(transaction, {
            action: "repository.read-by-role",
            actor: { kind: "user", id: userId, name: userName },
            target: repository,
            organization: splitRepositoryName(repository).organization,
            repository,
          });
        }
      });
    } catch (error) {
      oversights = [...batch, ...oversights];
      throw error;
    }
  };
  const write = async (): Promise<void> => {
    const attempts = [writeOversights(), ...usedKinds.map(writeUse)];
    const failed = (await Promise.allSettled(attempts)).find((settled) => settled.status === "rejected");
    if (failed !== undefined) throw new Error("what was last used could not be written", { cause: failed.reason });
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
    note(used, id, use) {
      const minute = Math.floor(Date.now() / minuteMs);
      const known = noted[used].get(id);
      const address = use?.address ?? known?.address ?? null;
      const repository = use?.repository ?? known?.repository ?? null;
      noted[used].set(id, { minute, address, repository });
    },
    noteOversight(oversight) {
      const hour = Math.floor(Date.now() / hourMs);
      const key = `${oversight.userId} ${oversight.repository}`;
      if (told.get(key) === hour) return;
      if (told.size > 10_000) told = new Map();
      told.set(key, hour);
      oversights.push(oversight);
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush();
    },
  };
}

const usedKinds: readonly Used[] = ["user", "access-token", "robot-secret", "grant"];

function toStatement(used: Used, batch: ReadonlyMap<string, Noted>): Statement {
  const { table, at, change } = columns[used];
  // In one order, so that two processes that write at once wait for each other and not in a circle.
  const entries = [...batch].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    name: `last-use-${used}`,
    text: `UPDATE ${table} AS row SET ${change}
      FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) AS used (id, at, address, repository)
      WHERE row.id = used.id AND (row.${at} IS NULL OR row.${at} <= used.at)`,
    values: [
      entries.map(([id]) => id),
      entries.map(([, { minute }]) => new Date(minute * minuteMs).toISOString()),
      entries.map(([, { address }]) => address),
      entries.map(([, { repository }]) => repository),
    ],
  };
}
