import type { Database } from "@layerport/database";
import {
  type Annotations,
  type Descriptor,
  type Digest,
  formatPlatform,
  formatReference,
  type ImageConfig,
  type ImageDescription,
  type ImageManifest,
  isImageConfigMediaType,
  type PlatformImage,
  type PlatformImageDescription,
  parseManifest,
  type ReadScope,
  type Reference,
  type Referrer,
  RegistryError,
  type RegistryReader,
  type RepositoryName,
  readImageConfig,
  type StackEntry,
  type Tag,
} from "@layerport/registry-core";
import { imagesOf } from "./platform-images.ts";
import { isReadable, readScopeValues } from "./read-scope.ts";
import { repositoryIdOf } from "./tags.ts";

/** The largest config that is read for a page, in bytes; a larger one is shown as absent. */
const maximumConfigBytes = 4 * 1024 * 1024;

interface ManifestRow {
  readonly digest: Digest;
  readonly media_type: string;
  readonly artifact_type: string | null;
  readonly annotations: Annotations | null;
  readonly architecture: string | null;
  readonly depth: number;
  readonly pushed_at: Date;
  readonly pushed_by: string;
  readonly content: Buffer;
}

/** What describing an image needs: rows, and the bytes of configs. */
export interface ImageSources {
  readonly database: Database;
  readonly reader: RegistryReader;
  readonly scope: ReadScope;
}

export async function describeImage(
  sources: ImageSources,
  repository: RepositoryName,
  asked: { readonly reference: Reference; readonly platform?: string | undefined },
): Promise<ImageDescription> {
  const { database } = sources;
  const { reference } = asked;
  const repositoryId = await repositoryIdOf(database, repository);
  const row = await findManifest(database, repositoryId, reference);
  if (!row) throw new RegistryError("MANIFEST_UNKNOWN", { reference: formatReference(reference) });
  const [tags, images, attestations, referrers] = await Promise.all([
    database.query<{ name: Tag }>({
      text: `SELECT name FROM tag WHERE repository_id = $1::uuid AND digest = $2
        ORDER BY (version_key IS NULL), version_key DESC, name`,
      values: [repositoryId, row.digest],
    }),
    imagesOf(database, [{ repositoryId, digest: row.digest }]),
    database.query<{ count: number }>({
      text: `SELECT count(*) AS count FROM manifest_reference
        WHERE repository_id = $1::uuid AND manifest_digest = $2 AND is_attestation`,
      values: [repositoryId, row.digest],
    }),
    listReferrersOf(database, repositoryId, row.digest),
  ]);
  const platforms = images.get(`${repositoryId} ${row.digest}`) ?? [];
  const own = row.depth > 0 ? await findChild(sources, repositoryId, platforms, asked.platform) : row;
  const isArtifact = row.depth === 0 && row.architecture === null;
  return {
    repository,
    reference,
    descriptor: { mediaType: row.media_type, digest: row.digest, size: row.content.byteLength },
    manifestText: row.content.toString("utf8"),
    annotations: row.annotations ?? undefined,
    tags: tags.map(({ name }) => name),
    pushedAt: row.pushed_at,
    pushedBy: row.pushed_by,
    artifactType: isArtifact ? (row.artifact_type ?? undefined) : undefined,
    platforms,
    attestationCount: attestations[0]?.count ?? 0,
    image: own ? await describePlatformImage(sources, repository, { row: own, platforms }) : undefined,
    referrers,
  };
}

async function findManifest(
  database: Database,
  repositoryId: string,
  reference: Reference,
): Promise<ManifestRow | undefined> {
  const digest =
    reference.kind === "digest"
      ? "$2"
      : "(SELECT t.digest FROM tag t WHERE t.repository_id = $1::uuid AND t.name = $2)";
  const rows = await database.query<ManifestRow>({
    text: `SELECT m.digest, m.media_type, m.artifact_type, m.annotations, m.architecture, m.depth, m.pushed_at,
        m.pushed_by, c.content
      FROM manifest m JOIN manifest_content c ON c.digest = m.digest
      WHERE m.repository_id = $1::uuid AND m.digest = ${digest}`,
    values: [repositoryId, formatReference(reference)],
  });
  return rows[0];
}

/** The child for the platform that was asked for, or the first one that is there. */
async function findChild(
  { database }: ImageSources,
  repositoryId: string,
  platforms: readonly PlatformImage[],
  platform: string | undefined,
): Promise<ManifestRow | undefined> {
  const wanted = platforms.find((image) => formatPlatform(image.platform) === platform);
  for (const { digest } of wanted ? [wanted] : platforms) {
    const row = await findManifest(database, repositoryId, { kind: "digest", digest });
    if (row && row.depth === 0) return row;
  }
  return undefined;
}

