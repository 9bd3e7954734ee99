import type { Database, Transaction } from "@layerport/database";
import { type Role, roles } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { actorOf } from "./identity.ts";
import type { Member, Members, NewMember } from "./member.ts";
import {
  includesRole,
  lockOrganization,
  type OrganizationAccess,
  type OrganizationOperation,
  requireOperation,
  seesEverything,
  toText,
} from "./operations.ts";
import { searchPattern } from "./search.ts";

/** Members over one database. */
export function openMembers(database: Database): Members {
  /** Finds both under the lock of the organization, so that two owners cannot remove each other at once. */
  const changeMember = async (
    viewer: Viewer,
    names: Pick<NewMember, "organization" | "user"> & { readonly operation: OrganizationOperation },
    change: (transaction: Transaction, found: Found) => Promise<void>,
  ): Promise<void> => {
    await database.transaction(async (transaction) => {
      const organization = await lockOrganization(transaction, viewer, {
        organization: names.organization,
        operation: names.operation,
      });
      // A personal organization is one person's, whoever asks.
      if (organization.kind === "personal") throw new AccountError("NOT_ALLOWED");
      const [user] = await transaction.query<{ id: string; name: string; isMember: boolean; role: Role | null }>({
        text: `SELECT person.id, person.name, membership.user_id IS NOT NULL AS "isMember",
            membership.role::text AS role
          FROM "user" person LEFT JOIN membership
            ON membership.organization_id = $2::uuid AND membership.user_id = person.id
          WHERE person.name = $1::text`,
        values: [toText(names.user), organization.id],
      });
      if (user === undefined) throw new AccountError("USER_UNKNOWN");
      await change(transaction, { organization, userId: user.id, isMember: user.isMember, before: user.role });
    });
  };

  return {
    async listMembers(viewer, organization, { search, limit, after }) {
      const found = await requireOperation(database, viewer, { organization, operation: "read" });
      const seesActivity = includesRole(found.role, "owner") || seesEverything(viewer);
      const filter = `membership.organization_id = $1::uuid
        AND ($2::text IS NULL OR person.name LIKE $2 OR person.display_name ILIKE $2)`;
      const values = [found.id, searchPattern(search)];
      const [rows, counted] = await Promise.all([
        database.query<MemberRow>({
          name: "members-list",
          text: `SELECT person.name, person.display_name AS "displayName", membership.role::text AS role,
              greatest(membership.role, organization.default_role)::text AS "effectiveRole",
              person.suspended_at IS NOT NULL AS "isSuspended", membership.created_at AS "joinedAt",
              person.last_active_at AS "lastActiveAt",
              ARRAY(SELECT team.name FROM team_membership JOIN team ON team.id = team_membership.team_id
                WHERE team_membership.user_id = person.id AND team_membership.organization_id = organization.id
                ORDER BY team.name) AS teams
            FROM "user" person
            JOIN membership ON membership.user_id = person.id
            JOIN organization ON organization.id = membership.organization_id
            WHERE ${filter} AND ($3::text IS NULL OR person.name > $3) ORDER BY person.name LIMIT $4::int`,
          values: [...values, after === undefined ? null : toText(after), limit + 1],
        }),
        database.query<{ total: number }>({
          name: "members-count",
          text: `SELECT count(*) AS total FROM membership JOIN "user" person ON person.id = membership.user_id
            WHERE ${filter}`,
          values,
        }),
      ]);
      const shown = rows.slice(0, limit);
      return {
        entries: shown.map((row) => toMember(row, seesActivity)),
        next: rows.length > limit ? shown.at(-1)?.name : undefined,
        total: counted[0]?.total ?? 0,
      };
    },

    async addMember(viewer, { organization: name, user, role }, origin) {
      if (role !== undefined && !roles.includes(role)) throw new AccountError("NOT_ALLOWED");
      const wanted = { organization: name, user, operation: "change-members" } as const;
      await changeMember(viewer, wanted, async (transaction, found) => {
        const { organization, userId, isMember, before } = found;
        if (isMember && before === (role ?? null)) return;
        requireNotAbove(viewer, organization, role);
        if (before === "owner") await requireOtherOwner(transaction, organization.id, userId);
        await transaction.query({
          text: `INSERT INTO membership (organization_id, user_id, role)
            VALUES ($1::uuid, $2::uuid, $3::text::role)
            ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role`,
          values: [organization.id, userId, role ?? null],
        });
        await record(transaction, {
          action: isMember ? "member.changed" : "member.added",
          actor: actorOf(viewer.identity, origin),
          target: user,
          organization: organization.name,
          before: isMember ? { role: before ?? "default" } : null,
          after: { role: role ?? "default" },
        });
      });
    },

    async removeMember(viewer, { organization: name, user }, origin) {
      const operation = user === viewer.name ? "read" : "change-members";
      await changeMember(viewer, { organization: name, user, operation }, async (transaction, found) => {
        const { organization, userId, isMember, before } = found;
        if (!isMember) throw new AccountError("USER_UNKNOWN");
        if (before === "owner") await requireOtherOwner(transaction, organization.id, userId);
        const [ended] = await transaction.query<{ teams: readonly string[]; grants: number }>({
          text: `SELECT ARRAY(SELECT team.name FROM team_membership JOIN team ON team.id = team_membership.team_id
                WHERE team_membership.organization_id = $1::uuid AND team_membership.user_id = $2::uuid
                ORDER BY team.name) AS teams,
              (SELECT count(*) FROM access_grant
                WHERE organization_id = $1::uuid AND user_id = $2::uuid) AS grants`,
          values: [organization.id, userId],
        });
        await transaction.query({
          text: "DELETE FROM membership WHERE organization_id = $1::uuid AND user_id = $2::uuid",
          values: [organization.id, userId],
        });
        await record(transaction, {
          action: "member.removed",
          actor: actorOf(viewer.identity, origin),
          target: user,
          organization: organization.name,
          before: { role: before ?? "default", teams: ended?.teams ?? [], grants: ended?.grants ?? 0 },
        });
      });
    },
  };
}

interface Found {
  readonly organization: OrganizationAccess;
  readonly userId: string;
  readonly isMember: boolean;
  readonly before: Role | null;
}

interface MemberRow {
  readonly name: string;
  readonly displayName: string | null;
  readonly role: Role | null;
  readonly effectiveRole: Role | null;
  readonly teams: readonly string[];
  readonly isSuspended: boolean;
  readonly joinedAt: Date;
  readonly lastActiveAt: Date | null;
}

function toMember(row: MemberRow, seesActivity: boolean): Member {
  return {
    ...row,
    displayName: row.displayName ?? undefined,
    role: row.role ?? undefined,
    effectiveRole: row.effectiveRole ?? undefined,
    lastActiveAt: seesActivity ? (row.lastActiveAt ?? undefined) : undefined,
  };
}

/** Nobody gives a role above their own, themselves included. @throws NOT_ALLOWED */
export function requireNotAbove(viewer: Viewer, organization: OrganizationAccess, role: Role | undefined): void {
  if (role === undefined || viewer.isAdministrator) return;
  if (!includesRole(organization.role, role)) throw new AccountError("NOT_ALLOWED");
}

/** @throws LAST_OWNER */
export async function requireOtherOwner(
  transaction: Transaction,
  organizationId: string,
  userId: string,
): Promise<void> {
  const others = await transaction.query({
    text: `SELECT 1 AS one FROM membership
      WHERE organization_id = $1::uuid AND role = 'owner' AND user_id <> $2::uuid LIMIT 1`,
    values: [organizationId, userId],
  });
  if (others.length === 0) throw new AccountError("LAST_OWNER");
}
