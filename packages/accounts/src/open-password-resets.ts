import type { Database } from "@layerport/database";
import { AccountError } from "./account-error.ts";
import { record } from "./audit.ts";
import { actorOf } from "./identity.ts";
import { type Mailer, passwordResetMail } from "./mail.ts";
import { type Sql, toText } from "./operations.ts";
import { checkPassword, type Passwords } from "./password.ts";
import type { PasswordResets } from "./password-reset.ts";
import type { Pepper } from "./secrets.ts";
import { announceEnded } from "./session.ts";
import { createToken, findTokenKind, hashToken } from "./token-format.ts";
import { requireAdministrator } from "./user.ts";

const lifeHours = 24;

/** What resets are made and used with. */
export interface PasswordResetOptions {
  readonly database: Database;
  readonly peppers: readonly [Pepper, ...Pepper[]];
  readonly passwords: Passwords;
  readonly mailer: Mailer;
  /** The address under which people reach the portal, without a slash at the end. */
  readonly publicUrl: string;
}

/** Resets over one database. */
export function openPasswordResets(options: PasswordResetOptions): PasswordResets {
  const { database, peppers, passwords, mailer, publicUrl } = options;
  return {
    async createPasswordReset(viewer, user, origin) {
      requireAdministrator(viewer);
      const token = createToken("rst");
      const { expiresAt, name, email } = await database.transaction(async (transaction) => {
        const [person] = await transaction.query<{ id: string; name: string; email: string }>({
          text: `SELECT id, name, email FROM "user" WHERE name = $1::text FOR UPDATE`,
          values: [toText(user)],
        });
        if (person === undefined) throw new AccountError("USER_UNKNOWN");
        await transaction.query({
          text: "DELETE FROM password_reset WHERE user_id = $1::uuid AND used_at IS NULL",
          values: [person.id],
        });
        const [made] = await transaction.query<{ expiresAt: Date }>({
          text: `INSERT INTO password_reset (user_id, hash, pepper_id, expires_at)
            VALUES ($1::uuid, $2::bytea, $3::text, now() + interval '${lifeHours} hours') RETURNING expires_at AS "expiresAt"`,
          values: [person.id, hashToken(peppers[0], token), peppers[0].id],
        });
        if (made === undefined) throw new Error("a reset was not made");
        await record(transaction, {
          action: "password-reset.created",
          actor: actorOf(viewer.identity, origin),
          target: person.name,
        });
        return { ...made, ...person };
      });
      const link = `${publicUrl}/reset/${token}`;
      return { link, expiresAt, isMailed: await mailer.send(passwordResetMail({ to: email, name, link })) };
    },

    async describePasswordReset(token) {
      const { name } = await findOpen(database, peppers, token, { isLocked: false });
      return { name };
    },

    async resetPassword(token, password, origin) {
      const found = await findOpen(database, peppers, token, { isLocked: false });
      checkPassword(password, found);
      const passwordHash = await passwords.hash(password);
      await database.transaction(async (transaction) => {
        const open = await findOpen(transaction, peppers, token, { isLocked: true });
        await transaction.query({
          text: "UPDATE password_reset SET used_at = now() WHERE id = $1::uuid",
          values: [open.id],
        });
        await changePasswordHash(transaction, open.userId, passwordHash);
        await record(transaction, {
          action: "password.reset",
          actor: actorOf(resetIdentity(open), origin),
          target: open.name,
        });
      });
    },
  };
}

/** Sets a password and ends every session, bearer and refresh token; access tokens stay. Answers the new epoch. */
export async function changePasswordHash(sql: Sql, userId: string, passwordHash: string): Promise<number> {
  const [changed] = await sql.query<{ epoch: number }>({
    text: `UPDATE "user" SET password_hash = $2::text, auth_epoch = auth_epoch + 1 WHERE id = $1::uuid
      RETURNING auth_epoch AS epoch`,
    values: [userId, passwordHash],
  });
  if (changed === undefined) throw new AccountError("USER_UNKNOWN");
  await announceEnded(sql, userId);
  return changed.epoch;
}

interface OpenReset {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}

/** @throws RESET_INVALID */
async function findOpen(
  sql: Sql,
  peppers: readonly Pepper[],
  token: string,
  { isLocked }: { readonly isLocked: boolean },
): Promise<OpenReset> {
  if (findTokenKind(token) !== "rst") throw new AccountError("RESET_INVALID");
  const [open] = await sql.query<OpenReset>({
    text: `SELECT reset.id, person.id AS "userId", person.name, person.email
      FROM password_reset reset JOIN "user" person ON person.id = reset.user_id
      WHERE reset.hash = ANY ($1::bytea[]) AND reset.used_at IS NULL AND reset.expires_at > now()
        AND person.suspended_at IS NULL ${isLocked ? "FOR UPDATE OF reset" : ""}`,
    values: [peppers.map((pepper) => hashToken(pepper, token))],
  });
  if (open === undefined) throw new AccountError("RESET_INVALID");
  return open;
}

function resetIdentity({ userId, name }: OpenReset) {
  return { kind: "user", id: userId, name, epoch: 0, mayListRepositories: false, limits: undefined } as const;
}
