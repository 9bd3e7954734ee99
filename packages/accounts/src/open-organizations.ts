import { type Database, organizationNamed, type Transaction } from "@layerport/database";
import { type Role, roles } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { claimName, leaveName, lockNames } from "./claim-name.ts";
import { actorOf } from "./identity.ts";
import { parseAccountName, parseDescription, parseDisplayName } from "./name.ts";
import { lockOrganization, mayOperate, requireNotLibrary, seesEverything, toText } from "./operations.ts";
import type {
  OrganizationChanges,
  OrganizationDescription,
  OrganizationSummary,
  Organizations,
} from "./organization.ts";
import { insertAlone } from "./user.ts";

/** For how long nobody can take the name of a deleted organization. */
const reservedDays = 90;

/** Organizations over one database. */
export function openOrganizations(database: Database): Organizations {
  const describe = async (viewer: Viewer, name: string): Promise<OrganizationDescription> => {
    const [row] = await database.query<DescriptionRow>({
      text: `${organizationColumns}, organization.description, organization.created_at AS "createdAt",
          organization.default_role::text AS "defaultRole",
          (SELECT count(*) FROM membership WHERE organization_id = organization.id) AS "memberCount",
          ARRAY(SELECT person.name FROM membership owning JOIN "user" person ON person.id = owning.user_id
            WHERE owning.organization_id = organization.id AND owning.role = 'owner' AND person.suspended_at IS NULL
            ORDER BY person.name LIMIT 10) AS owners,
          ARRAY(SELECT alias.name FROM organization_alias alias
            WHERE alias.organization_id = organization.id ORDER BY alias.created_at DESC) AS "formerNames"
        FROM ${organizationNamed("$3::text")} AS organization ${ownMembership} WHERE ${isVisible}`,
      values: [viewer.id, seesEverything(viewer), toText(name)],
    });
    if (row === undefined) throw new AccountError("ORGANIZATION_UNKNOWN");
    const { description, createdAt, defaultRole, memberCount, owners, formerNames } = row;
    return {
      ...toSummary(row),
      description: description ?? undefined,
      createdAt,
      defaultRole: defaultRole ?? undefined,
      memberCount,
      owners,
      formerNames,
    };
  };

  return {
    async createOrganization(viewer, organization, origin) {
      const name = parseAccountName(organization.name);
      const displayName = parseDisplayName(organization.displayName);
      return database.transaction(async (transaction) => {
        await claimName(transaction, name);
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
        return { id: made.id, name, kind: "shared", displayName, isMember: true, role: "owner" };
      });
    },

    async listOrganizations(viewer) {
      const rows = await database.query<SummaryRow>({
        text: `${organizationColumns} FROM organization ${ownMembership} WHERE ${isVisible} ORDER BY organization.name`,
        values: [viewer.id, seesEverything(viewer)],
      });
      return rows.map(toSummary);
    },

    describeOrganization: describe,

    mayInOrganization: (viewer, organization, operation) => mayOperate(database, viewer, { organization, operation }),

    async changeOrganization(viewer, organization, changes, origin) {
      const parsed = parseChanges(changes);
      const name = await database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-organization" });
        const [before] = await transaction.query<ChangeableRow>({
          text: `SELECT display_name AS "displayName", description, default_role::text AS "defaultRole"
            FROM organization WHERE id = $1::uuid`,
          values: [found.id],
        });
        if (before === undefined) throw new AccountError("ORGANIZATION_UNKNOWN");
        const after = { ...before, ...parsed };
        if (Object.entries(after).every(([key, value]) => Reflect.get(before, key) === value)) return found.name;
        await transaction.query({
          text: `UPDATE organization SET display_name = $2::text, description = $3::text, default_role = $4::text::role
            WHERE id = $1::uuid`,
          values: [found.id, after.displayName, after.description, after.defaultRole],
        });
        await record(transaction, {
          action: "organization.changed",
          actor: actorOf(viewer.identity, origin),
          target: found.name,
          organization: found.name,
          before: { ...before },
          after,
        });
        return found.name;
      });
      return describe(viewer, name);
    },

    async renameOrganization(viewer, organization, to, origin) {
      const name = parseAccountName(to);
      await database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-organization" });
        requireNotLibrary(found);
        if (found.kind === "personal") throw new AccountError("NOT_ALLOWED");
        if (found.name === name) return;
        await moveName(transaction, { id: found.id, from: found.name, to: name });
        await record(transaction, {
          action: "organization.renamed",
          actor: actorOf(viewer.identity, origin),
          target: name,
          organization: name,
          before: { name: found.name },
          after: { name },
        });
      });
      return describe(viewer, name);
    },

    async deleteOrganization(viewer, organization, origin) {
      await database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-organization" });
        requireNotLibrary(found);
        if (found.kind === "personal") throw new AccountError("NOT_ALLOWED");
        await lockNames(transaction, [found.name]);
        const repositories = await transaction.query({
          text: "SELECT 1 AS one FROM repository WHERE organization_id = $1::uuid LIMIT 1",
          values: [found.id],
        });
        if (repositories.length > 0) throw new AccountError("ORGANIZATION_NOT_EMPTY");
        await transaction.query({
          text: `WITH former AS (
              UPDATE organization_alias SET reserved_until = now() + interval '${reservedDays} days'
              WHERE organization_id = $1::uuid)
            INSERT INTO organization_alias (name, reserved_until)
            VALUES ($2::text, now() + interval '${reservedDays} days')`,
          values: [found.id, found.name],
        });
        await transaction.query({ text: "DELETE FROM organization WHERE id = $1::uuid", values: [found.id] });
        await record(transaction, {
          action: "organization.deleted",
          actor: actorOf(viewer.identity, origin),
          target: found.name,
          organization: found.name,
        });
      });
    },
  };
}

