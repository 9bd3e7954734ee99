import type { Database } from "@layerport/database";
import { type Permission, parseRepositoryPattern, RegistryError, withImplied } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { AccessToken, Accounts, NewAccessToken, Viewer } from "./accounts.ts";
import type { OwnedAccessToken } from "./administration.ts";
import { record } from "./audit.ts";
import { actorOf } from "./identity.ts";
import { isOneLine } from "./name.ts";
import { unusedDays } from "./open-grants.ts";
import type { Sql } from "./operations.ts";
import type { Pepper } from "./secrets.ts";
import { isUuid } from "./session.ts";
import { createToken, hashToken } from "./token-format.ts";

/** What a form may offer for an access token. */
export const accessTokenRules = {
  permissions: ["pull", "push", "overwrite", "delete"],
  defaultDays: 90,
  maximumDays: 365,
  maximumPatterns: 50,
} as const satisfies { readonly permissions: readonly Permission[]; readonly [rule: string]: unknown };

/** How long a revocation can be undone. The page offers it for less, so that nobody is refused by a slow click. */
const restorableSeconds = 60;

/** People's access tokens, each for its owner only: another's id answers like one that does not exist. */
export type AccessTokens = Pick<
  Accounts,
  "createAccessToken" | "listAccessTokens" | "revokeAccessToken" | "restoreAccessToken"
>;

/** Access tokens over one database. */
export function openAccessTokens(database: Database, pepper: Pepper): AccessTokens {
  return {
    async createAccessToken(viewer, token, origin) {
      const wanted = parseNewAccessToken(token);
      const secret = createToken("pat");
      const accessToken = await database.transaction(async (transaction) => {
        const [row] = await transaction.query<AccessTokenRow>({
          text: `INSERT INTO access_token AS token
              (user_id, name, hash, pepper_id, last_four, permissions, repository_patterns, expires_at)
            VALUES ($1::uuid, $2::text, $3::bytea, $4::text, $5::text, $6::text[], $7::text[],
              now() + make_interval(days => $8::int))
            RETURNING ${columns}`,
          values: [
            viewer.id,
            wanted.name,
            hashToken(pepper, secret),
            pepper.id,
            secret.slice(-4),
            wanted.permissions,
            wanted.repositoryPatterns,
            wanted.expiresInDays,
          ],
        });
        if (row === undefined) throw new Error("an access token was not made");
        const { name, permissions, repositoryPatterns, expiresAt } = row;
        await record(transaction, {
          action: "access-token.created",
          actor: actorOf(viewer.identity, origin),
          target: describeTarget(viewer, name),
          after: { id: row.id, permissions, repositoryPatterns, expiresAt: expiresAt.toISOString() },
        });
        return toAccessToken(row);
      });
      return { secret, accessToken };
    },

    async listAccessTokens(viewer) {
      const rows = await database.query<AccessTokenRow>({
        text: `SELECT ${columns} FROM access_token token
          WHERE token.user_id = $1::uuid AND token.revoked_at IS NULL ORDER BY token.created_at DESC, token.id`,
        values: [viewer.id],
      });
      return rows.map(toAccessToken);
    },

    async revokeAccessToken(viewer, id, origin) {
      if (!isUuid(id)) throw new AccountError("TOKEN_UNKNOWN");
      await database.transaction(async (transaction) => {
        const [row] = await transaction.query<{ name: string }>({
          text: `UPDATE access_token SET revoked_at = now()
            WHERE id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NULL RETURNING name`,
          values: [id, viewer.id],
        });
        if (row === undefined) throw new AccountError("TOKEN_UNKNOWN");
        await record(transaction, {
          action: "access-token.revoked",
          actor: actorOf(viewer.identity, origin),
          target: describeTarget(viewer, row.name),
          after: { id },
        });
      });
    },

    async restoreAccessToken(viewer, id, origin) {
      if (!isUuid(id)) throw new AccountError("TOKEN_UNKNOWN");
      await database.transaction(async (transaction) => {
        const [row] = await transaction.query<{ name: string; isInTime: boolean }>({
          text: `SELECT name, revoked_at > now() - make_interval(secs => ${restorableSeconds}) AS "isInTime"
            FROM access_token WHERE id = $1::uuid AND user_id = $2::uuid AND revoked_at IS NOT NULL FOR UPDATE`,
          values: [id, viewer.id],
        });
        if (row === undefined) throw new AccountError("TOKEN_UNKNOWN");
        if (!row.isInTime) throw new AccountError("RESTORE_TOO_LATE");
        await transaction.query({
          text: "UPDATE access_token SET revoked_at = NULL WHERE id = $1::uuid",
          values: [id],
        });
        await record(transaction, {
          action: "access-token.restored",
          actor: actorOf(viewer.identity, origin),
          target: describeTarget(viewer, row.name),
          after: { id },
        });
      });
    },
  };
}

