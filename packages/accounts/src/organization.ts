import type { Database, Transaction } from "@layerport/database";
import { type Role, roles } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Accounts, OrganizationSummary, Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { actorOf } from "./identity.ts";
import { parseAccountName, parseDisplayName } from "./name.ts";
import { insertAlone } from "./user.ts";

/** Organizations and who belongs to them. */
export type Organizations = Pick<
  Accounts,
  "createOrganization" | "listOrganizations" | "describeOrganization" | "addMember" | "removeMember"
>;

/** Organizations over one database. */
export function openOrganizations(database: Database): Organizations {
  return {
    async createOrganization(viewer, organization, origin) {
      const name = parseAccountName(organization.name);
      const displayName = parseDisplayName(organization.displayName);
      return database.transaction(async (transaction) => {
        const [made] = await insertAlone(
          transaction.query<{ id: string }>({
            text: `WITH made AS (
                INSERT INTO organization (name, kind, display_name) VALUES ($1::text, 'shared', $2::text) RETURNING id
              ) INSERT INTO membership (organization_id, user_id, role) SELECT id, $3::uuid, 'owner' FROM made
              RETURNING organization_id AS id`,
            values: [name, displayName ?? null, viewer.id],
          }),
        );
        if (made === undefined) throw new Error("an organization was not made");
        await record(transaction, {
          action: "organization.created",
          actor: actorOf(viewer.identity, origin),
          target: name,
          organization: name,
          after: { kind: "shared", owner: viewer.name },
        });
        return { id: made.id, name, kind: "shared", displayName, role: "owner" };
      });
    },

    async listOrganizations(viewer) {
      const rows = await database.query<OrganizationRow>({
        text: `${visibleOrganizations} ORDER BY organization.name`,
        values: [viewer.id, seesEverything(viewer)],
      });
      return rows.map(toSummary);
    },

    async describeOrganization(viewer, name) {
      const [row] = await database.query<OrganizationRow>({
        text: `${visibleOrganizations} AND organization.name = $3::text`,
        values: [viewer.id, seesEverything(viewer), name.replaceAll("\0", "")],
      });
      if (row === undefined) throw new AccountError("ORGANIZATION_UNKNOWN");
      const members = await database.query<{ name: string; displayName: string | null; role: Role }>({
        text: `SELECT person.name, person.display_name AS "displayName", membership.role::text AS role
          FROM membership JOIN "user" person ON person.id = membership.user_id
          WHERE membership.organization_id = $1::uuid ORDER BY person.name`,
        values: [row.id],
      });
      return {
        ...toSummary(row),
        description: row.description ?? undefined,
        createdAt: row.createdAt,
        members: members.map((member) => ({ ...member, displayName: member.displayName ?? undefined })),
      };
    },

    async addMember(viewer, { organization, user, role }, origin) {
      if (!roles.includes(role)) throw new AccountError("NOT_ALLOWED");
      await changeMember(viewer, { organization, user }, async (transaction, { organizationId, userId, before }) => {
        if (before === role) return;
        if (before === "owner") await requireOtherOwner(transaction, organizationId, userId);
        await transaction.query({
          text: `INSERT INTO membership (organization_id, user_id, role)
            VALUES ($1::uuid, $2::uuid, $3::text::role)
            ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role`,
          values: [organizationId, userId, role],
        });
        await record(transaction, {
          action: before === undefined ? "member.added" : "member.changed",
          actor: actorOf(viewer.identity, origin),
          target: user,
          organization,
          before: before === undefined ? null : { role: before },
          after: { role },
        });
      });
    },

    async removeMember(viewer, { organization, user }, origin) {
      await changeMember(viewer, { organization, user }, async (transaction, { organizationId, userId, before }) => {
        if (before === undefined) throw new AccountError("USER_UNKNOWN");
        if (before === "owner") await requireOtherOwner(transaction, organizationId, userId);
        await transaction.query({
          text: "DELETE FROM membership WHERE organization_id = $1::uuid AND user_id = $2::uuid",
          values: [organizationId, userId],
        });
        await record(transaction, {
          action: "member.removed",
          actor: actorOf(viewer.identity, origin),
          target: user,
          organization,
          before: { role: before },
        });
      });
    },
  };

  /** Finds both under the lock of the organization, so that two owners cannot remove each other at once. */
  async function changeMember(
    viewer: Viewer,
    names: { readonly organization: string; readonly user: string },
    change: (transaction: Transaction, found: Membership) => Promise<void>,
  ): Promise<void> {
    await database.transaction(async (transaction) => {
      const [organization] = await transaction.query<{ id: string; kind: string; role: Role | null }>({
        text: `SELECT id, kind::text AS kind, (SELECT role::text FROM membership
            WHERE organization_id = organization.id AND user_id = $2::uuid) AS role
          FROM organization WHERE name = $1::text FOR UPDATE`,
        values: [names.organization.replaceAll("\0", ""), viewer.id],
      });
      if (organization === undefined || (organization.role === null && !seesEverything(viewer))) {
        throw new AccountError("ORGANIZATION_UNKNOWN");
      }
      // A personal organization is one person's, whoever asks.
      const isOwner = organization.role === "owner" || viewer.isAdministrator;
      if (!isOwner || organization.kind === "personal") throw new AccountError("NOT_ALLOWED");
      const [user] = await transaction.query<{ id: string; role: Role | null }>({
        text: `SELECT id, (SELECT role::text FROM membership
            WHERE organization_id = $2::uuid AND user_id = person.id) AS role
          FROM "user" person WHERE name = $1::text`,
        values: [names.user.replaceAll("\0", ""), organization.id],
      });
      if (user === undefined) throw new AccountError("USER_UNKNOWN");
      await change(transaction, {
        organizationId: organization.id,
        userId: user.id,
        before: user.role ?? undefined,
      });
    });
  }
}

interface Membership {
  readonly organizationId: string;
  readonly userId: string;
  readonly before: Role | undefined;
}

interface OrganizationRow {
  readonly id: string;
  readonly name: string;
  readonly kind: "personal" | "shared";
  readonly displayName: string | null;
  readonly description: string | null;
  readonly createdAt: Date;
  readonly role: Role | null;
}

const visibleOrganizations = `SELECT organization.id, organization.name, organization.kind::text AS kind,
    organization.display_name AS "displayName", organization.description, organization.created_at AS "createdAt",
    membership.role::text AS role
  FROM organization
  LEFT JOIN membership ON membership.organization_id = organization.id AND membership.user_id = $1::uuid
  WHERE (membership.user_id IS NOT NULL OR $2::boolean)`;

function seesEverything(viewer: Viewer): boolean {
  return viewer.isAdministrator || viewer.isAuditor;
}

function toSummary(row: OrganizationRow): OrganizationSummary {
  const { id, name, kind, displayName, role } = row;
  return { id, name, kind, displayName: displayName ?? undefined, role: role ?? undefined };
}

/** @throws LAST_OWNER */
async function requireOtherOwner(transaction: Transaction, organizationId: string, userId: string): Promise<void> {
  const others = await transaction.query({
    text: `SELECT 1 AS one FROM membership
      WHERE organization_id = $1::uuid AND role = 'owner' AND user_id <> $2::uuid LIMIT 1`,
    values: [organizationId, userId],
  });
  if (others.length === 0) throw new AccountError("LAST_OWNER");
}
