import { conflictOf, type Database, type Transaction } from "@layerport/database";
import type { Actor } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Accounts, NewUser, Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { type UserRow, userColumns } from "./authenticate.ts";
import { claimName } from "./claim-name.ts";
import { actorOf, type RequestOrigin } from "./identity.ts";
import { parseAccountName, parseDisplayName, parseEmail } from "./name.ts";
import { checkPassword, type Passwords } from "./password.ts";
import { announceEnded, describeUser } from "./session.ts";

/** The people of an instance. */
export type Users = Pick<Accounts, "createUser" | "suspendUser" | "reinstateUser">;

/** People over one database. */
export function openUsers(database: Database, passwords: Passwords): Users {
  const change = async (viewer: Viewer, name: string, to: "suspended" | "reinstated", origin?: RequestOrigin) => {
    requireAdministrator(viewer);
    // Whoever suspends themselves could lock everybody out.
    if (name === viewer.name) throw new AccountError("NOT_ALLOWED");
    await database.transaction(async (transaction) => {
      const [user] = await transaction.query<{ id: string; isSuspended: boolean }>({
        text: `SELECT id, suspended_at IS NOT NULL AS "isSuspended" FROM "user" WHERE name = $1::text FOR UPDATE`,
        values: [name],
      });
      if (user === undefined) throw new AccountError("USER_UNKNOWN");
      if (user.isSuspended === (to === "suspended")) return;
      await transaction.query({
        text:
          to === "suspended"
            ? `UPDATE "user" SET suspended_at = now(), auth_epoch = auth_epoch + 1 WHERE id = $1::uuid`
            : `UPDATE "user" SET suspended_at = NULL WHERE id = $1::uuid`,
        values: [user.id],
      });
      if (to === "suspended") await announceEnded(transaction, user.id);
      await record(transaction, { action: `user.${to}`, actor: actorOf(viewer.identity, origin), target: name });
    });
  };

  return {
    async createUser(viewer, user, origin) {
      requireAdministrator(viewer);
      const person = await parseNewUser(user, passwords);
      return database.transaction(async (transaction) =>
        describeUser(await insertUser(transaction, person, () => actorOf(viewer.identity, origin))),
      );
    },
    suspendUser: (viewer, name, origin) => change(viewer, name, "suspended", origin),
    reinstateUser: (viewer, name, origin) => change(viewer, name, "reinstated", origin),
  };
}

/** @throws NOT_ALLOWED */
export function requireAdministrator(viewer: Viewer): void {
  if (!viewer.isAdministrator) throw new AccountError("NOT_ALLOWED");
}

/** A person whose name, address and password are fit to be stored. */
export interface ParsedUser {
  readonly name: string;
  readonly email: string;
  readonly displayName: string | undefined;
  readonly passwordHash: string;
  readonly isAdministrator: boolean;
}

/** @throws NAME_INVALID, NAME_RESERVED, EMAIL_INVALID, DISPLAY_NAME_INVALID, PASSWORD_… */
export async function parseNewUser(user: NewUser, passwords: Passwords): Promise<ParsedUser> {
  const name = parseAccountName(user.name);
  const email = parseEmail(user.email);
  const displayName = parseDisplayName(user.displayName);
  checkPassword(user.password, { name, email });
  return { name, email, displayName, passwordHash: await passwords.hash(user.password), isAdministrator: false };
}

/**
 * Makes a person and the organization of the same name, which the person owns, and records both; the last work of
 * its transaction. `by` answers who made the person, who may be the person.
 * @throws NAME_TAKEN, EMAIL_TAKEN
 */
export async function insertUser(
  transaction: Transaction,
  person: ParsedUser,
  by: (userId: string) => Actor,
): Promise<UserRow> {
  const { name, email, displayName, passwordHash, isAdministrator } = person;
  await claimName(transaction, name);
  await requireFreeEmail(transaction, email);
  const [user] = await insertAlone(
    transaction.query<UserRow>({
      text: `INSERT INTO "user" AS person (name, email, display_name, password_hash, is_administrator)
        VALUES ($1::text, $2::text, $3::text, $4::text, $5::boolean) RETURNING ${userColumns}`,
      values: [name, email, displayName ?? null, passwordHash, isAdministrator],
    }),
  );
  if (user === undefined) throw new Error("a user was not made");
  await insertAlone(
    transaction.query({
      text: `WITH made AS (
          INSERT INTO organization (name, kind, display_name) VALUES ($1::text, 'personal', $2::text) RETURNING id
        ) INSERT INTO membership (organization_id, user_id, role) SELECT id, $3::uuid, 'owner' FROM made`,
      values: [name, displayName ?? null, user.id],
    }),
  );
  const actor = by(user.id);
  await record(transaction, {
    action: "user.created",
    actor,
    target: name,
    // Which person it is says the target; addresses of people stay out of a log that is kept for ever.
    after: { administrator: isAdministrator },
  });
  await record(transaction, {
    action: "organization.created",
    actor,
    target: name,
    organization: name,
    after: { kind: "personal", owner: name },
  });
  return user;
}

/** @throws EMAIL_TAKEN */
export async function requireFreeEmail(transaction: Transaction, email: string): Promise<void> {
  const taken = await transaction.query({
    text: `SELECT 1 AS one FROM "user" WHERE email = $1::text`,
    values: [email],
  });
  if (taken.length > 0) throw new AccountError("EMAIL_TAKEN");
}

/** Of two that take a name at the same moment, one is told here. @throws NAME_TAKEN */
export async function insertAlone<T>(insertion: Promise<T>): Promise<T> {
  try {
    return await insertion;
  } catch (error) {
    if (conflictOf(error) === "duplicate") throw new AccountError("NAME_TAKEN", { cause: error });
    throw error;
  }
}
