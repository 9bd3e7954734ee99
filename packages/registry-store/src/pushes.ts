import type { Database, Subscription } from "@layerport/database";
import { type Digest, parseDigest, parseRepositoryName, type RepositoryName, type Tag } from "@layerport/registry-core";
import type { IncomingManifest } from "./incoming-manifest.ts";
import type { Pusher } from "./repositories.ts";

/** A push that was committed a moment ago. */
export interface PushEvent {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly mediaType: string;
  /** The tags of the push; of very many only the first. */
  readonly tags: readonly Tag[];
  readonly at: Date;
  readonly by: string;
}

const channel = "layerport_push";
// Postgres refuses a payload of 8000 bytes and more; the rest of the event needs less than 1000.
const maximumTagBytes = 6000;

/** The event as it is announced; the database adds the time. */
export function formatPush({ repository, actor }: Pusher, { digest, manifest, tags }: IncomingManifest): string {
  let bytes = 0;
  const fitting = tags.filter((tag) => {
    bytes += tag.length + 4;
    return bytes <= maximumTagBytes;
  });
  const by = actor.name.slice(0, 100);
  return JSON.stringify({ repository, digest, mediaType: manifest.mediaType, tags: fitting, by });
}

/** Tells any number of listeners of pushes, over one connection that is open while there is a listener. */
export class PushAnnouncements {
  readonly #database: Database;
  readonly #listeners = new Set<PushListener>();
  #subscription: Subscription | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  subscribe(listener: PushListener): Subscription {
    this.#listeners.add(listener);
    this.#subscription ??= this.#database.subscribe(channel, (payload) => this.#announce(payload));
    return {
      close: async () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) await this.close();
      },
    };
  }

  async close(): Promise<void> {
    const subscription = this.#subscription;
    this.#subscription = undefined;
    await subscription?.close();
  }

  #announce(payload: string): void {
    const push = payload === "" ? undefined : parsePush(payload);
    for (const { receive, missed } of this.#listeners) {
      if (push) receive(push);
      else missed?.();
    }
  }
}

/** Who is told of pushes. */
export interface PushListener {
  readonly receive: (push: PushEvent) => void;
  /** Called when the connection was broken for a while, and pushes may have gone unannounced. */
  readonly missed?: (() => void) | undefined;
}

function parsePush(payload: string): PushEvent {
  const { repository, digest, mediaType, tags, at, by } = JSON.parse(payload) as Record<keyof PushEvent, string> & {
    tags: readonly Tag[];
  };
  return {
    repository: parseRepositoryName(repository),
    digest: parseDigest(digest),
    mediaType,
    tags,
    at: new Date(at),
    by,
  };
}