const columns = `token.id, token.name, token.last_four AS "lastFour", token.permissions,
  token.repository_patterns AS "repositoryPatterns", token.created_at AS "createdAt", token.expires_at AS "expiresAt",
  token.expires_at <= now() AS "isExpired", token.last_used_at AS "lastUsedAt",
  token.last_used_address AS "lastUsedAddress", token.last_used_repository AS "lastUsedRepository",
  coalesce(token.last_used_at, token.created_at) < now() - interval '${unusedDays} days' AS "isUnused"`;

interface AccessTokenRow
  extends Omit<AccessToken, "permissions" | "lastUsedAt" | "lastUsedAddress" | "lastUsedRepository"> {
  readonly permissions: Permission[];
  readonly lastUsedAt: Date | null;
  readonly lastUsedAddress: string | null;
  readonly lastUsedRepository: string | null;
}

/** The first 500 tokens for which a condition holds, newest first, with the names of their owners. */
export async function readAccessTokens(
  sql: Sql,
  condition: string,
  values: readonly unknown[],
): Promise<readonly OwnedAccessToken[]> {
  const rows = await sql.query<AccessTokenRow & { readonly owner: string }>({
    text: `SELECT person.name AS owner, ${columns} FROM access_token token
      JOIN "user" person ON person.id = token.user_id WHERE ${condition}
      ORDER BY token.created_at DESC, token.id LIMIT 500`,
    values,
  });
  return rows.map((row) => ({ ...toAccessToken(row), owner: row.owner }));
}

function toAccessToken(row: AccessTokenRow): AccessToken {
  return {
    ...row,
    lastUsedAt: row.lastUsedAt ?? undefined,
    lastUsedAddress: row.lastUsedAddress ?? undefined,
    lastUsedRepository: row.lastUsedRepository ?? undefined,
  };
}

function describeTarget(viewer: Viewer, name: string): string {
  return `${viewer.name}: ${name}`;
}

function parseNewAccessToken(token: NewAccessToken): NewAccessToken {
  const name = token.name.trim();
  if (name === "" || !isOneLine(name, 100)) throw new AccountError("TOKEN_NAME_INVALID");
  const { expiresInDays } = token;
  if (!Number.isInteger(expiresInDays) || expiresInDays < 1 || expiresInDays > accessTokenRules.maximumDays) {
    throw new AccountError("TOKEN_EXPIRY_INVALID");
  }
  return {
    name,
    permissions: parsePermissions(token.permissions),
    repositoryPatterns: parsePatterns(token.repositoryPatterns),
    expiresInDays,
  };
}

function parsePermissions(permissions: readonly Permission[]): readonly Permission[] {
  const offered: readonly Permission[] = accessTokenRules.permissions;
  if (permissions.length === 0 || permissions.some((permission) => !offered.includes(permission))) {
    throw new AccountError("TOKEN_PERMISSIONS_INVALID");
  }
  return withImplied(permissions);
}

function parsePatterns(patterns: readonly string[]): readonly string[] {
  const written = [...new Set(patterns.map((pattern) => pattern.trim()).filter((pattern) => pattern !== ""))];
  if (written.length === 0 || written.length > accessTokenRules.maximumPatterns) {
    throw new AccountError("TOKEN_PATTERN_INVALID");
  }
  try {
    return written.map((pattern) => parseRepositoryPattern(pattern));
  } catch (error) {
    if (RegistryError.is(error)) throw new AccountError("TOKEN_PATTERN_INVALID", { cause: error });
    throw error;
  }
}
