import { batchedLookup, type Database, type Transaction } from "@layerport/database";
import {
  type Actor,
  type AuditEvent,
  RegistryError,
  type RepositoryName,
  splitRepositoryName,
  type Visibility,
} from "@layerport/registry-core";

/** Writes the audit record of a change into the change's own transaction. */
export type RecordEvent = (transaction: Transaction, event: AuditEvent) => Promise<void>;

/** An organization that exists, and the repository at a path of it where there is one. */
export interface RepositoryPlace {
  readonly organizationId: string;
  readonly repositoryId: string | undefined;
  readonly visibility: Visibility | undefined;
}

/** Who pushes where. */
export interface Pusher {
  readonly repository: RepositoryName;
  readonly actor: Actor;
  /** As it was looked up before the push was taken in. */
  readonly place: RepositoryPlace;
}

interface PlaceRow {
  readonly position: number;
  readonly organizationId: string;
  readonly repositoryId: string | null;
  readonly visibility: Visibility | null;
}

/** Finds repositories by name, and makes them at their first push. */
export class Repositories {
  readonly #database: Database;
  readonly #record: RecordEvent;
  readonly #lookUp: (name: RepositoryName) => Promise<RepositoryPlace | undefined>;

  constructor(database: Database, record: RecordEvent) {
    this.#database = database;
    this.#record = record;
    this.#lookUp = batchedLookup<RepositoryName, PlaceRow, RepositoryPlace>(database, {
      name: "repository-place",
      text: `SELECT wanted.position::int AS position, organization.id AS "organizationId",
          repository.id AS "repositoryId", repository.visibility
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (organization, path, position)
        CROSS JOIN LATERAL (SELECT id FROM organization WHERE name = wanted.organization LIMIT 1) AS organization
        LEFT JOIN LATERAL (
          SELECT id, visibility FROM repository
          WHERE organization_id = organization.id AND path = wanted.path LIMIT 1) AS repository ON true`,
      toValues: nameValues,
      toAnswer: (row) => ({
        organizationId: row.organizationId,
        repositoryId: row.repositoryId ?? undefined,
        visibility: row.visibility ?? undefined,
      }),
    });
  }

  async visibilityOf(name: RepositoryName): Promise<Visibility | undefined> {
    return (await this.#lookUp(name))?.visibility;
  }

  /** Where a push to this name goes. @throws NAME_UNKNOWN when there is no such organization. */
  async placeOf(name: RepositoryName): Promise<RepositoryPlace> {
    const place = await this.#lookUp(name);
    if (place === undefined) {
      const { organization } = splitRepositoryName(name);
      const message = `there is no organization ${organization}; create it in the portal first`;
      throw new RegistryError("NAME_UNKNOWN", { name }, { message });
    }
    return place;
  }

  /** @throws NAME_UNKNOWN */
  async idOf(name: RepositoryName): Promise<string> {
    const { repositoryId } = await this.placeOf(name);
    if (repositoryId === undefined) throw new RegistryError("NAME_UNKNOWN", { name });
    return repositoryId;
  }

  /**
   * Runs a change of a repository: one statement on its own where the repository exists, else together with the
   * repository's creation, so that a change that fails leaves none behind.
   */
  async change<Answer>(by: Pusher, work: RepositoryChange<Answer>): Promise<Answer> {
    if (by.place.repositoryId !== undefined) return work(this.#database, by.place.repositoryId);
    return this.#database.transaction(async (transaction) => {
      const { repositoryId, events } = await this.ensure(transaction, by);
      const answer = await work(transaction, repositoryId);
      await this.recordAll(transaction, events);
      return answer;
    });
  }

  /** The id of the repository, made now when it is missing, and what must then be recorded last. */
  async ensure(
    transaction: Transaction,
    { repository: name, place, actor }: Pusher,
  ): Promise<{ readonly repositoryId: string; readonly events: readonly AuditEvent[] }> {
    if (place.repositoryId !== undefined) return { repositoryId: place.repositoryId, events: [] };
    const { organization, path } = splitRepositoryName(name);
    // Waits for another first push that is under way; then that one's repository is found below.
    const [made] = await transaction.query<{ id: string }>({
      name: "repository-create",
      text: `INSERT INTO repository (organization_id, path, created_by) VALUES ($1::uuid, $2, $3)
        ON CONFLICT (organization_id, path) DO NOTHING RETURNING id`,
      values: [place.organizationId, path, actor.name],
    });
    if (made !== undefined) {
      const after = { visibility: "private" };
      const created = { action: "repository.created", actor, target: name, organization, repository: name, after };
      return { repositoryId: made.id, events: [created] };
    }
    const [found] = await transaction.query<{ id: string }>({
      name: "repository-created",
      text: "SELECT id FROM repository WHERE organization_id = $1::uuid AND path = $2",
      values: [place.organizationId, path],
    });
    if (found === undefined) throw new RegistryError("NAME_UNKNOWN", { name });
    return { repositoryId: found.id, events: [] };
  }

  /** Records events; the last thing before COMMIT, because it locks the head of the audit log. */
  async recordAll(transaction: Transaction, events: readonly AuditEvent[]): Promise<void> {
    for (const event of events) await this.#record(transaction, event);
  }

  /** @throws NAME_UNKNOWN */
  async setVisibility(name: RepositoryName, visibility: Visibility, actor: Actor): Promise<void> {
    const repositoryId = await this.idOf(name);
    await this.#database.transaction(async (transaction) => {
      const [changed] = await transaction.query<{ before: Visibility }>({
        text: `WITH before AS (SELECT id, visibility FROM repository WHERE id = $1::uuid FOR UPDATE)
          UPDATE repository SET visibility = $2::visibility FROM before
          WHERE repository.id = before.id AND before.visibility <> $2::visibility
          RETURNING before.visibility AS before`,
        values: [repositoryId, visibility],
      });
      if (changed === undefined) return;
      const { organization } = splitRepositoryName(name);
      const action = "repository.visibility-changed";
      const before = { visibility: changed.before };
      const after = { visibility };
      await this.#record(transaction, { action, actor, target: name, organization, repository: name, before, after });
    });
  }
}

/** What is done in a repository; `sql` is a transaction or runs each statement on its own. */
export type RepositoryChange<Answer> = (sql: Transaction, repositoryId: string) => Promise<Answer>;

/**
 * Joins the repository of each name in `wanted`, whose columns `organization` and `path` hold it. Here, and wherever a
 * look-up goes on from it, LIMIT 1 keeps the planner from joining tables in another order than by their keys.
 */
export const wantedRepository = `CROSS JOIN LATERAL (
    SELECT id FROM repository
    WHERE organization_id = (SELECT id FROM organization WHERE name = wanted.organization) AND path = wanted.path
    LIMIT 1) AS repository`;

/** The names as two arrays: organizations and paths. */
export function nameValues(names: readonly RepositoryName[]): readonly [readonly string[], readonly string[]] {
  const parts = names.map(splitRepositoryName);
  return [parts.map(({ organization }) => organization), parts.map(({ path }) => path)];
}
