import type { Transaction } from "@layerport/database";
import { type Descriptor, type Digest, RegistryError } from "@layerport/registry-core";
import { type Lock, lockValues, takeLocksText } from "./locks.ts";

interface HeldRow {
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[] | null;
}

/**
 * Takes the locks of a push, and makes sure that the blobs it needs are in the repository and stay there until the
 * transaction ends: their links and live rows are locked, in the order of their digests. One statement for both,
 * since a row that is locked is read as it is then, however long that took.
 * @throws MANIFEST_BLOB_UNKNOWN, SIZE_INVALID
 */
export async function holdBlobs(
  transaction: Transaction,
  repositoryId: string,
  { required, locks }: { readonly required: readonly Descriptor[]; readonly locks: readonly Lock[] },
): Promise<void> {
  const [held] = await transaction.query<HeldRow>({
    name: "blobs-hold",
    text: `WITH locked AS MATERIALIZED (${takeLocksText}),
      here AS (
        SELECT blob.digest, blob.size_bytes AS size
        FROM repository_blob link JOIN blob ON blob.digest = link.digest AND blob.state = 'live'
        WHERE link.repository_id = $3::uuid AND link.digest = ANY($4::text[])
        ORDER BY blob.digest FOR SHARE OF link, blob)
      SELECT locked.taken, (SELECT json_agg(here) FROM here) AS blobs FROM locked`,
    values: [...lockValues(locks), repositoryId, [...new Set(required.map(({ digest }) => digest))]],
  });
  const sizes = new Map(held?.blobs?.map(({ digest, size }) => [digest, size]));
  const missing = new Set(required.filter(({ digest }) => !sizes.has(digest)).map(({ digest }) => digest));
  if (missing.size > 0) throw new RegistryError("MANIFEST_BLOB_UNKNOWN", { digests: [...missing] });
  const wrong = required.find(({ digest, size }) => sizes.get(digest) !== size);
  if (wrong !== undefined) throw new RegistryError("SIZE_INVALID", { digest: wrong.digest, size: wrong.size });
}