/** Gives an organization another name and keeps the one before for pulls. @throws NAME_TAKEN */
export async function moveName(
  transaction: Transaction,
  name: { readonly id: string; readonly from: string; readonly to: string },
): Promise<void> {
  await lockNames(transaction, [name.from, name.to]);
  await claimName(transaction, name.to, name.id);
  await insertAlone(
    transaction.query({
      text: "UPDATE organization SET name = $2::text WHERE id = $1::uuid",
      values: [name.id, name.to],
    }),
  );
  await leaveName(transaction, name.from, name.id);
}

const organizationColumns = `SELECT organization.id, organization.name, organization.kind::text AS kind,
  organization.display_name AS "displayName", membership.user_id IS NOT NULL AS "isMember",
  CASE WHEN membership.user_id IS NOT NULL
    THEN greatest(membership.role, organization.default_role)::text END AS role`;

const ownMembership =
  "LEFT JOIN membership ON membership.organization_id = organization.id AND membership.user_id = $1::uuid";

const isVisible = "(membership.user_id IS NOT NULL OR $2::boolean)";

interface SummaryRow {
  readonly id: string;
  readonly name: string;
  readonly kind: "personal" | "shared";
  readonly displayName: string | null;
  readonly isMember: boolean;
  readonly role: Role | null;
}

interface ChangeableRow {
  readonly displayName: string | null;
  readonly description: string | null;
  readonly defaultRole: Role | null;
}

interface DescriptionRow extends SummaryRow, ChangeableRow {
  readonly createdAt: Date;
  readonly memberCount: number;
  readonly owners: readonly string[];
  readonly formerNames: readonly string[];
}

function toSummary(row: SummaryRow): OrganizationSummary {
  const { id, name, kind, displayName, isMember, role } = row;
  return { id, name, kind, displayName: displayName ?? undefined, isMember, role: role ?? undefined };
}

/** @throws DISPLAY_NAME_INVALID, DESCRIPTION_INVALID, NOT_ALLOWED for what is no default role */
function parseChanges({ displayName, description, defaultRole }: OrganizationChanges): Partial<ChangeableRow> {
  return {
    ...(displayName !== undefined && { displayName: parseDisplayName(displayName) ?? null }),
    ...(description !== undefined && { description: parseDescription(description) ?? null }),
    ...(defaultRole !== undefined && { defaultRole: parseDefaultRole(defaultRole) }),
  };
}

function parseDefaultRole(role: string): Role | null {
  if (role === "none") return null;
  const known = roles.find((one) => one === role);
  if (known === undefined || known === "owner") throw new AccountError("NOT_ALLOWED");
  return known;
}
