import type { Database } from "@layerport/database";
import {
  type Annotations,
  type Digest,
  joinRepositoryName,
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

/** Lists in byte order, each page found by the last entry of the one before and sent as one row. */
export class Lists {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async tags(repository: RepositoryName, { limit, after }: PageRequest): Promise<Page<Tag>> {
    const { organization, path } = splitRepositoryName(repository);
    const [row] = await this.#database.lookUp<{ tags: readonly Tag[] }>({
      name: "tags-list",
      text: `SELECT ARRAY(SELECT tag.name FROM tag WHERE tag.repository_id = repository.id AND tag.name > $3
          ORDER BY tag.name LIMIT $4::int) AS tags
        FROM organization JOIN repository ON repository.organization_id = organization.id
        WHERE organization.name = $1 AND repository.path = $2`,
      values: [organization, path, cursorText(after), limit + 1],
    });
    if (row === undefined) throw new RegistryError("NAME_UNKNOWN", { name: repository });
    return pageOf(row.tags, limit, (tag) => tag);
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
        FROM organization JOIN repository ON repository.organization_id = organization.id
        WHERE organization.name = $1 AND repository.path = $2`,
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
    const rows = await this.#database.lookUp<{ organization: string; path: string }>({
      name: "repositories-list",
      text: repositoriesText,
      values: [
        cursor,
        slash === 0 ? cursor : cursor.slice(0, slash),
        slash === 0 ? null : cursor.slice(slash),
        limit + 1,
      ],
    });
    const names = rows.map(({ organization, path }) => joinRepositoryName(organization, path));
    return pageOf(names, limit, (name) => name);
  }
}

// Names are compared as they are shown. An organization's name and its slash decide before its paths do, since
// neither of two such texts begins the other; so organizations are walked in that order, and each one's repositories
// by path. What is shown without its organization (`alpine`) is a list of its own, merged in.
const repositoriesText = `
(SELECT organization.name AS organization, repository.path, organization.name || '/' || repository.path AS shown
  FROM organization CROSS JOIN LATERAL (
    SELECT path FROM repository WHERE organization_id = organization.id
      AND (organization.name || '/' > $2 OR path > $3)
      AND (organization.name <> 'library' OR path LIKE '%/%')
    ORDER BY path LIMIT $4::int) AS repository
  WHERE organization.name || '/' >= $2
  ORDER BY organization.name || '/', repository.path LIMIT $4::int)
UNION ALL
(SELECT 'library', repository.path, repository.path FROM organization
  JOIN repository ON repository.organization_id = organization.id
  WHERE organization.name = 'library' AND repository.path > $1 AND repository.path NOT LIKE '%/%'
  ORDER BY repository.path LIMIT $4::int)
ORDER BY shown LIMIT $4::int`;

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
