import { randomUUID } from "node:crypto";
import type { Database, Statements } from "@layerport/database";
import type { Digest } from "@layerport/registry-core";

/** The largest blob that is kept in Postgres, in bytes; larger ones are in blob storage. */
export const inlineLimit = 64 * 1024;

/** Where a new blob is linked, and which upload session ends with it. */
export interface BlobTarget {
  /** Runs one statement in the repository that is to have the blob. */
  readonly change: <Answer>(work: (sql: Statements, repositoryId: string) => Promise<Answer>) => Promise<Answer>;
  /** The session as its writer left it; absent for a blob that was put in one step. */
  readonly session?: { readonly id: string; readonly length: number; readonly writer: string | null } | undefined;
}

/** How the rows of a blob stand after an attempt to finish it. */
export type Finish =
  /** The new generation is live and linked. */
  | "live"
  /** Another generation was live already and is linked; the new one is `trashed`, or was never reserved. */
  | "superseded"
  /** Neither is there any more. Nothing was linked. */
  | "absent"
  /** The upload session was changed by somebody else. Nothing was linked. */
  | "session-changed";

/**
 * The live generation of the digest `$2`, locked so that the sweep cannot take it before this commits. A promise is
 * written again only when it is older than `$1` seconds, so most statements write nothing; the two branches exclude
 * each other, so that nobody holds a shared lock and asks for more.
 */
export const liveGeneration = `fresh AS (
    SELECT generation, size_bytes FROM blob
    WHERE digest = $2 AND state = 'live' AND last_promised_at >= now() - make_interval(secs => $1::float8) FOR SHARE),
  renewed AS (
    UPDATE blob SET last_promised_at = now()
    WHERE digest = $2 AND state = 'live' AND last_promised_at < now() - make_interval(secs => $1::float8)
    RETURNING generation, size_bytes),
  live AS (SELECT * FROM fresh UNION ALL SELECT * FROM renewed)`;

/** The rows of blobs: generations, their states, and which repository has which. */
export class BlobRows {
  readonly #database: Database;
  /** The age in seconds at which a promise is renewed. */
  readonly renewAfterSeconds: number;

  /** @param promiseGraceMs for how long the sweep leaves a blob alone that somebody was told of. */
  constructor(database: Database, promiseGraceMs: number) {
    this.#database = database;
    this.renewAfterSeconds = promiseGraceMs / 10_000;
  }

