import { createHash } from "node:crypto";
import type { Transaction } from "@layerport/database";
import type { Digest, Tag } from "@layerport/registry-core";

/** A lock until the end of a transaction. Shared ones keep out only exclusive ones. */
export interface Lock {
  readonly key: bigint;
  readonly isShared: boolean;
}

/** Which indexes list which manifests, in a repository. Whoever pushes an index holds it alone. */
export function indexLock(repositoryId: string, isShared: boolean): Lock {
  return { key: keyOf("indexes", repositoryId), isShared };
}

/** Whether a manifest is there, in a repository. */
export function manifestLock(repositoryId: string, digest: Digest): Lock {
  return { key: keyOf("manifest", repositoryId, digest), isShared: false };
}

/** Where tags point, in a repository; in an order that is the same for everybody. */
export function tagLocks(repositoryId: string, tags: readonly Tag[]): readonly Lock[] {
  const keys = tags.map((tag) => keyOf("tag", repositoryId, tag)).sort((one, other) => (one < other ? -1 : 1));
  return keys.map((key) => ({ key, isShared: false }));
}

/**
 * Takes the locks in the order given. A statement after this one sees all that the last holder committed. There is no
 * deadlock because everybody asks for index, manifest (one at most) and tags in this order, and tags are sorted.
 */
export async function takeLocks(transaction: Transaction, locks: readonly Lock[]): Promise<void> {
  await transaction.query({ name: "take-locks", text: takeLocksText, values: lockValues(locks) });
}

/** The statement that takes the locks whose values are `$1` and `$2`, for a statement that does more. */
export const takeLocksText = `SELECT count(CASE WHEN is_shared THEN pg_advisory_xact_lock_shared(key)::text
    ELSE pg_advisory_xact_lock(key)::text END) AS taken
  FROM unnest($1::bigint[], $2::boolean[]) AS wanted (key, is_shared)`;

export function lockValues(locks: readonly Lock[]): readonly [readonly string[], readonly boolean[]] {
  return [locks.map(({ key }) => key.toString()), locks.map(({ isShared }) => isShared)];
}

function keyOf(...parts: readonly string[]): bigint {
  return createHash("sha256")
    .update(`layerport ${parts.join(" ")}`)
    .digest()
    .readBigInt64BE(0);
}
