import { conflictOf, type Database, type Transaction } from "@layerport/database";
import {
  libraryOrganization,
  type Permission,
  parseRepositoryName,
  parseRepositoryPattern,
  permissions,
  RegistryError,
  splitRepositoryName,
  withImplied,
} from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { coversPath, wholePattern } from "./decision.ts";
import type { AccessGrant, GrantPrincipal, Grants } from "./grant.ts";
import { actorOf } from "./identity.ts";
import { lockOrganization, type OrganizationAccess, requireOperation, type Sql, toText } from "./operations.ts";
import { isUuid } from "./session.ts";

/** What nobody has used for so long can be taken away without anybody missing it. */
export const unusedDays = 90;

/** Grants over one database. */
export function openGrants(database: Database): Grants {
  return {
    async listGrants(viewer, organization, filter) {
      const found = await requireOperation(database, viewer, { organization, operation: "read" });
      const grants = await readGrants(database, found, { principal: filter?.principal });
      if (filter?.repository === undefined) return grants.map(toGrant);
      const covered = toRepositoryName(filter.repository);
      const isHere = covered !== undefined && splitRepositoryName(covered).organization === found.name;
      return isHere ? grants.filter(({ pathPattern }) => coversPath(pathPattern, covered)).map(toGrant) : [];
    },

    async createGrant(viewer, organization, { principal, pattern, permissions: wanted }, origin) {
      const held = parsePermissions(wanted);
      return database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-grants" });
        const pathPattern = parsePathPattern(pattern, found.name);
        const principalId = await getPrincipalId(transaction, found.id, principal);
        const id = await insertGrant(transaction, {
          organization: found,
          principal,
          principalId,
          pathPattern,
          held,
          viewer,
        });
        await record(transaction, {
          action: "grant.created",
          actor: actorOf(viewer.identity, origin),
          target: describeTarget(principal, wholePattern(found.name, pathPattern)),
          organization: found.name,
          after: { id, permissions: held },
        });
        return toGrant(await getGrant(transaction, found, id));
      });
    },

    async changeGrant(viewer, organization, { id, permissions: wanted }, origin) {
      const held = parsePermissions(wanted);
      return database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-grants" });
        const before = await getGrant(transaction, found, id);
        if (before.permissions.join() === held.join()) return toGrant(before);
        await transaction.query({
          text: "UPDATE access_grant SET permissions = $2::text[] WHERE id = $1::uuid",
          values: [id, held],
        });
        await record(transaction, {
          action: "grant.changed",
          actor: actorOf(viewer.identity, origin),
          target: describeTarget(before.principal, before.pattern),
          organization: found.name,
          before: { id, permissions: before.permissions },
          after: { id, permissions: held },
        });
        return toGrant({ ...before, permissions: held });
      });
    },

    async removeGrant(viewer, organization, id, origin) {
      await database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-grants" });
        const before = await getGrant(transaction, found, id);
        await transaction.query({ text: "DELETE FROM access_grant WHERE id = $1::uuid", values: [id] });
        await record(transaction, {
          action: "grant.removed",
          actor: actorOf(viewer.identity, origin),
          target: describeTarget(before.principal, before.pattern),
          organization: found.name,
          before: { id, permissions: before.permissions },
        });
      });
    },
  };
}

/** A grant with what is stored of its pattern. */
export interface StoredGrant extends AccessGrant {
  readonly pathPattern: string;
  readonly principalId: string;
}

interface GrantRow extends Omit<StoredGrant, "pattern" | "principal" | "lastUsedAt"> {
  readonly kind: GrantPrincipal["kind"];
  readonly principalName: string;
  readonly lastUsedAt: Date | null;
}

/** Which grants are read; all of the organization's where nothing is given. */
export interface GrantSelection {
  readonly id?: string | undefined;
  readonly principal?: GrantPrincipal | undefined;
  readonly principalIds?: readonly string[] | undefined;
}

/** The grants of an organization, by pattern and then by principal. */
export async function readGrants(
  sql: Sql,
  organization: { readonly id: string; readonly name: string },
  { id, principal, principalIds }: GrantSelection,
): Promise<readonly StoredGrant[]> {
  const rows = await sql.query<GrantRow>({
    name: "grants-list",
    text: `SELECT access_grant.id, access_grant.path_pattern AS "pathPattern", access_grant.permissions,
        access_grant.created_at AS "createdAt", access_grant.created_by AS "createdBy",
        access_grant.last_used_at AS "lastUsedAt",
        coalesce(access_grant.last_used_at, access_grant.created_at) < now() - interval '${unusedDays} days' AS "isUnused",
        coalesce(access_grant.user_id, access_grant.team_id, access_grant.robot_id) AS "principalId",
        CASE WHEN access_grant.user_id IS NOT NULL THEN 'user' WHEN access_grant.team_id IS NOT NULL THEN 'team'
          ELSE 'robot' END AS kind,
        coalesce(person.name, team.name COLLATE "default", robot.name COLLATE "default") AS "principalName"
      FROM access_grant
      LEFT JOIN "user" person ON person.id = access_grant.user_id
      LEFT JOIN team ON team.id = access_grant.team_id
      LEFT JOIN robot_account robot ON robot.id = access_grant.robot_id
      WHERE access_grant.organization_id = $1::uuid AND ($2::uuid IS NULL OR access_grant.id = $2)
        AND ($3::text IS NULL OR ($3 = 'user' AND person.name = $4::text) OR ($3 = 'team' AND team.name = $4::text)
          OR ($3 = 'robot' AND robot.name = $4::text))
        AND ($5::uuid[] IS NULL
          OR coalesce(access_grant.user_id, access_grant.team_id, access_grant.robot_id) = ANY ($5))
      ORDER BY access_grant.path_pattern, coalesce(person.name, team.name COLLATE "default", robot.name COLLATE "default")`,
    values: [
      organization.id,
      id ?? null,
      principal?.kind ?? null,
      principal === undefined ? null : toText(principal.name),
      principalIds ?? null,
    ],
  });
  return rows.map(({ kind, principalName, ...row }) => ({
    ...row,
    principal: { kind, name: principalName },
    pattern: wholePattern(organization.name, row.pathPattern),
    lastUsedAt: row.lastUsedAt ?? undefined,
  }));
}

