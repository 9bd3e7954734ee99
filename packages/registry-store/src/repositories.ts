import {
  batchedLookup,
  conflictOf,
  type Database,
  organizationNamed,
  repositoryAt,
  type Statements,
  type Transaction,
} from "@layerport/database";
import {
  type Actor,
  type AuditEvent,
  joinRepositoryName,
  type KnownRepository,
  type OrganizationName,
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
  /** The present name of what was asked for, then its former ones. */
  readonly names: KnownRepository["names"];
}

/** Who pushes where. */
export interface Pusher {
  readonly repository: RepositoryName;
  readonly actor: Actor;
  /** As it was looked up before the push was taken in. */
  readonly place: RepositoryPlace;
}

interface PlaceRow extends NameColumns {
  readonly position: number;
  readonly organizationId: string;
  readonly repositoryId: string | null;
  readonly visibility: Visibility | null;
}

interface NameColumns {
  readonly organization: string;
  readonly path: string;
  readonly formerOrganizations: readonly string[] | null;
  readonly formerPaths: readonly string[] | null;
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
          repository.id AS "repositoryId", repository.visibility, organization.name AS organization,
          coalesce(repository.path, wanted.path) AS path, ${formerNames}
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (organization, path, position)
        CROSS JOIN LATERAL ${organizationNamed("wanted.organization")} AS organization
        LEFT JOIN LATERAL ${repositoryAt("organization.id", "wanted.path")} AS repository ON true`,
      toValues: nameValues,
      toAnswer: (row) => ({
        organizationId: row.organizationId,
        repositoryId: row.repositoryId ?? undefined,
        visibility: row.visibility ?? undefined,
        names: toNames(row),
      }),
    });
  }

  /** Also by a former name. */
  async find(name: RepositoryName): Promise<KnownRepository | undefined> {
    const place = await this.#lookUp(name);
    return place?.visibility && { visibility: place.visibility, names: place.names };
  }

  /** By name. */
  async listOf(organization: OrganizationName): Promise<readonly KnownRepository[]> {
    const rows = await this.#database.query<NameColumns & { readonly visibility: Visibility }>({
      name: "repositories-known",
      text: `SELECT repository.visibility, organization.name AS organization, repository.path, ${formerNames}
        FROM ${organizationNamed("$1::text")} AS organization
        JOIN repository ON repository.organization_id = organization.id ORDER BY repository.path`,
      values: [organization],
    });
    return rows.map((row) => ({ visibility: row.visibility, names: toNames(row) }));
  }

  /** Where a push to this name goes. @throws NAME_UNKNOWN when there is no such organization; DENIED for a name that is
   * a former one, which goes on pulling and nothing else */
  async placeOf(name: RepositoryName): Promise<RepositoryPlace> {
    const place = await this.#lookUp(name);
    if (place === undefined) {
      const { organization } = splitRepositoryName(name);
      const message = `there is no organization ${organization}; create it in the portal first`;
      throw new RegistryError("NAME_UNKNOWN", { name }, { message });
    }
    const [present] = place.names;
    if (present !== name) {
      throw new RegistryError(
        "DENIED",
        { name, present },
        { message: `${name} is called ${present} now; use that name` },
      );
    }
    return place;
  }

  /** @throws NAME_UNKNOWN, DENIED for a former name */
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

  /**
   * Gives the repository another path in its organization. Its names up to now go on pulling, and no other repository
   * can be made under them.
   * @throws NAME_UNKNOWN; DENIED for a name in another organization, with status 409 for one that is taken
   */
  async rename(name: RepositoryName, to: RepositoryName, actor: Actor): Promise<void> {
    const { organization, path } = splitRepositoryName(name);
    const target = splitRepositoryName(to);
    if (target.organization !== organization) {
      const message = "a repository stays in its organization when it is renamed";
      throw new RegistryError("DENIED", { name: to }, { message });
    }
    const { repositoryId, organizationId } = await this.placeOf(name);
    if (repositoryId === undefined) throw new RegistryError("NAME_UNKNOWN", { name });
    if (target.path === path) return;
    await this.#database.transaction(async (transaction) => {
      const place = [organizationId, target.path, repositoryId];
      // Renames that meet at a name wait here for each other.
      await transaction.query({
        text: "SELECT pg_advisory_xact_lock(hashtextextended('repository ' || $1::text, 0))::text AS locked",
        values: [organizationId],
      });
      await transaction.query({
        text: `DELETE FROM repository_alias
          WHERE organization_id = $1::uuid AND path = $2::text AND repository_id = $3::uuid`,
        values: place,
      });
      const taken = await transaction.query({
        text: "SELECT 1 AS one FROM repository_alias WHERE organization_id = $1::uuid AND path = $2::text",
        values: place.slice(0, 2),
      });
      if (taken.length > 0) throw nameTaken(to);
      const [renamed] = await renameRow(transaction, { organizationId, repositoryId, path, to });
      if (renamed === undefined) throw new RegistryError("NAME_UNKNOWN", { name });
      await this.#record(transaction, {
        action: "repository.renamed",
        actor,
        target: to,
        organization,
        repository: to,
        before: { name },
        after: { name: to },
      });
    });
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
export type RepositoryChange<Answer> = (sql: Statements, repositoryId: string) => Promise<Answer>;

/**
 * Joins the repository of each name in `wanted`, whose columns `organization` and `path` hold it, present or former.
 * Here, and wherever a look-up goes on from it, LIMIT 1 keeps the planner from joining tables in another order than by
 * their keys.
 */
export const wantedRepository = `CROSS JOIN LATERAL ${organizationNamed("wanted.organization")} AS organization
  CROSS JOIN LATERAL ${repositoryAt("organization.id", "wanted.path")} AS repository`;

// Most installations have never renamed a thing. There the question is asked once for all names of a statement, and not
// for each.
const formerNames = `CASE WHEN (SELECT true FROM organization_alias LIMIT 1) THEN ARRAY(
      SELECT alias.name FROM organization_alias alias WHERE alias.organization_id = organization.id)
    END AS "formerOrganizations",
    CASE WHEN (SELECT true FROM repository_alias LIMIT 1) THEN ARRAY(
      SELECT alias.path FROM repository_alias alias WHERE alias.repository_id = repository.id)
    END AS "formerPaths"`;

function toNames(row: NameColumns): KnownRepository["names"] {
  const { organization, path } = row;
  const [owners, places] = [row.formerOrganizations ?? [], row.formerPaths ?? []];
  const present = joinRepositoryName(organization, path);
  if (owners.length === 0 && places.length === 0) return [present];
  const all = [organization, ...owners].flatMap((owner) =>
    [path, ...places].map((place) => joinRepositoryName(owner, place)),
  );
  return [present, ...all.slice(1)];
}

function nameTaken(name: RepositoryName, cause?: unknown): RegistryError {
  return new RegistryError("DENIED", { name }, { status: 409, message: `the name ${name} is taken`, cause });
}

async function renameRow(
  transaction: Transaction,
  repository: {
    readonly organizationId: string;
    readonly repositoryId: string;
    readonly path: string;
    readonly to: RepositoryName;
  },
): Promise<readonly { readonly id: string }[]> {
  const { organizationId, repositoryId, path, to } = repository;
  try {
    return await transaction.query<{ id: string }>({
      text: `WITH renamed AS (
          UPDATE repository SET path = $4::text WHERE id = $1::uuid AND path = $3::text RETURNING id
        ) INSERT INTO repository_alias (organization_id, path, repository_id)
          SELECT $2::uuid, $3::text, id FROM renamed RETURNING repository_id AS id`,
      values: [repositoryId, organizationId, path, splitRepositoryName(to).path],
    });
  } catch (error) {
    if (conflictOf(error) === "duplicate") throw nameTaken(to, error);
    throw error;
  }
}

/** The names as two arrays: organizations and paths. */
export function nameValues(names: readonly RepositoryName[]): readonly [readonly string[], readonly string[]] {
  const parts = names.map(splitRepositoryName);
  return [parts.map(({ organization }) => organization), parts.map(({ path }) => path)];
}
