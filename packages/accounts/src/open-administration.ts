import { type Database, organizationNamed, type Transaction } from "@layerport/database";
import { readAccessTokens } from "./access-token.ts";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import type {
  Administration,
  AdministrationQuery,
  OrganizationAccount,
  UserAccount,
  UserRoles,
} from "./administration.ts";
import { record } from "./audit.ts";
import { actorOf } from "./identity.ts";
import { unusedDays } from "./open-grants.ts";
import { lockOrganization, requireNotLibrary, type Sql, seesEverything, toText } from "./operations.ts";
import { searchPattern } from "./search.ts";
import { announceEnded, isUuid } from "./session.ts";
import { requireAdministrator } from "./user.ts";

/** Administration over one database. */
export function openAdministration(database: Database): Administration {
  return {
    async listUsers(viewer, query) {
      requireOverseer(viewer);
      const filter =
        "($1::text IS NULL OR person.name LIKE $1 OR person.email LIKE $1 OR person.display_name ILIKE $1)";
      const search = searchPattern(query.search);
      const [rows, counted] = await Promise.all([
        database.query<UserAccountRow>({
          name: "users-list",
          text: `${userAccounts} WHERE ${filter} AND ($2::text IS NULL OR person.name > $2)
            ORDER BY person.name LIMIT $3::int`,
          values: [search, cursorOf(query), query.limit + 1],
        }),
        database.query<{ total: number }>({
          name: "users-count",
          text: `SELECT count(*) AS total FROM "user" person WHERE ${filter}`,
          values: [search],
        }),
      ]);
      const entries = rows.slice(0, query.limit).map(toUserAccount);
      return {
        entries,
        next: rows.length > query.limit ? entries.at(-1)?.name : undefined,
        total: counted[0]?.total ?? 0,
      };
    },

    async describeUser(viewer, name) {
      requireOverseer(viewer);
      return getUser(database, name);
    },

    async changeUserRoles(viewer, { name, roles }, origin) {
      requireAdministrator(viewer);
      return database.transaction(async (transaction) => {
        // Of two who take the role from each other at once, the second waits here and is then refused.
        await transaction.query({ text: "SELECT pg_advisory_xact_lock(hashtext('administrators'))::text AS locked" });
        const before = await getUser(transaction, name);
        const after = {
          isAdministrator: roles.isAdministrator ?? before.isAdministrator,
          isAuditor: roles.isAuditor ?? before.isAuditor,
        } satisfies Required<UserRoles>;
        const loses = (before.isAdministrator && !after.isAdministrator) || (before.isAuditor && !after.isAuditor);
        const gains = (!before.isAdministrator && after.isAdministrator) || (!before.isAuditor && after.isAuditor);
        if (!loses && !gains) return before;
        if (before.isAdministrator && !after.isAdministrator) await requireOtherAdministrator(transaction, before.name);
        const [changed] = await transaction.query<{ id: string }>({
          text: `UPDATE "user" SET is_administrator = $2::boolean, is_auditor = $3::boolean,
              auth_epoch = auth_epoch + CASE WHEN $4::boolean THEN 1 ELSE 0 END
            WHERE name = $1::text RETURNING id`,
          values: [before.name, after.isAdministrator, after.isAuditor, loses],
        });
        if (loses && changed !== undefined) await announceEnded(transaction, changed.id);
        await record(transaction, {
          action: "user.roles-changed",
          actor: actorOf(viewer.identity, origin),
          target: before.name,
          before: { administrator: before.isAdministrator, auditor: before.isAuditor },
          after: { administrator: after.isAdministrator, auditor: after.isAuditor },
        });
        return { ...before, ...after };
      });
    },

    async listUserAccessTokens(viewer, user) {
      requireOverseer(viewer);
      const { name } = await getUser(database, user);
      return readAccessTokens(database, "person.name = $1::text AND token.revoked_at IS NULL", [name]);
    },

    async revokeUserAccessToken(viewer, { user, id }, origin) {
      requireAdministrator(viewer);
      await database.transaction(async (transaction) => {
        const { name } = await getUser(transaction, user);
        const [revoked] = isUuid(id)
          ? await transaction.query<{ name: string }>({
              text: `UPDATE access_token token SET revoked_at = now() FROM "user" person
                WHERE token.id = $1::uuid AND person.id = token.user_id AND person.name = $2::text
                  AND token.revoked_at IS NULL RETURNING token.name`,
              values: [id, name],
            })
          : [];
        if (revoked === undefined) throw new AccountError("TOKEN_UNKNOWN");
        await record(transaction, {
          action: "access-token.revoked",
          actor: actorOf(viewer.identity, origin),
          target: `${name}: ${revoked.name}`,
          after: { id },
        });
      });
    },

    async listUnusedAccessTokens(viewer) {
      requireOverseer(viewer);
      const tokens = await readAccessTokens(
        database,
        `token.revoked_at IS NULL AND token.expires_at > now()
          AND coalesce(token.last_used_at, token.created_at) < now() - interval '${unusedDays} days'`,
        [],
      );
      return tokens.toSorted((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
    },

    async listAllOrganizations(viewer, query) {
      requireOverseer(viewer);
      const filter = `($1::text IS NULL OR organization.name LIKE $1 OR organization.display_name ILIKE $1)
        AND ($2::text IS NULL OR organization.kind = $2::organization_kind)`;
      const values = [searchPattern(query.search), query.kind ?? null];
      const [rows, counted] = await Promise.all([
        database.query<OrganizationAccountRow>({
          name: "organizations-list-all",
          text: `SELECT organization.name, organization.display_name AS "displayName",
              organization.kind::text AS kind, organization.created_at AS "createdAt",
              ARRAY(SELECT person.name FROM membership JOIN "user" person ON person.id = membership.user_id
                WHERE membership.organization_id = organization.id AND membership.role = 'owner'
                  AND person.suspended_at IS NULL ORDER BY person.name LIMIT 5) AS owners,
              (SELECT count(*) FROM membership WHERE organization_id = organization.id) AS "memberCount",
              (SELECT count(*) FROM repository WHERE organization_id = organization.id) AS "repositoryCount"
            FROM organization WHERE ${filter} AND ($3::text IS NULL OR organization.name > $3)
            ORDER BY organization.name LIMIT $4::int`,
          values: [...values, cursorOf(query), query.limit + 1],
        }),
        database.query<{ total: number }>({
          name: "organizations-count-all",
          text: `SELECT count(*) AS total FROM organization WHERE ${filter}`,
          values,
        }),
      ]);
      const entries = rows.slice(0, query.limit).map((row) => ({
        ...row,
        displayName: row.displayName ?? undefined,
        isOwnerless: row.owners.length === 0,
      }));
      return {
        entries,
        next: rows.length > query.limit ? entries.at(-1)?.name : undefined,
        total: counted[0]?.total ?? 0,
      };
    },

    async takeOwnership(viewer, organization, origin) {
      requireAdministrator(viewer);
      await database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-members" });
        requireNotLibrary(found);
        const owners = await transaction.query<{ name: string }>({
          text: `SELECT person.name FROM membership JOIN "user" person ON person.id = membership.user_id
            WHERE membership.organization_id = $1::uuid AND membership.role = 'owner' ORDER BY person.name`,
          values: [found.id],
        });
        if (owners.some(({ name }) => name === viewer.name)) return;
        await transaction.query({
          text: `INSERT INTO membership (organization_id, user_id, role) VALUES ($1::uuid, $2::uuid, 'owner')
            ON CONFLICT (organization_id, user_id) DO UPDATE SET role = 'owner'`,
          values: [found.id, viewer.id],
        });
        await record(transaction, {
          action: "organization.ownership-taken",
          actor: actorOf(viewer.identity, origin),
          target: found.name,
          organization: found.name,
          before: { owners: owners.map(({ name }) => name) },
          after: { owner: viewer.name },
        });
      });
    },
  };
}

