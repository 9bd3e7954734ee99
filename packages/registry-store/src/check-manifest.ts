import type { Transaction } from "@layerport/database";
import { type Digest, RegistryError } from "@layerport/registry-core";
import type { IncomingManifest } from "./incoming-manifest.ts";
import { requiredBlobs } from "./manifest-rows.ts";

interface CheckRow {
  readonly mediaType: string | null;
  readonly isListed: boolean;
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[] | null;
}

/**
 * Checks what a manifest needs in its repository, and keeps it there until the transaction ends: the links and the
 * live rows of its blobs are locked, in the order of their digests.
 * @throws MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN, SIZE_INVALID
 */
export async function checkManifest(
  transaction: Transaction,
  repositoryId: string,
  { digest, manifest }: IncomingManifest,
): Promise<{ readonly isListed: boolean }> {
  const required = requiredBlobs(manifest);
  const [found] = await transaction.query<CheckRow>({
    name: "manifest-check",
    text: `WITH here AS (
        SELECT blob.digest, blob.size_bytes AS size
        FROM repository_blob link JOIN blob ON blob.digest = link.digest AND blob.state = 'live'
        WHERE link.repository_id = $1::uuid AND link.digest = ANY($3::text[])
        ORDER BY blob.digest FOR SHARE OF link, blob)
      SELECT (SELECT media_type FROM manifest WHERE repository_id = $1::uuid AND digest = $2) AS "mediaType",
        EXISTS (SELECT FROM manifest_reference WHERE repository_id = $1::uuid AND digest = $2 AND kind = 'child')
          AS "isListed",
        (SELECT json_agg(here) FROM here) AS blobs`,
    values: [repositoryId, digest, [...new Set(required.map((blob) => blob.digest))]],
  });
  if (found === undefined) throw new Error("a check of a manifest had no answer");
  if (found.mediaType !== null && found.mediaType !== manifest.mediaType) {
    const reason = "the same bytes are here as another media type";
    throw new RegistryError("MANIFEST_INVALID", { reason, mediaType: found.mediaType });
  }
  const sizes = new Map(found.blobs?.map((blob) => [blob.digest, blob.size]));
  const missing = new Set(required.filter((blob) => !sizes.has(blob.digest)).map((blob) => blob.digest));
  if (missing.size > 0) throw new RegistryError("MANIFEST_BLOB_UNKNOWN", { digests: [...missing] });
  const wrong = required.find((blob) => sizes.get(blob.digest) !== blob.size);
  if (wrong !== undefined) throw new RegistryError("SIZE_INVALID", { digest: wrong.digest, size: wrong.size });
  return { isListed: found.isListed };
}