async function describePlatformImage(
  sources: ImageSources,
  repository: RepositoryName,
  { row, platforms }: { readonly row: ManifestRow; readonly platforms: readonly PlatformImage[] },
): Promise<PlatformImageDescription | undefined> {
  const manifest = parseManifest(row.content, row.media_type);
  if (manifest.kind !== "image") return undefined;
  const [config, sharedWith] = await Promise.all([
    readConfig(sources.reader, repository, manifest.config),
    countSharing(sources, row.digest, manifest),
  ]);
  return {
    descriptor: { mediaType: row.media_type, digest: row.digest, size: row.content.byteLength },
    platform: platforms.find(({ digest }) => digest === row.digest)?.platform ??
      config?.platform ?? { os: "", architecture: "" },
    config,
    configDescriptor: manifest.config,
    stack: stackOf(manifest, config, sharedWith),
    layerCount: manifest.layers.length,
    sizeBytes: manifest.layers.reduce((sum, { size }) => sum + size, manifest.config.size),
    annotations: manifest.annotations,
  };
}

async function readConfig(
  reader: RegistryReader,
  repository: RepositoryName,
  descriptor: Descriptor,
): Promise<ImageConfig | undefined> {
  if (!isImageConfigMediaType(descriptor.mediaType) || descriptor.size > maximumConfigBytes) return undefined;
  const blob = await findBlob(reader, repository, descriptor.digest);
  if (!blob) return undefined;
  if (blob.content) return readImageConfig(blob.content);
  const chunks: Uint8Array[] = [];
  for await (const chunk of blob.chunks()) chunks.push(chunk);
  return readImageConfig(Buffer.concat(chunks));
}

async function findBlob(reader: RegistryReader, repository: RepositoryName, digest: Digest) {
  try {
    return await reader.openBlob(repository, digest);
  } catch (error) {
    if (RegistryError.is(error) && error.code === "BLOB_UNKNOWN") return undefined;
    throw new Error("a config could not be read", { cause: error });
  }
}

/** In how many other images that the viewer may see each layer is used. */
async function countSharing(
  { database, scope }: ImageSources,
  digest: Digest,
  manifest: ImageManifest,
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query<{ digest: string; count: number }>({
    text: `SELECT l.digest, count(DISTINCT (l.repository_id, l.manifest_digest)) AS count
      FROM manifest_reference l JOIN repository r ON r.id = l.repository_id
      WHERE l.digest = ANY ($5::text[]) AND l.kind = 'layer' AND l.manifest_digest <> $6 AND ${isReadable(1)}
      GROUP BY l.digest`,
    values: [...readScopeValues(scope), manifest.layers.map((layer) => layer.digest), digest],
  });
  return new Map(rows.map((row) => [row.digest, row.count]));
}

/** Layers with the history lines that made them, where the config has one line for each layer. */
function stackOf(
  manifest: ImageManifest,
  config: ImageConfig | undefined,
  sharedWith: ReadonlyMap<string, number>,
): readonly StackEntry[] {
  const history = config?.history ?? [];
  const describe = (descriptor: Descriptor, createdBy: string | undefined): StackEntry => ({
    kind: "layer",
    layer: { descriptor, createdBy, sharedWith: sharedWith.get(descriptor.digest) ?? 0 },
  });
  const isComplete = history.filter((entry) => !entry.isEmptyLayer).length === manifest.layers.length;
  if (!isComplete) return manifest.layers.map((descriptor) => describe(descriptor, undefined));
  const layers = manifest.layers.values();
  return history.flatMap((entry): StackEntry[] => {
    if (entry.isEmptyLayer) return [{ kind: "metadata", createdBy: entry.createdBy }];
    const { value } = layers.next();
    return value ? [describe(value, entry.createdBy || undefined)] : [];
  });
}

async function listReferrersOf(
  database: Database,
  repositoryId: string,
  subject: Digest,
): Promise<readonly Referrer[]> {
  const rows = await database.query<{
    digest: Digest;
    media_type: string;
    artifact_type: string | null;
    annotations: Annotations | null;
    size_bytes: number;
  }>({
    text: `SELECT m.digest, m.media_type, m.artifact_type, m.annotations, m.size_bytes
      FROM manifest m
      WHERE m.repository_id = $1::uuid AND m.subject_digest = $2 ORDER BY m.pushed_at, m.digest LIMIT 200`,
    values: [repositoryId, subject],
  });
  return rows.map((row) => ({
    mediaType: row.media_type,
    digest: row.digest,
    size: row.size_bytes,
    artifactType: row.artifact_type ?? undefined,
    annotations: row.annotations ?? undefined,
  }));
}