/** A grant as pages show it. */
export function toGrant(stored: StoredGrant): AccessGrant {
  const { id, principal, pattern, permissions: held, createdAt, createdBy, lastUsedAt, isUnused } = stored;
  return { id, principal, pattern, permissions: held, createdAt, createdBy, lastUsedAt, isUnused };
}

/** @throws GRANT_UNKNOWN, for another organization's as for none */
export async function getGrant(
  sql: Sql,
  organization: { readonly id: string; readonly name: string },
  id: string,
): Promise<StoredGrant> {
  const [grant] = isUuid(id) ? await readGrants(sql, organization, { id }) : [];
  if (grant === undefined) throw new AccountError("GRANT_UNKNOWN");
  return grant;
}

const principalTables = {
  user: `SELECT person.id FROM membership JOIN "user" person ON person.id = membership.user_id
    WHERE membership.organization_id = $1::uuid AND person.name = $2::text`,
  team: "SELECT id FROM team WHERE organization_id = $1::uuid AND name = $2::text",
  robot: "SELECT id FROM robot_account WHERE organization_id = $1::uuid AND name = $2::text",
} as const satisfies Record<GrantPrincipal["kind"], string>;

/** @throws PRINCIPAL_UNKNOWN for whoever does not belong to the organization */
export async function getPrincipalId(sql: Sql, organizationId: string, principal: GrantPrincipal): Promise<string> {
  const isKind = Object.hasOwn(principalTables, principal.kind);
  const [found] = isKind
    ? await sql.query<{ id: string }>({
        text: principalTables[principal.kind],
        values: [organizationId, toText(principal.name)],
      })
    : [];
  if (found === undefined) throw new AccountError("PRINCIPAL_UNKNOWN");
  return found.id;
}

/** Stores a grant and answers its id. @throws GRANT_EXISTS */
export async function insertGrant(
  transaction: Transaction,
  grant: {
    readonly organization: OrganizationAccess;
    readonly principal: Pick<GrantPrincipal, "kind">;
    readonly principalId: string;
    readonly pathPattern: string;
    readonly held: readonly Permission[];
    readonly viewer: Viewer;
  },
): Promise<string> {
  const { organization, principal, principalId, pathPattern, held, viewer } = grant;
  const idOf = (kind: GrantPrincipal["kind"]) => (principal.kind === kind ? principalId : null);
  try {
    const [made] = await transaction.query<{ id: string }>({
      text: `INSERT INTO access_grant (organization_id, user_id, team_id, robot_id, path_pattern, permissions, created_by)
        VALUES ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::text, $6::text[], $7::text) RETURNING id`,
      values: [organization.id, idOf("user"), idOf("team"), idOf("robot"), pathPattern, held, viewer.name],
    });
    if (made === undefined) throw new Error("a grant was not made");
    return made.id;
  } catch (error) {
    if (conflictOf(error) === "duplicate") throw new AccountError("GRANT_EXISTS", { cause: error });
    throw error;
  }
}

/** The part of a pattern behind the organization's name. @throws GRANT_PATTERN_INVALID for one that could reach further */
export function parsePathPattern(text: string, organization: string): string {
  const pattern = text.trim();
  const isShortOfLibrary = organization === libraryOrganization && !pattern.includes("/") && pattern !== "**";
  const whole = isShortOfLibrary ? `${organization}/${pattern}` : pattern;
  if (!whole.startsWith(`${organization}/`)) throw new AccountError("GRANT_PATTERN_INVALID");
  try {
    return parseRepositoryPattern(whole).slice(organization.length + 1);
  } catch (error) {
    if (RegistryError.is(error)) throw new AccountError("GRANT_PATTERN_INVALID", { cause: error });
    throw error;
  }
}

/** @throws GRANT_PERMISSIONS_INVALID */
export function parsePermissions(wanted: readonly Permission[]): readonly Permission[] {
  if (wanted.length === 0 || wanted.some((permission) => !permissions.includes(permission))) {
    throw new AccountError("GRANT_PERMISSIONS_INVALID");
  }
  return withImplied(wanted);
}

/** How records name whom a grant is for, and where. */
export function describeTarget({ kind, name }: GrantPrincipal, pattern: string): string {
  return `${kind} ${name}: ${pattern}`;
}

function toRepositoryName(text: string) {
  try {
    return parseRepositoryName(text);
  } catch (error) {
    if (RegistryError.is(error)) return undefined;
    throw error;
  }
}
