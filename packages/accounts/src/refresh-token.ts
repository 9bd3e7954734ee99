import type { Database, Transaction } from "@layerport/database";
import { AccountError } from "./account-error.ts";
import type { Accounts } from "./accounts.ts";
import { record } from "./audit.ts";
import { type UserRow, userColumns, userIdentity } from "./authenticate.ts";
import type { Authorization } from "./authorize.ts";
import { actorOf, type RequestOrigin } from "./identity.ts";
import type { LastUse } from "./last-use.ts";
import type { Pepper } from "./secrets.ts";
import { createToken, findTokenKind, hashToken, redactTokens } from "./token-format.ts";

const lifeDays = 90;
const maximumClientId = 200;

/** Refresh tokens, replaced at each use. */
export type RefreshTokens = Pick<Accounts, "issueRefreshToken" | "exchangeRefreshToken">;

/** What refresh tokens are made and checked with. */
export interface RefreshTokenOptions {
  readonly database: Database;
  readonly peppers: readonly [Pepper, ...Pepper[]];
  readonly authorization: Authorization;
  readonly lastUse: LastUse;
}

/** Refresh tokens over one database. */
export function openRefreshTokens(options: RefreshTokenOptions): RefreshTokens {
  const { database, peppers, authorization, lastUse } = options;
  const [pepper] = peppers;

  const insert = async (transaction: Transaction, values: readonly unknown[]): Promise<string> => {
    const token = createToken("ref");
    await transaction.query({
      name: "refresh-token-insert",
      text: `INSERT INTO refresh_token
          (hash, pepper_id, user_id, access_token_id, auth_epoch, client_id, family_id, replaces_id, expires_at)
        VALUES ($1::bytea, $2::text, $3::uuid, $4::uuid, $5::int, $6::text, coalesce($7::uuid, gen_random_uuid()),
          $8::uuid, now() + interval '${lifeDays} days')`,
      values: [hashToken(pepper, token), pepper.id, ...values],
    });
    return token;
  };

  return {
    async issueRefreshToken(identity, clientId, origin) {
      // A bearer token lasts minutes, and what it makes must not last longer.
      if (identity.kind !== "user" || identity.limits?.access !== undefined) throw new AccountError("TOKEN_INVALID");
      await authorization.requireStanding(identity);
      const client = toClientId(clientId);
      return database.transaction(async (transaction) => {
        const accessTokenId = identity.limits?.accessTokenId ?? null;
        const values = [identity.id, accessTokenId, identity.epoch, client, null, null];
        const token = await insert(transaction, values);
        await record(transaction, {
          action: "refresh-token.created",
          actor: actorOf(identity, origin),
          target: identity.name,
          after: { client },
        });
        return token;
      });
    },

    async exchangeRefreshToken(token, clientId, origin) {
      if (findTokenKind(token) !== "ref") throw new AccountError("REFRESH_TOKEN_INVALID");
      const exchanged = await database.transaction(async (transaction) => {
        const row = await use(transaction, peppers, token);
        if (row === undefined) return undefined;
        if (row.isReplaced) {
          await endFamily(transaction, row, origin);
          return undefined;
        }
        const { familyId, refreshTokenId, accessTokenId } = row;
        const values = [row.id, accessTokenId, row.epoch, toClientId(clientId), familyId, refreshTokenId];
        return { row, refreshToken: await insert(transaction, values) };
      });
      if (exchanged === undefined) throw new AccountError("REFRESH_TOKEN_INVALID");
      const { row, refreshToken } = exchanged;
      if (row.accessTokenId === null) return { identity: userIdentity(row), refreshToken };
      lastUse.note("access-token", row.accessTokenId, { address: origin?.address });
      const limits = { accessTokenId: row.accessTokenId, coversEverything: row.coversEverything };
      return { identity: userIdentity(row, limits), refreshToken };
    },
  };
}

interface RefreshTokenRow extends UserRow {
  readonly refreshTokenId: string;
  readonly familyId: string;
  readonly accessTokenId: string | null;
  readonly coversEverything: boolean;
  readonly isReplaced: boolean;
}

/**
 * Some clients keep the token they signed in with and ignore the one that replaces it, and an answer can be lost. So a
 * token ends only when its successor is used: that proves that the client has it. From then on a use of the old one,
 * or of another successor, means that two hold what one should.
 */
async function use(
  transaction: Transaction,
  peppers: readonly Pepper[],
  token: string,
): Promise<RefreshTokenRow | undefined> {
  const [row] = await transaction.query<RefreshTokenRow>({
    name: "refresh-token-use",
    text: `UPDATE refresh_token token SET used_at = coalesce(token.used_at, now())
      FROM "user" person
      WHERE token.hash = ANY ($1::bytea[]) AND token.expires_at > now() AND person.id = token.user_id
        AND person.suspended_at IS NULL AND person.auth_epoch = token.auth_epoch
        AND (token.access_token_id IS NULL OR EXISTS (SELECT 1 FROM access_token access
          WHERE access.id = token.access_token_id AND access.revoked_at IS NULL AND access.expires_at > now()))
      RETURNING token.id AS "refreshTokenId", token.family_id AS "familyId", token.access_token_id AS "accessTokenId",
        EXISTS (SELECT 1 FROM access_token access WHERE access.id = token.access_token_id
          AND 'pull' = ANY (access.permissions) AND '**' = ANY (access.repository_patterns)) AS "coversEverything",
        EXISTS (SELECT 1 FROM refresh_token other WHERE other.used_at IS NOT NULL AND other.id <> token.id
          AND (other.replaces_id = token.id OR other.replaces_id = token.replaces_id)) AS "isReplaced",
        ${userColumns}`,
    values: [peppers.map((pepper) => hashToken(pepper, token))],
  });
  if (row === undefined || row.isReplaced) return row;
  // A client that ignores its successors would leave one behind at each use.
  await transaction.query({
    name: "refresh-token-drop-unused",
    text: `DELETE FROM refresh_token WHERE replaces_id = $1::uuid AND used_at IS NULL
      AND created_at < now() - interval '1 hour'`,
    values: [row.refreshTokenId],
  });
  return row;
}

async function endFamily(transaction: Transaction, row: RefreshTokenRow, origin?: RequestOrigin): Promise<void> {
  await transaction.query({
    name: "refresh-token-end-family",
    text: "DELETE FROM refresh_token WHERE family_id = $1::uuid",
    values: [row.familyId],
  });
  await record(transaction, {
    action: "refresh-token.reused",
    actor: actorOf(userIdentity(row), origin),
    target: row.name,
    outcome: "denied",
  });
}

function toClientId(clientId: string): string {
  return redactTokens(clientId).replaceAll("\0", "").slice(0, maximumClientId).toWellFormed();
}
