import { type Database, organizationNamed, repositoryAt } from "@layerport/database";
import {
  type Annotations,
  type Digest,
  joinRepositoryName,
  libraryOrganization,
  type Page,
  type PageRequest,
  type Referrer,
  type ReferrerQuery,
  RegistryError,
  type RepositoryName,
  splitRepositoryName,
  type Tag,
} from "@layerport/registry-core";

interface ReferrerRow {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly artifactType: string | null;
  readonly annotations: Annotations | null;
}

/** The repository whose organization and path are the first two values. */
const repositoryNamed = `${organizationNamed("$1::text")} AS organization
  CROSS JOIN LATERAL ${repositoryAt("organization.id", "$2::text")} AS repository`;

/** Lists in byte order, each page found by the last entry of the one before and sent as one row. */
export class Lists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async tags(repository: RepositoryName, { limit, after }: PageRequest): Promise<Page<Tag>> {
    const { organization, path } = splitRepositoryName(repository);
    const [row] = await this.#database.lookUp<{ tags: readonly Tag[] | null }>({
      name: "tags-list",
      // As JSON, which is read four times as fast as an array.
      text: `SELECT (SELECT json_agg(name) FROM (
            SELECT tag.name FROM tag WHERE tag.repository_id = repository.id AND tag.name > $3
            ORDER BY tag.name LIMIT $4::int) AS page) AS tags
        FROM ${repositoryNamed}`,
      values: [organization, path, cursorText(after), limit + 1],
    });
    if (row === undefined) throw new RegistryError("NAME_UNKNOWN", { name: repository });
    return pageOf(row.tags ?? [], limit, (tag) => tag);
  }

  async referrers(
    repository: RepositoryName,
    subject: Digest,
    { limit, after, artifactType }: ReferrerQuery,
  ): Promise<Page<Referrer, Digest>> {
    const { organization, path } = splitRepositoryName(repository);
    const [row] = await this.#database.lookUp<{ referrers: readonly ReferrerRow[] | null }>({
      name: "referrers-list",
      text: `SELECT (SELECT json_agg(page) FROM (
            SELECT media_type AS "mediaType", digest, size_bytes AS size, artifact_type AS "artifactType", annotations
            FROM manifest WHERE repository_id = repository.id AND subject_digest = $3 AND digest > $4
              AND ($5::text IS NULL OR artifact_type = $5)
            ORDER BY digest LIMIT $6::int) AS page) AS referrers
        FROM ${repositoryNamed}`,
      values: [organization, path, subject, cursorText(after), artifactType?.replaceAll("\0", "\ufffd"), limit + 1],
    });
    if (row === undefined) throw new RegistryError("NAME_UNKNOWN", { name: repository });
    const referrers = row.referrers?.map((referrer) => ({
      ...referrer,
      artifactType: referrer.artifactType ?? undefined,
      annotations: referrer.annotations ?? undefined,
    }));
    return pageOf(referrers ?? [], limit, ({ digest }) => digest);
  }

  async repositories({ limit, after }: PageRequest): Promise<Page<RepositoryName>> {
    const cursor = cursorText(after);
    const slash = cursor.indexOf("/") + 1;
    const [beginning, path] = slash === 0 ? [cursor, null] : [cursor.slice(0, slash), cursor.slice(slash)];
    const [row] = await this.#database.lookUp<RepositoriesRow>({
      name: "repositories-list",
      text: repositoriesText,
      values: [cursor, beginning, path, limit + 1],
    });
    const long = row?.organizations.flatMap(({ name, paths }) => paths.map((path) => joinRepositoryName(name, path)));
    const short = row?.short.map((name) => joinRepositoryName(libraryOrganization, name));
    return pageOf([...(long ?? []), ...(short ?? [])].sort(), limit, (name) => name);
  }
}

interface RepositoriesRow {
  readonly organizations: readonly { readonly name: string; readonly paths: readonly string[] }[];
  /** Repositories of `library` that are shown without it. */
  readonly short: readonly string[];
}

// Names are compared as they are shown. An organization's name and its slash decide before its paths do, since neither
// of two such texts begins the other: so the walk begins in the cursor's organization and goes from one to the next
// that has repositories, until there are enough. What is shown without its organization (`alpine`) is a list apart.
const repositoriesText = `
WITH RECURSIVE walk (step, beginning, name, paths, total) AS (
  SELECT 1, $2::text COLLATE "C", rtrim($2, '/') COLLATE "C", here.paths, cardinality(here.paths)
  FROM (SELECT ARRAY(
    SELECT path FROM repository
    WHERE organization_id = (SELECT id FROM organization WHERE name || '/' = $2) AND path > $3
      AND ($2 <> 'library/' OR path LIKE '%/%')
    ORDER BY path LIMIT $4::int) AS paths OFFSET 0) AS here
  UNION ALL
  SELECT walk.step + 1, next.beginning, next.name, next.paths, walk.total + cardinality(next.paths)
  FROM walk CROSS JOIN LATERAL (
    SELECT organization.name || '/' AS beginning, organization.name, ARRAY(
      SELECT path FROM repository
      WHERE organization_id = organization.id AND (organization.name <> 'library' OR path LIKE '%/%')
      ORDER BY path LIMIT $4::int) AS paths
    FROM organization
    WHERE organization.name || '/' > walk.beginning
      AND (SELECT true FROM repository WHERE organization_id = organization.id LIMIT 1)
    ORDER BY organization.name || '/' LIMIT 1) AS next
  WHERE walk.total < $4::int
)
SELECT (SELECT json_agg(json_build_object('name', name, 'paths', paths) ORDER BY step) FROM walk) AS organizations,
  ARRAY(SELECT path FROM repository
    WHERE organization_id = (SELECT id FROM organization WHERE name = 'library') AND path > $1 AND path NOT LIKE '%/%'
    ORDER BY path LIMIT $4::int) AS short`;

function pageOf<Entry, Cursor>(
  found: readonly Entry[],
  limit: number,
  cursorOf: (entry: Entry) => Cursor,
): Page<Entry, Cursor> {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: found.length > limit && last !== undefined ? cursorOf(last) : undefined };
}

// Postgres takes no NUL; and since no name has a byte below "-", what follows one decides nothing.
function cursorText(after: string | undefined): string {
  return after?.split("\0", 1)[0] ?? "";
}