  /** Promises anew that the sweep leaves the generation alone; answers whether it was still live. */
  async renewPromise(generation: string): Promise<boolean> {
    const renewed = await this.#database.query({
      name: "blob-promise",
      text: "UPDATE blob SET last_promised_at = now() WHERE generation = $1::uuid AND state = 'live' RETURNING generation",
      values: [generation],
    });
    return renewed.length > 0;
  }

  /** Makes a few bytes a live blob and links it, in one statement that is durable when it answers. */
  async storeInline(target: BlobTarget, digest: Digest, content: Uint8Array): Promise<Finish> {
    const [stored] = await target.change((sql, repositoryId) =>
      sql.query<{ isDone: boolean; wasLive: boolean }>({
        name: "blob-store-inline",
        text: `WITH ended AS (
            DELETE FROM upload_session
            WHERE id = $3::uuid AND durable_length = $4::bigint AND writer IS NOT DISTINCT FROM $5::uuid RETURNING id),
          gate AS (SELECT WHERE $3::uuid IS NULL OR EXISTS (SELECT FROM ended)),
          ${liveGeneration},
          stored AS (
            INSERT INTO blob (generation, digest, size_bytes, state, content)
            SELECT $7::uuid, $2, octet_length($8::bytea), 'live', $8 FROM gate WHERE NOT EXISTS (SELECT FROM live)),
          linked AS (
            INSERT INTO repository_blob (repository_id, digest) SELECT $6::uuid, $2 FROM gate ON CONFLICT DO NOTHING)
          SELECT EXISTS (SELECT FROM gate) AS "isDone", EXISTS (SELECT FROM live) AS "wasLive"`,
        values: [this.renewAfterSeconds, digest, ...sessionValues(target), repositoryId, randomUUID(), content],
      }),
    );
    if (!stored?.isDone) return "session-changed";
    return stored.wasLive ? "superseded" : "live";
  }

  /**
   * Commits that bytes are about to appear under this generation, so that they are found when nothing follows.
   * Answers false when the digest has a live generation and they need not be stored at all.
   */
  async reserve(generation: string, digest: Digest, sizeBytes: number): Promise<boolean> {
    const reserved = await this.#database.query({
      name: "blob-reserve",
      text: `INSERT INTO blob (generation, digest, size_bytes, state)
        SELECT $1::uuid, $2, $3::bigint, 'pending'
        WHERE NOT EXISTS (SELECT FROM blob WHERE digest = $2 AND state = 'live')
        ON CONFLICT (generation) DO UPDATE SET state_at = now() WHERE blob.state = 'pending' AND blob.digest = $2
        RETURNING generation`,
      values: [generation, digest, sizeBytes],
    });
    return reserved.length > 0;
  }

  /** Makes a reserved generation, whose bytes are durable, live and links it; or links the one that is live already. */
  async finish(target: BlobTarget, generation: string, digest: Digest): Promise<Finish> {
    const [finished] = await target.change((sql, repositoryId) =>
      sql.query<{ isFound: boolean; isDone: boolean; wasLive: boolean }>({
        name: "blob-finish",
        text: `WITH ${liveGeneration},
          mine AS (SELECT generation FROM blob WHERE generation = $7::uuid AND state = 'pending' FOR UPDATE),
          found AS (SELECT WHERE EXISTS (SELECT FROM live) OR EXISTS (SELECT FROM mine)),
          ended AS (
            DELETE FROM upload_session WHERE id = $3::uuid AND durable_length = $4::bigint
              AND writer IS NOT DISTINCT FROM $5::uuid AND EXISTS (SELECT FROM found) RETURNING id),
          gate AS (SELECT FROM found WHERE $3::uuid IS NULL OR EXISTS (SELECT FROM ended)),
          decided AS (
            UPDATE blob SET state_at = now(), last_promised_at = now(),
              state = CASE WHEN EXISTS (SELECT FROM live) THEN 'trashed' ELSE 'live' END::blob_state
            FROM mine, gate WHERE blob.generation = mine.generation),
          linked AS (
            INSERT INTO repository_blob (repository_id, digest) SELECT $6::uuid, $2 FROM gate ON CONFLICT DO NOTHING)
          SELECT EXISTS (SELECT FROM found) AS "isFound", EXISTS (SELECT FROM gate) AS "isDone",
            EXISTS (SELECT FROM live) AS "wasLive"`,
        values: [this.renewAfterSeconds, digest, ...sessionValues(target), repositoryId, generation],
      }),
    );
    if (!finished?.isFound) return "absent";
    if (!finished.isDone) return "session-changed";
    return finished.wasLive ? "superseded" : "live";
  }

  /** The digest of a generation whose bytes may be at their key although nobody was answered. */
  async findPending(generation: string): Promise<Digest | undefined> {
    const [pending] = await this.#database.query<{ digest: Digest }>({
      name: "blob-pending",
      text: "SELECT digest FROM blob WHERE generation = $1::uuid AND state = 'pending'",
      values: [generation],
    });
    return pending?.digest;
  }

  /** Forgets a trashed generation once its bytes are gone. */
  async forgetTrashed(generation: string): Promise<void> {
    await this.#database.query({
      name: "blob-forget",
      text: "DELETE FROM blob WHERE generation = $1::uuid AND state = 'trashed'",
      values: [generation],
    });
  }
}

function sessionValues({ session }: BlobTarget): readonly unknown[] {
  return [session?.id ?? null, session?.length ?? null, session?.writer ?? null];
}
