import { batchedLookup, type Database, type Transaction } from "@layerport/database";
import type { Json } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Accounts, InstanceSettings, Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { actorOf, type RequestOrigin } from "./identity.ts";
import { requireAdministrator } from "./user.ts";

const keys: Readonly<Record<keyof InstanceSettings, string>> = { anonymousPull: "access.anonymous-pull" };

const defaults: InstanceSettings = { anonymousPull: false };

/** What administrators have set, read at every use, so that a change holds on every process at once. */
export type Settings = Pick<Accounts, "allowsAnonymousPull" | "describeSettings" | "changeSettings">;

/** Settings over one database. */
export function openSettings(database: Database): Settings {
  const find = batchedLookup<string, { position: number; value: unknown }, unknown>(database, {
    name: "setting-by-key",
    text: `SELECT key.position::int AS position, setting.value
      FROM unnest($1::text[]) WITH ORDINALITY AS key (name, position)
      JOIN instance_setting setting ON setting.key = key.name`,
    toValues: (names) => [names],
    toAnswer: ({ value }) => value,
  });
  const allowsAnonymousPull = async () => {
    const value = await find(keys.anonymousPull);
    return typeof value === "boolean" ? value : defaults.anonymousPull;
  };
  const describeSettings = async () => ({ anonymousPull: await allowsAnonymousPull() });
  return {
    allowsAnonymousPull,
    describeSettings,
    async changeSettings(viewer, changes, origin) {
      requireAdministrator(viewer);
      const { anonymousPull } = parseSettings(changes);
      if (anonymousPull !== undefined) {
        await database.transaction((transaction) =>
          change(transaction, viewer, keys.anonymousPull, anonymousPull, origin),
        );
      }
      return describeSettings();
    },
  };
}

async function change(
  transaction: Transaction,
  viewer: Viewer,
  key: string,
  value: boolean,
  origin: RequestOrigin | undefined,
): Promise<void> {
  // The record tells what was there before, so two changes at once are made one after the other.
  await transaction.query({ text: "SELECT pg_advisory_xact_lock(hashtext($1::text))::text AS locked", values: [key] });
  const [stored] = await transaction.query<{ value: Json }>({
    text: "SELECT value FROM instance_setting WHERE key = $1::text",
    values: [key],
  });
  if (stored?.value === value) return;
  await transaction.query({
    text: `INSERT INTO instance_setting (key, value, updated_by) VALUES ($1::text, $2::text::jsonb, $3::text)
      ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_by = excluded.updated_by, updated_at = now()`,
    values: [key, JSON.stringify(value), viewer.name],
  });
  await record(transaction, {
    action: "setting.changed",
    actor: actorOf(viewer.identity, origin),
    target: key,
    before: stored?.value,
    after: value,
  });
}

/** @throws SETTING_INVALID for what is no setting or no value of it */
function parseSettings(changes: unknown): Partial<InstanceSettings> {
  // By hand: a schema library takes a tenth of the time in which a registry starts.
  const isObject = typeof changes === "object" && changes !== null;
  const isKnown = isObject && Object.keys(changes).every((name) => Object.hasOwn(keys, name));
  if (!isKnown || Object.values(changes).some((value) => typeof value !== "boolean")) {
    throw new AccountError("SETTING_INVALID");
  }
  return changes as Partial<InstanceSettings>;
}
