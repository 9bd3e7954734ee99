import { conflictOf, type Database } from "@layerport/database";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { type Authentication, type UserRow, userColumns } from "./authenticate.ts";
import { actorOf, type RequestOrigin } from "./identity.ts";
import { parseAccountName, parseDisplayName, parseEmail } from "./name.ts";
import { moveName } from "./open-organizations.ts";
import { changePasswordHash } from "./open-password-resets.ts";
import { checkPassword, type Passwords } from "./password.ts";
import type { ActiveSession, Profiles } from "./profile.ts";
import { announceEnded, describeUser, isUuid, startSession } from "./session.ts";
import { insertAlone, requireFreeEmail } from "./user.ts";

/** What one's own account is changed with. */
export interface ProfileOptions {
  readonly database: Database;
  readonly authentication: Authentication;
  readonly passwords: Passwords;
}

/** People's own accounts over one database. */
export function openProfiles({ database, authentication, passwords }: ProfileOptions): Profiles {
  /** The password is asked for anew, and wrong ones count as guesses do. @throws CREDENTIALS_WRONG, TOO_MANY_ATTEMPTS */
  const confirm = (viewer: Viewer, password: string, origin: RequestOrigin & { readonly address: string }) =>
    authentication.checkPassword({ ...origin, nameOrEmail: viewer.name, password });

  const getViewer = async (viewer: Viewer) => {
    const [row] = await database.query<UserRow>({
      text: `SELECT ${userColumns} FROM "user" person WHERE person.id = $1::uuid`,
      values: [viewer.id],
    });
    if (row === undefined) throw new AccountError("USER_UNKNOWN");
    return describeUser(row);
  };

  return {
    async changeProfile(viewer, profile, origin) {
      const displayName = parseDisplayName(profile.displayName);
      await database.transaction(async (transaction) => {
        const changed = await transaction.query({
          text: `UPDATE "user" SET display_name = $2::text
            WHERE id = $1::uuid AND display_name IS DISTINCT FROM $2::text RETURNING id`,
          values: [viewer.id, displayName ?? null],
        });
        if (changed.length === 0) return;
        await record(transaction, {
          action: "user.changed",
          actor: actorOf(viewer.identity, origin),
          target: viewer.name,
          after: { displayName: displayName ?? null },
        });
      });
      return getViewer(viewer);
    },

    async changeEmail(viewer, { email: wanted, password }, origin) {
      const email = parseEmail(wanted);
      await confirm(viewer, password, origin);
      await database.transaction(async (transaction) => {
        if (email === viewer.email) return;
        await requireFreeEmail(transaction, email);
        try {
          await transaction.query({
            text: `UPDATE "user" SET email = $2::text WHERE id = $1::uuid`,
            values: [viewer.id, email],
          });
        } catch (error) {
          if (conflictOf(error) === "duplicate") throw new AccountError("EMAIL_TAKEN", { cause: error });
          throw error;
        }
        // Addresses of people stay out of a log that is kept for ever.
        await record(transaction, {
          action: "user.email-changed",
          actor: actorOf(viewer.identity, origin),
          target: viewer.name,
        });
      });
      return getViewer(viewer);
    },

    async changePassword(viewer, { password, newPassword }, origin) {
      checkPassword(newPassword, viewer);
      const person = await confirm(viewer, password, origin);
      const passwordHash = await passwords.hash(newPassword);
      return database.transaction(async (transaction) => {
        const epoch = await changePasswordHash(transaction, viewer.id, passwordHash);
        await record(transaction, {
          action: "password.changed",
          actor: actorOf(viewer.identity, origin),
          target: viewer.name,
        });
        const { address, requestId, userAgent } = origin;
        const session = await startSession(transaction, { ...person, epoch }, { address, requestId, userAgent });
        return { session, user: describeUser(person) };
      });
    },

    async renameUser(viewer, { name: wanted, password }, origin) {
      const name = parseAccountName(wanted);
      const { name: from } = await confirm(viewer, password, origin);
      if (name === from) return getViewer(viewer);
      await database.transaction(async (transaction) => {
        const [own] = await transaction.query<{ id: string }>({
          text: `SELECT id FROM organization WHERE name = $1::text AND kind = 'personal' FOR UPDATE`,
          values: [from],
        });
        if (own === undefined) throw new AccountError("USER_UNKNOWN");
        await moveName(transaction, { id: own.id, from, to: name });
        await insertAlone(
          transaction.query({
            text: `UPDATE "user" SET name = $2::text WHERE id = $1::uuid`,
            values: [viewer.id, name],
          }),
        );
        await record(transaction, {
          action: "user.renamed",
          actor: actorOf(viewer.identity, origin),
          target: name,
          organization: name,
          before: { name: from },
          after: { name },
        });
      });
      return getViewer(viewer);
    },

    async listSessions(viewer) {
      const rows = await database.query<SessionRow>({
        text: `SELECT session.id, session.created_at AS "createdAt", session.expires_at AS "expiresAt", session.address,
            session.user_agent AS "userAgent"
          FROM browser_session session JOIN "user" person ON person.id = session.user_id
          WHERE session.user_id = $1::uuid AND session.revoked_at IS NULL AND session.expires_at > now()
            AND session.auth_epoch = person.auth_epoch
          ORDER BY session.created_at DESC, session.id`,
        values: [viewer.id],
      });
      return rows.map((row) => ({
        ...row,
        address: row.address ?? undefined,
        userAgent: row.userAgent ?? undefined,
        isCurrent: row.id === viewer.sessionId,
      }));
    },

    async endSession(viewer, id, origin) {
      const ended = isUuid(id) ? await endSessions(viewer, { id }, origin) : 0;
      if (ended === 0) throw new AccountError("SESSION_UNKNOWN");
    },

    endOtherSessions: (viewer, origin) => endSessions(viewer, { except: viewer.sessionId }, origin),
  };

  async function endSessions(
    viewer: Viewer,
    which: { readonly id?: string; readonly except?: string },
    origin: RequestOrigin | undefined,
  ): Promise<number> {
    return database.transaction(async (transaction) => {
      const ended = await transaction.query({
        text: `UPDATE browser_session SET revoked_at = now()
          WHERE user_id = $1::uuid AND revoked_at IS NULL AND expires_at > now()
            AND auth_epoch = (SELECT person.auth_epoch FROM "user" person WHERE person.id = $1::uuid) AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3) RETURNING id`,
        values: [viewer.id, which.id ?? null, which.except ?? null],
      });
      if (ended.length === 0) return 0;
      await announceEnded(transaction, viewer.id);
      await record(transaction, {
        action: "session.ended",
        actor: actorOf(viewer.identity, origin),
        target: viewer.name,
        after: { sessions: ended.length },
      });
      return ended.length;
    });
  }
}

interface SessionRow extends Omit<ActiveSession, "isCurrent" | "address" | "userAgent"> {
  readonly address: string | null;
  readonly userAgent: string | null;
}