interface UserAccountRow extends Omit<UserAccount, "displayName" | "lastActiveAt"> {
  readonly displayName: string | null;
  readonly lastActiveAt: Date | null;
}

interface OrganizationAccountRow extends Omit<OrganizationAccount, "displayName" | "isOwnerless"> {
  readonly displayName: string | null;
}

const userAccounts = `SELECT person.name, person.email, person.display_name AS "displayName",
    person.is_administrator AS "isAdministrator", person.is_auditor AS "isAuditor",
    person.suspended_at IS NOT NULL AS "isSuspended", person.created_at AS "createdAt",
    person.last_active_at AS "lastActiveAt",
    (SELECT count(*) FROM membership JOIN organization ON organization.id = membership.organization_id
      WHERE membership.user_id = person.id AND organization.kind <> 'personal') AS "organizationCount",
    (SELECT count(*) FROM access_token WHERE user_id = person.id AND revoked_at IS NULL
      AND expires_at > now()) AS "accessTokenCount"
  FROM "user" person`;

/** By the name or a former one. @throws USER_UNKNOWN */
async function getUser(sql: Sql, name: string): Promise<UserAccount> {
  const [row] = await sql.query<UserAccountRow>({
    text: `${userAccounts} WHERE person.name = coalesce(
      (SELECT own.name FROM ${organizationNamed("$1::text")} AS own WHERE own.kind = 'personal'), $1::text)`,
    values: [toText(name)],
  });
  if (row === undefined) throw new AccountError("USER_UNKNOWN");
  return toUserAccount(row);
}

function toUserAccount(row: UserAccountRow): UserAccount {
  return { ...row, displayName: row.displayName ?? undefined, lastActiveAt: row.lastActiveAt ?? undefined };
}

function cursorOf({ after }: AdministrationQuery): string | null {
  return after === undefined ? null : toText(after);
}

/** @throws NOT_ALLOWED for whoever neither administers nor audits the instance */
function requireOverseer(viewer: Viewer): void {
  if (!seesEverything(viewer)) throw new AccountError("NOT_ALLOWED");
}

/** @throws LAST_ADMINISTRATOR unless another one can still sign in */
async function requireOtherAdministrator(transaction: Transaction, name: string): Promise<void> {
  const others = await transaction.query({
    text: `SELECT 1 AS one FROM "user" WHERE is_administrator AND suspended_at IS NULL AND name <> $1::text LIMIT 1`,
    values: [name],
  });
  if (others.length === 0) throw new AccountError("LAST_ADMINISTRATOR");
}
