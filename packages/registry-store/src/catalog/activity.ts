import type { Database } from "@layerport/database";
import {
  type ActivityEntry,
  type Digest,
  joinRepositoryName,
  type Page,
  type PageRequest,
  type ReadScope,
  type Tag,
  type TagEventKind,
} from "@layerport/registry-core";
import { isReadable, readScopeValues } from "./read-scope.ts";

interface EventRow {
  readonly id: number;
  readonly organization: string;
  readonly path: string;
  readonly tag: Tag;
  readonly kind: TagEventKind;
  readonly digest_before: Digest | null;
  readonly digest_after: Digest | null;
  readonly at: Date;
  readonly actor_name: string;
}

export async function listActivity(
  database: Database,
  scope: ReadScope,
  page: PageRequest,
): Promise<Page<ActivityEntry>> {
  const before = /^\d{1,18}$/.test(page.after ?? "") ? page.after : null;
  const rows = await database.query<EventRow>({
    text: `SELECT e.id, o.name AS organization, r.path, e.tag, e.kind, e.digest_before, e.digest_after, e.at,
        e.actor_name
      FROM tag_event e JOIN repository r ON r.id = e.repository_id JOIN organization o ON o.id = r.organization_id
      WHERE ${isReadable(1)} AND ($5::bigint IS NULL OR e.id < $5::bigint)
      ORDER BY e.id DESC LIMIT $6`,
    values: [...readScopeValues(scope), before, page.limit + 1],
  });
  const shown = rows.slice(0, page.limit);
  return {
    entries: shown.map((row) => ({
      repository: joinRepositoryName(row.organization, row.path),
      tag: row.tag,
      kind: row.kind,
      digestBefore: row.digest_before ?? undefined,
      digestAfter: row.digest_after ?? undefined,
      at: row.at,
      by: row.actor_name,
    })),
    next: rows.length > page.limit ? String(shown.at(-1)?.id) : undefined,
  };
}
