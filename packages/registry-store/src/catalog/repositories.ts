import { type Database, organizationNamed } from "@layerport/database";
import {
  type Digest,
  joinRepositoryName,
  type OrganizationName,
  type Platform,
  type ReadScope,
  RegistryError,
  type RepositoryDescription,
  type RepositoryName,
  type RepositoryPage,
  type RepositoryQuery,
  type RepositorySummary,
  type Tag,
  type Visibility,
} from "@layerport/registry-core";
import { cursorColumn, formatCursor, orderBy, parseCursor, rowsAfter, type SortColumn } from "./keyset.ts";
import { imagesOf, type PlatformImageMap } from "./platform-images.ts";
import { isReadable, likePattern, readScopeValues } from "./read-scope.ts";
import { repositoryIdOf } from "./tags.ts";

interface RepositoryRow {
  readonly id: string;
  readonly organization: string;
  readonly path: string;
  readonly visibility: Visibility;
  readonly description: string | null;
  readonly last_pushed_at: Date | null;
  readonly tag_count: number;
  readonly newest_tag: string | null;
  readonly newest_digest: string | null;
  readonly image_bytes: number | null;
}

const summaryColumns = `r.id, o.name AS organization, r.path, r.visibility, r.description, r.last_pushed_at,
  (SELECT count(*) FROM tag t WHERE t.repository_id = r.id) AS tag_count,
  newest.name AS newest_tag, newest.digest AS newest_digest, m.image_bytes`;

// The highest version, found by its index; where no tag is a version, the tag that was pushed last.
const summaryJoins = `JOIN organization o ON o.id = r.organization_id
  LEFT JOIN LATERAL (
    (SELECT t.name, t.digest FROM tag t WHERE t.repository_id = r.id AND t.version_key IS NOT NULL
      ORDER BY t.version_key DESC, t.name DESC LIMIT 1)
    UNION ALL
    (SELECT t.name, t.digest FROM tag t WHERE t.repository_id = r.id ORDER BY t.pushed_at DESC, t.name DESC LIMIT 1)
    LIMIT 1
  ) newest ON true
  LEFT JOIN manifest m ON m.repository_id = r.id AND m.digest = newest.digest`;

const orders: Readonly<Record<RepositoryQuery["order"], readonly SortColumn[]>> = {
  pushed: [
    { sql: "coalesce(r.last_pushed_at, r.created_at)", direction: "desc", type: "timestamptz" },
    { sql: "r.id::text", direction: "asc", type: "text" },
  ],
  name: [
    { sql: "o.name", direction: "asc", type: "text" },
    { sql: "r.path", direction: "asc", type: "text" },
  ],
};

export async function listRepositories(
  database: Database,
  scope: ReadScope,
  query: RepositoryQuery,
): Promise<RepositoryPage> {
  const columns = orders[query.order];
  const filter = `${isReadable(1)} AND ($5::text IS NULL OR o.id = (SELECT id FROM ${organizationNamed("$5::text")} AS named))
    AND ($6::text IS NULL OR (o.name || '/' || r.path) ILIKE $6 OR r.description ILIKE $6)`;
  const filterValues = [...readScopeValues(scope), query.organization ?? null, likePattern(query.search)];
  const [rows, counts] = await Promise.all([
    database.query<RepositoryRow & { cursor: string }>({
      text: `SELECT ${summaryColumns}, ${cursorColumn(columns)} AS cursor FROM repository r ${summaryJoins}
        WHERE ${filter} AND ${rowsAfter(columns, 7)} ORDER BY ${orderBy(columns)} LIMIT $8`,
      values: [...filterValues, parseCursor(query.after, columns), query.limit + 1],
    }),
    database.query<{ total: number }>({
      text: `SELECT count(*) AS total FROM repository r JOIN organization o ON o.id = r.organization_id WHERE ${filter}`,
      values: filterValues,
    }),
  ]);
  const shown = rows.slice(0, query.limit);
  const images = await imagesOf(database, newestOf(shown));
  return {
    entries: shown.map((row) => toSummary(row, images)),
    next: rows.length > query.limit ? formatCursor(shown.at(-1)?.cursor ?? "") : undefined,
    total: counts[0]?.total ?? 0,
  };
}

export async function describeRepository(
  database: Database,
  repository: RepositoryName,
): Promise<RepositoryDescription> {
  const repositoryId = await repositoryIdOf(database, repository);
  const rows = await database.query<
    RepositoryRow & { created_at: Date; untagged_count: number; artifact_count: number }
  >({
    text: `SELECT ${summaryColumns}, r.created_at, kinds.untagged_count, kinds.artifact_count
      FROM repository r ${summaryJoins}
      CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE k.subject_digest IS NULL) AS untagged_count,
          count(*) FILTER (WHERE k.subject_digest IS NOT NULL) AS artifact_count
        FROM manifest k
        WHERE k.repository_id = r.id
          AND NOT EXISTS (SELECT FROM tag t WHERE t.repository_id = r.id AND t.digest = k.digest)
          AND NOT EXISTS (SELECT FROM manifest_reference c
            WHERE c.repository_id = r.id AND c.digest = k.digest AND c.kind = 'child')
      ) kinds
      WHERE r.id = $1::uuid`,
    values: [repositoryId],
  });
  const row = rows[0];
  if (!row) throw new RegistryError("NAME_UNKNOWN", { name: repository });
  const images = await imagesOf(database, newestOf([row]));
  return {
    ...toSummary(row, images),
    createdAt: row.created_at,
    untaggedCount: row.untagged_count,
    artifactCount: row.artifact_count,
  };
}

function newestOf(rows: readonly RepositoryRow[]) {
  return rows.flatMap(({ id, newest_digest }) =>
    newest_digest === null ? [] : [{ repositoryId: id, digest: newest_digest as Digest }],
  );
}

function toSummary(row: RepositoryRow, images: PlatformImageMap): RepositorySummary {
  const newest = images.get(`${row.id} ${row.newest_digest}`) ?? [];
  return {
    name: joinRepositoryName(row.organization, row.path),
    organization: row.organization as OrganizationName,
    visibility: row.visibility,
    description: row.description ?? undefined,
    tagCount: row.tag_count,
    newestTag: (row.newest_tag as Tag | null) ?? undefined,
    platforms: newest.map(({ platform }): Platform => platform),
    sizeBytes: row.image_bytes ?? undefined,
    lastPushedAt: row.last_pushed_at ?? undefined,
  };
}
