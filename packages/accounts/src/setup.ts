import fs from "node:fs/promises";
import path from "node:path";
import type { Database, Transaction } from "@layerport/database";
import { AccountError } from "./account-error.ts";
import type { Accounts, SetupState } from "./accounts.ts";
import { record } from "./audit.ts";
import { actorOf, type Identity } from "./identity.ts";
import type { Passwords } from "./password.ts";
import { matchesSecret, type Secrets, setupTokenFile } from "./secrets.ts";
import { describeUser, startSession } from "./session.ts";
import { insertUser, parseNewUser, requireAdministrator } from "./user.ts";

const completedKey = "setup.completed";

/** The first minutes of an instance. */
export type Setup = Pick<Accounts, "setupState" | "checkSetupToken" | "createFirstAdministrator" | "completeSetup">;

/** Setup over one database, for whoever holds the setup token. */
export function openSetup(database: Database, secrets: Secrets, passwords: Passwords): Setup {
  // It never goes back, so it need not be asked for again.
  let isCompleted = false;

  const setupState = async (): Promise<SetupState> => {
    if (isCompleted) return "completed";
    const [found] = await database.query<{ isCompleted: boolean; hasAdministrator: boolean }>({
      name: "setup-state",
      text: `SELECT EXISTS (SELECT 1 FROM instance_setting WHERE key = $1::text) AS "isCompleted",
        EXISTS (SELECT 1 FROM "user" WHERE is_administrator) AS "hasAdministrator"`,
      values: [completedKey],
    });
    isCompleted = found?.isCompleted ?? false;
    if (isCompleted) return "completed";
    return found?.hasAdministrator ? "administrator-made" : "open";
  };

  const isSetupToken = (token: string) => secrets.setupToken !== undefined && matchesSecret(secrets.setupToken, token);

  return {
    setupState,
    checkSetupToken: async (token) => isSetupToken(token) && (await setupState()) !== "completed",

    async createFirstAdministrator({ setupToken, ...user }, origin) {
      if (!isSetupToken(setupToken)) throw new AccountError("SETUP_TOKEN_WRONG");
      if ((await setupState()) !== "open") throw new AccountError("SETUP_DONE");
      const person = { ...(await parseNewUser(user, passwords)), isAdministrator: true };
      return database.transaction(async (transaction) => {
        await requireNoAdministrator(transaction);
        const { address, requestId, userAgent } = origin;
        const made = await insertUser(transaction, person, (id) => actorOf(firstIdentity(id, person.name), origin));
        const session = await startSession(transaction, made, { address, requestId, userAgent });
        return { session, user: describeUser(made) };
      });
    },

    async completeSetup(viewer, origin) {
      requireAdministrator(viewer);
      await database.transaction(async (transaction) => {
        const inserted = await transaction.query({
          text: `INSERT INTO instance_setting (key, value, updated_by) VALUES ($1::text, 'true', $2::text)
            ON CONFLICT (key) DO NOTHING RETURNING key`,
          values: [completedKey, viewer.name],
        });
        if (inserted.length === 0) return;
        await record(transaction, {
          action: "setup.completed",
          actor: actorOf(viewer.identity, origin),
          target: "layerport",
        });
      });
      isCompleted = true;
      await removeFile(path.join(secrets.directory, setupTokenFile));
    },
  };
}

/** Of two that set up at the same moment, the second waits here and is then refused. @throws SETUP_DONE */
async function requireNoAdministrator(transaction: Transaction): Promise<void> {
  await transaction.query({ text: "SELECT 1 AS locked FROM audit_head WHERE id = 1 FOR UPDATE" });
  const administrators = await transaction.query({
    text: `SELECT 1 AS one FROM "user" WHERE is_administrator LIMIT 1`,
  });
  if (administrators.length > 0) throw new AccountError("SETUP_DONE");
}

function firstIdentity(id: string, name: string): Identity {
  return { kind: "user", id, name, epoch: 1, mayListRepositories: true, limits: undefined };
}

/** The token is worthless once setup is completed, so a folder that cannot be written is no reason to fail. */
async function removeFile(file: string): Promise<void> {
  try {
    await fs.rm(file, { force: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "EROFS" && code !== "EACCES" && code !== "EPERM") throw error;
  }
}
