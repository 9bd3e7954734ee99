import type { Transaction } from "@layerport/database";
import { type Actor, type Digest, RegistryError, type Tag, versionSortKey } from "@layerport/registry-core";
import type { IncomingManifest } from "./incoming-manifest.ts";
import { newIndexShape, refuseTooDeep } from "./index-shape.ts";
import type { ManifestFacts, ReferenceRow } from "./manifest-rows.ts";

/** What is written for a manifest. */
export interface ManifestWriting {
  readonly incoming: IncomingManifest;
  readonly facts: ManifestFacts;
  readonly references: readonly ReferenceRow[];
  readonly imageBytes: number | null;
  readonly actor: Actor;
  /** JSON that listeners are sent at commit when anything has changed. */
  readonly notice: string;
}

/** A tag that points at the manifest since this push. */
export interface PointedTag {
  readonly name: Tag;
  /** Where it pointed before; absent for a tag that is new. */
  readonly before: Digest | null;
}

interface WrittenRow {
  readonly isNew: boolean;
  /** As what the manifest was here before; absent for a new one. */
  readonly mediaType: string | null;
  readonly isListed: boolean;
  readonly depth: number;
  readonly pointed: readonly PointedTag[] | null;
}

/** What a push has changed. */
export interface WrittenManifest {
  readonly isNew: boolean;
  /** Whether an index of the repository lists the manifest. */
  readonly isListed: boolean;
  readonly pointed: readonly PointedTag[];
}

/**
 * Writes a manifest, what it names, its tags and their history in one statement. What is there already stays as it
 * is, and then nothing is written at all. The caller holds the locks of the manifest and of the tags, so what this
 * statement reads is still so when it commits.
 * @throws MANIFEST_INVALID
 */
export async function writeManifest(
  transaction: Transaction,
  repositoryId: string,
  { incoming, facts, references, imageBytes, actor, notice }: ManifestWriting,
): Promise<WrittenManifest> {
  const { digest, content, manifest, tags } = incoming;
  const children = references.filter(({ kind }) => kind === "child");
  const [written] = await transaction.query<WrittenRow>({
    name: "manifest-write",
    text: writeText,
    values: [
      repositoryId,
      digest,
      content,
      manifest.mediaType,
      facts.artifactType,
      facts.subjectDigest,
      facts.configDigest,
      facts.annotations,
      facts.os,
      facts.architecture,
      facts.variant,
      JSON.stringify(references),
      manifest.kind === "index",
      children.map((child) => child.digest),
      children.map((child) => child.isAttestation),
      imageBytes,
      tags,
      tags.map((tag) => versionSortKey(tag) ?? null),
      actor.kind,
      actor.id ?? null,
      actor.name,
      notice,
    ],
  });
  if (written === undefined) throw new Error("a write of a manifest had no answer");
  if (written.mediaType !== null && written.mediaType !== manifest.mediaType) {
    const reason = "the same bytes are here as another media type";
    throw new RegistryError("MANIFEST_INVALID", { reason, mediaType: written.mediaType });
  }
  refuseTooDeep(written.depth);
  return { isNew: written.isNew, isListed: written.isListed, pointed: written.pointed ?? [] };
}

// The clock, not the start of the transaction, which may have waited for a lock: later changes have later times.
const writeText = `
WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at),
shape AS (
  SELECT depth, image_bytes FROM (${newIndexShape("$1::uuid", "$14::text[]", "$15::boolean[]")}) AS shape
  WHERE $13::boolean
  UNION ALL SELECT 0, $16::bigint WHERE NOT $13::boolean
),
stored AS (INSERT INTO manifest_content (digest, content) VALUES ($2, $3::bytea) ON CONFLICT DO NOTHING),
added AS (
  INSERT INTO manifest (repository_id, digest, media_type, size_bytes, artifact_type, subject_digest, config_digest,
    annotations, os, architecture, variant, depth, image_bytes, pushed_at, pushed_by)
  SELECT $1::uuid, $2, $4, octet_length($3::bytea), $5, $6, $7, $8::json, $9, $10, $11, shape.depth, shape.image_bytes,
    moment.at, $21 FROM shape, moment
  ON CONFLICT (repository_id, digest) DO NOTHING RETURNING digest
),
named AS (
  INSERT INTO manifest_reference (repository_id, manifest_digest, kind, position, digest, media_type, size_bytes,
    os, architecture, variant, is_attestation)
  SELECT $1::uuid, $2, kind, position, digest, "mediaType", "sizeBytes", os, architecture, variant, "isAttestation"
  FROM json_to_recordset($12::json) AS reference (kind reference_kind, position int, digest text, "mediaType" text,
    "sizeBytes" bigint, os text, architecture text, variant text, "isAttestation" boolean)
  WHERE EXISTS (SELECT FROM added)
),
before AS (SELECT name, digest FROM tag WHERE repository_id = $1::uuid AND name = ANY($17::text[])),
pointed AS (
  INSERT INTO tag (repository_id, name, digest, version_key, pushed_at, pushed_by)
  SELECT $1::uuid, wanted.name, $2, wanted.version_key, moment.at, $21
  FROM unnest($17::text[], $18::text[]) AS wanted (name, version_key), moment
  ON CONFLICT (repository_id, name) DO UPDATE
    SET digest = excluded.digest, pushed_at = excluded.pushed_at, pushed_by = excluded.pushed_by
    WHERE tag.digest <> excluded.digest
  RETURNING name
),
history AS (
  INSERT INTO tag_event (repository_id, tag, kind, digest_before, digest_after, at, actor_kind, actor_id, actor_name)
  SELECT $1::uuid, pointed.name, CASE WHEN before.digest IS NULL THEN 'created' ELSE 'moved' END::tag_event_kind,
    before.digest, $2, moment.at, $19, $20, $21
  FROM pointed LEFT JOIN before USING (name), moment
),
change AS (SELECT FROM added UNION ALL SELECT FROM pointed LIMIT 1),
touched AS (
  -- Whoever pushes at the same moment writes the same time, so nobody waits for the repository's row.
  UPDATE repository SET last_pushed_at = moment.at FROM moment WHERE id = (
    SELECT id FROM repository WHERE id = $1::uuid AND EXISTS (SELECT FROM change) FOR NO KEY UPDATE SKIP LOCKED)
)
SELECT EXISTS (SELECT FROM added) AS "isNew", (SELECT depth FROM shape) AS depth,
  (SELECT media_type FROM manifest WHERE repository_id = $1::uuid AND digest = $2) AS "mediaType",
  EXISTS (SELECT FROM manifest_reference WHERE repository_id = $1::uuid AND digest = $2 AND kind = 'child')
    AS "isListed",
  (SELECT json_agg(json_build_object('name', pointed.name, 'before', before.digest))
    FROM pointed LEFT JOIN before USING (name)) AS pointed,
  (SELECT pg_notify('layerport_push', ($22::jsonb || jsonb_build_object('at', moment.at))::text)
    FROM moment WHERE EXISTS (SELECT FROM change)) AS notified`;
