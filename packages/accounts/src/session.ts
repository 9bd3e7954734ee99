import type { Database, Transaction } from "@layerport/database";
import type { Accounts, BrowserSession, UserDescription } from "./accounts.ts";
import { record } from "./audit.ts";
import { type Authentication, type UserRow, userColumns, userIdentity } from "./authenticate.ts";
import { actorOf, type RequestOrigin } from "./identity.ts";
import type { LastUse } from "./last-use.ts";
import { redactTokens } from "./token-format.ts";

const lifeDays = 30;
const endedChannel = "session_ended";
const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Browsers that are signed in. */
export type Sessions = Pick<Accounts, "signIn" | "findViewer" | "signOut" | "subscribeEndedSessions">;

/** Sessions over one database. */
export function openSessions(database: Database, authentication: Authentication, lastUse: LastUse): Sessions {
  return {
    async signIn(request) {
      const user = await authentication.checkPassword(request);
      const { address, requestId, userAgent } = request;
      const session = await database.transaction((transaction) =>
        startSession(transaction, user, { address, requestId, userAgent }),
      );
      return { session, user: describeUser(user) };
    },

    async findViewer(sessionId) {
      if (!isUuid(sessionId)) return undefined;
      const [user] = await database.query<UserRow>({
        name: "viewer-by-session",
        text: `SELECT ${userColumns} FROM browser_session session JOIN "user" person ON person.id = session.user_id
          WHERE session.id = $1::uuid AND session.revoked_at IS NULL AND session.expires_at > now()
            AND session.auth_epoch = person.auth_epoch AND person.suspended_at IS NULL`,
        values: [sessionId],
      });
      if (user === undefined) return undefined;
      lastUse.note("user", user.id);
      return { ...describeUser(user), sessionId, identity: userIdentity(user) };
    },

    async signOut(sessionId, origin) {
      if (!isUuid(sessionId)) return;
      await database.transaction(async (transaction) => {
        const [user] = await transaction.query<UserRow>({
          text: `UPDATE browser_session session SET revoked_at = now() FROM "user" person
            WHERE session.id = $1::uuid AND session.revoked_at IS NULL AND session.expires_at > now()
              AND person.id = session.user_id
            RETURNING ${userColumns}`,
          values: [sessionId],
        });
        if (user === undefined) return;
        await announceEnded(transaction, user.id);
        await record(transaction, {
          action: "session.ended",
          actor: actorOf(userIdentity(user), origin),
          target: user.name,
        });
      });
    },

    subscribeEndedSessions: (receive) => database.subscribe(endedChannel, (userId) => receive(userId || undefined)),
  };
}

/** Starts a session of a user and records it; the last work of its transaction. */
export async function startSession(
  transaction: Transaction,
  user: UserRow,
  origin: RequestOrigin,
): Promise<BrowserSession> {
  const [session] = await transaction.query<BrowserSession>({
    text: `INSERT INTO browser_session (user_id, auth_epoch, expires_at, user_agent, address)
      VALUES ($1::uuid, $2::int, now() + interval '${lifeDays} days', $3::text, $4::text)
      RETURNING id, expires_at AS "expiresAt"`,
    values: [user.id, user.epoch, toUserAgent(origin.userAgent), origin.address ?? null],
  });
  if (session === undefined) throw new Error("a session was not started");
  await record(transaction, {
    action: "session.started",
    actor: actorOf(userIdentity(user), origin),
    target: user.name,
  });
  return session;
}

/** Tells every process that sessions of a user have ended, once the transaction is committed. */
export async function announceEnded(transaction: Pick<Transaction, "query">, userId: string): Promise<void> {
  await transaction.query({
    text: "SELECT pg_notify($1::text, $2::text)::text AS sent",
    values: [endedChannel, userId],
  });
}

/** Whether Postgres would read the text as the id of a row. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** A user as their own pages show them. */
export function describeUser(user: UserRow): UserDescription {
  const { id, name, email, displayName, isAdministrator, isAuditor } = user;
  return { id, name, email, displayName: displayName ?? undefined, isAdministrator, isAuditor };
}

function toUserAgent(userAgent: string | undefined): string | null {
  return userAgent === undefined ? null : redactTokens(userAgent).replaceAll("\0", "").slice(0, 300).toWellFormed();
}
