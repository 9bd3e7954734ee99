import { type Database, organizationNamed, repositoryAt } from "@layerport/database";
import {
  type Digest,
  RegistryError,
  type RepositoryName,
  splitRepositoryName,
  type Tag,
  type TagOrder,
  type TagPage,
  type TagQuery,
} from "@layerport/registry-core";
import { cursorColumn, formatCursor, orderBy, parseCursor, rowsAfter, type SortColumn } from "./keyset.ts";
import { imagesOf } from "./platform-images.ts";
import { likePattern } from "./read-scope.ts";

interface TagRow {
  readonly name: string;
  readonly digest: string;
  readonly media_type: string;
  readonly artifact_type: string | null;
  readonly architecture: string | null;
  readonly depth: number;
  readonly pushed_at: Date;
  readonly pushed_by: string;
  readonly cursor: string;
}

const byName: SortColumn = { sql: "t.name", direction: "asc", type: "text" };
const byPush: SortColumn = { sql: "t.pushed_at", direction: "desc", type: "timestamptz" };

// Versions come first and highest first; tags that are no versions follow, newest first. Tags of one digest stand
// together, at the place of the best of them.
const orders: Readonly<Record<TagOrder, readonly SortColumn[]>> = {
  version: [
    { sql: "(t.group_key IS NULL)", direction: "asc", type: "boolean" },
    { sql: "coalesce(t.group_key, '')", direction: "desc", type: "text" },
    { sql: "t.group_pushed_at", direction: "desc", type: "timestamptz" },
    { sql: "t.digest", direction: "asc", type: "text" },
    { sql: "(t.version_key IS NULL)", direction: "asc", type: "boolean" },
    { sql: "coalesce(t.version_key, '')", direction: "desc", type: "text" },
    byPush,
    byName,
  ],
  pushed: [byPush, byName],
  name: [byName],
  size: [{ sql: "coalesce(m.image_bytes, -1)", direction: "desc", type: "bigint" }, byName],
};

export async function listTags(database: Database, repository: RepositoryName, query: TagQuery): Promise<TagPage> {
  const repositoryId = await repositoryIdOf(database, repository);
  const columns = orders[query.order];
  const filter = "repository_id = $1::uuid AND ($2::text IS NULL OR name ILIKE $2)";
  const groups =
    query.order === "version"
      ? `, max(version_key) OVER same_digest AS group_key, max(pushed_at) OVER same_digest AS group_pushed_at
        FROM tag WHERE ${filter} WINDOW same_digest AS (PARTITION BY digest)`
      : ` FROM tag WHERE ${filter}`;
  const filterValues = [repositoryId, likePattern(query.filter)];
  const [rows, counts] = await Promise.all([
    database.query<TagRow>({
      text: `SELECT t.name, t.digest, m.media_type, m.artifact_type, m.architecture, m.depth, t.pushed_at, t.pushed_by,
          ${cursorColumn(columns)} AS cursor
        FROM (SELECT *${groups}) t
        JOIN manifest m ON m.repository_id = t.repository_id AND m.digest = t.digest
        WHERE ${rowsAfter(columns, 3)} ORDER BY ${orderBy(columns)} LIMIT $4`,
      values: [...filterValues, parseCursor(query.after, columns), query.limit + 1],
    }),
    database.query<{ total: number }>({
      text: `SELECT count(*) AS total FROM tag WHERE ${filter}`,
      values: filterValues,
    }),
  ]);
  const shown = rows.slice(0, query.limit);
  const images = await imagesOf(
    database,
    shown.map(({ digest }) => ({ repositoryId, digest: digest as Digest })),
  );
  return {
    entries: shown.map((row) => ({
      tag: row.name as Tag,
      digest: row.digest as Digest,
      mediaType: row.media_type,
      images: images.get(`${repositoryId} ${row.digest}`) ?? [],
      artifactType: row.depth === 0 && row.architecture === null ? (row.artifact_type ?? undefined) : undefined,
      pushedAt: row.pushed_at,
      pushedBy: row.pushed_by,
    })),
    next: rows.length > query.limit ? formatCursor(shown.at(-1)?.cursor ?? "") : undefined,
    total: counts[0]?.total ?? 0,
  };
}

/** By its name or a former one. @throws NAME_UNKNOWN */
export async function repositoryIdOf(database: Database, repository: RepositoryName): Promise<string> {
  const { organization, path } = splitRepositoryName(repository);
  const rows = await database.query<{ id: string }>({
    name: "repository-id",
    text: `SELECT r.id FROM ${organizationNamed("$1::text")} o
      CROSS JOIN LATERAL ${repositoryAt("o.id", "$2::text")} r`,
    values: [organization, path],
  });
  const id = rows[0]?.id;
  if (id === undefined) throw new RegistryError("NAME_UNKNOWN", { name: repository });
  return id;
}
