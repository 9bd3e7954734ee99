import type { BlobStore } from "@layerport/blob-storage";
import type { Database } from "@layerport/database";
import { type Digest, splitDigest } from "@layerport/registry-core";
import type { BlobRows } from "./blob-rows.ts";

const batchSize = 100;

/** Removes uploads that nobody has gone on with for this long, with their bytes; answers how many. */
export async function removeStaleUploads(database: Database, blobs: BlobStore, idleMs: number): Promise<number> {
  let removed = 0;
  let after = "00000000-0000-0000-0000-000000000000";
  for (;;) {
    const stale = await database.query<{ id: string; principal: string }>({
      text: `SELECT id, principal FROM upload_session
        WHERE id > $1::uuid AND last_active_at < now() - make_interval(secs => $2::float8) ORDER BY id LIMIT $3`,
      values: [after, idleMs / 1000, batchSize],
    });
    for (const { id, principal } of stale) {
      after = id;
      // A chunk may take longer than that to arrive: its writer still holds the lease.
      const lease = await database.leases.tryAcquire(`upload ${id} ${principal}`);
      if (lease === undefined) continue;
      try {
        const [session] = await database.query<{ stagedId: string | null }>({
          text: `DELETE FROM upload_session
            WHERE id = $1::uuid AND last_active_at < now() - make_interval(secs => $2::float8)
            RETURNING staged_id AS "stagedId"`,
          values: [id, idleMs / 1000],
        });
        if (session === undefined) continue;
        removed += 1;
        if (session.stagedId !== null) await blobs.discardStaged(session.stagedId);
      } finally {
        await lease.release();
      }
    }
    if (stale.length < batchSize) return removed;
  }
}

/**
 * Removes what pushes that broke off have left for longer than this: blobs that were reserved and never finished, with
 * their objects, and staged bytes that belong to no session. Answers how many of both.
 */
export async function removeUnfinishedBlobs(
  { database, blobs, rows }: { readonly database: Database; readonly blobs: BlobStore; readonly rows: BlobRows },
  graceMs: number,
): Promise<number> {
  let removed = 0;
  for (;;) {
    // From this commit on the generation can no longer become live, so its object may go.
    const trashed = await database.query<{ generation: string; digest: Digest }>({
      text: `UPDATE blob SET state = 'trashed', state_at = now() WHERE generation IN (
          SELECT generation FROM blob WHERE state = 'pending' AND state_at < now() - make_interval(secs => $1::float8)
          LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING generation, digest`,
      values: [graceMs / 1000, batchSize],
    });
    for (const { generation, digest } of trashed) {
      await blobs.remove({ ...splitDigest(digest), generation });
      await rows.forgetTrashed(generation);
      removed += 1;
    }
    if (trashed.length < batchSize) break;
  }
  for await (const { id, modifiedAt } of blobs.listStaged()) {
    if (Date.now() - modifiedAt.getTime() < graceMs || (await isStagedFor(database, id))) continue;
    await blobs.discardStaged(id);
    removed += 1;
  }
  return removed;
}

async function isStagedFor(database: Database, stagedId: string): Promise<boolean> {
  const found = await database.query({
    text: `SELECT FROM upload_session WHERE staged_id = $1::uuid
      UNION ALL SELECT FROM blob WHERE generation = $1::uuid AND state = 'pending'`,
    values: [stagedId],
  });
  return found.length > 0;
}
