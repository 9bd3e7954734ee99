import type { Transaction } from "@layerport/database";
import { type Digest, maximumIndexDepth, RegistryError } from "@layerport/registry-core";

// One row: how deep the index is, and the bytes of its largest image once all its images are here.
const shapeOf = (index: string, children: string) => `SELECT 1 + coalesce(max(child.depth), 0) AS depth,
    CASE WHEN count(child.image_bytes) FILTER (WHERE NOT listed.is_attestation)
      = count(*) FILTER (WHERE NOT listed.is_attestation)
      THEN max(child.image_bytes) FILTER (WHERE NOT listed.is_attestation) END AS image_bytes
  FROM ${children} LEFT JOIN manifest child ON child.repository_id = ${index} AND child.digest = listed.digest`;

/** The text of a statement part that answers the shape of an index to be stored, from arrays of its children. */
export const newIndexShape = (repositoryId: string, digests: string, areAttestations: string): string =>
  shapeOf(repositoryId, `unnest(${digests}, ${areAttestations}) AS listed (digest, is_attestation)`);

/**
 * Brings the indexes above a manifest up to date after it came or went. The caller holds the index lock, so that
 * no index comes or goes meanwhile; the rows are locked because two children may come at once.
 * @throws MANIFEST_INVALID when an index above has become too deep
 */
export async function updateIndexesAbove(transaction: Transaction, repositoryId: string, below: Digest): Promise<void> {
  let changed: readonly Digest[] = [below];
  // Ends because an index cannot list itself, however indirectly: it would have to contain its own digest.
  while (changed.length > 0) {
    await transaction.query({
      name: "indexes-lock",
      text: `SELECT FROM manifest WHERE repository_id = $1::uuid AND digest IN (${listingAny}) ORDER BY digest
        FOR NO KEY UPDATE`,
      values: [repositoryId, changed],
    });
    const updated = await transaction.query<{ digest: Digest; depth: number }>({
      name: "indexes-update",
      text: `UPDATE manifest SET depth = shape.depth, image_bytes = shape.image_bytes
        FROM (SELECT digest FROM manifest WHERE repository_id = $1::uuid AND digest IN (${listingAny})) AS above,
          LATERAL (${shapeOf(
            "$1::uuid",
            `(SELECT digest, is_attestation FROM manifest_reference WHERE repository_id = $1::uuid
              AND manifest_digest = above.digest AND kind = 'child') AS listed`,
          )}) AS shape
        WHERE manifest.repository_id = $1::uuid AND manifest.digest = above.digest
          AND (manifest.depth, manifest.image_bytes) IS DISTINCT FROM (shape.depth, shape.image_bytes)
        RETURNING manifest.digest, manifest.depth`,
      values: [repositoryId, changed],
    });
    for (const { depth } of updated) refuseTooDeep(depth);
    changed = updated.map(({ digest }) => digest);
  }
}

/** @throws MANIFEST_INVALID */
export function refuseTooDeep(depth: number): void {
  if (depth <= maximumIndexDepth) return;
  throw new RegistryError("MANIFEST_INVALID", { reason: `indexes are nested more than ${maximumIndexDepth} deep` });
}

const listingAny = `SELECT manifest_digest FROM manifest_reference
  WHERE repository_id = $1::uuid AND kind = 'child' AND digest = ANY($2::text[])`;
