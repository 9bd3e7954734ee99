import type { Database } from "@layerport/database";
import type { Digest, PlatformImage } from "@layerport/registry-core";

/** Platform images by `<repository id> <manifest digest>`. */
export type PlatformImageMap = ReadonlyMap<string, readonly PlatformImage[]>;

interface Row {
  readonly repository_id: string;
  readonly manifest_digest: string;
  readonly digest: string;
  readonly os: string | null;
  readonly architecture: string | null;
  readonly variant: string | null;
  readonly image_bytes: number | null;
}

/**
 * The platform images behind each manifest: the children of an index without its attestations, or the image itself.
 * A child that is not pushed yet has no size. A manifest without a platform, such as an artifact, has no entry.
 */
export async function imagesOf(
  database: Database,
  manifests: readonly { readonly repositoryId: string; readonly digest: Digest }[],
): Promise<PlatformImageMap> {
  if (manifests.length === 0) return new Map();
  const rows = await database.query<Row>({
    name: "platform-images",
    text: `WITH k AS (SELECT * FROM unnest($1::uuid[], $2::text[]) AS k (repository_id, digest))
      SELECT c.repository_id, c.manifest_digest, c.digest, coalesce(nullif(c.os, ''), m.os) AS os,
        coalesce(nullif(c.architecture, ''), m.architecture) AS architecture, coalesce(c.variant, m.variant) AS variant,
        m.image_bytes, c.position
      FROM k JOIN manifest_reference c ON c.repository_id = k.repository_id AND c.manifest_digest = k.digest
        AND c.kind = 'child' AND NOT c.is_attestation
      LEFT JOIN manifest m ON m.repository_id = c.repository_id AND m.digest = c.digest
      UNION ALL
      SELECT m.repository_id, m.digest, m.digest, m.os, m.architecture, m.variant, m.image_bytes, 0
      FROM k JOIN manifest m ON m.repository_id = k.repository_id AND m.digest = k.digest
      WHERE m.architecture IS NOT NULL
      ORDER BY position`,
    values: [manifests.map(({ repositoryId }) => repositoryId), manifests.map(({ digest }) => digest)],
  });
  const images = new Map<string, PlatformImage[]>();
  const seen = new Set<string>();
  for (const row of rows) {
    const key = `${row.repository_id} ${row.manifest_digest}`;
    if (seen.has(`${key} ${row.digest} ${row.variant}`)) continue;
    seen.add(`${key} ${row.digest} ${row.variant}`);
    const image: PlatformImage = {
      platform: { os: row.os ?? "", architecture: row.architecture ?? "", variant: row.variant ?? undefined },
      digest: row.digest as Digest,
      sizeBytes: row.image_bytes ?? undefined,
    };
    images.set(key, [...(images.get(key) ?? []), image]);
  }
  return images;
}
