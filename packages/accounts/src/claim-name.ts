import type { Transaction } from "@layerport/database";
import { AccountError } from "./account-error.ts";

/**
 * Takes a name for a user or an organization until the transaction ends: whoever else wants it waits, and then finds it
 * taken. A name that an organization had before is free for that organization alone, and one of a deleted organization
 * for nobody until its time is over (T64).
 * @throws NAME_TAKEN
 */
export async function claimName(transaction: Transaction, name: string, organizationId?: string): Promise<void> {
  await lockNames(transaction, [name]);
  const [taken] = await transaction.query<{ isTaken: boolean }>({
    text: `WITH over AS (
        DELETE FROM organization_alias WHERE name = $1::text
          AND (organization_id = $2::uuid OR (organization_id IS NULL AND reserved_until <= now())))
      SELECT EXISTS (SELECT 1 FROM organization WHERE name = $1::text)
        OR EXISTS (SELECT 1 FROM "user" WHERE name = $1::text)
        OR EXISTS (SELECT 1 FROM organization_alias WHERE name = $1::text
          AND (organization_id IS DISTINCT FROM $2::uuid OR organization_id IS NULL)
          AND (organization_id IS NOT NULL OR reserved_until > now())) AS "isTaken"`,
    values: [name, organizationId ?? null],
  });
  if (taken?.isTaken !== false) throw new AccountError("NAME_TAKEN");
}

/** Gives up a name that the organization has until now and keeps it for the organization's pulls. */
export async function leaveName(transaction: Transaction, name: string, organizationId: string): Promise<void> {
  await transaction.query({
    text: "INSERT INTO organization_alias (name, organization_id) VALUES ($1::text, $2::uuid)",
    values: [name, organizationId],
  });
}

/** In one order, so that two who want the same two names do not wait for each other. */
export async function lockNames(transaction: Transaction, names: readonly string[]): Promise<void> {
  for (const name of [...names].sort()) {
    await transaction.query({
      text: "SELECT pg_advisory_xact_lock(hashtextextended('name ' || $1::text, 0))::text AS locked",
      values: [name],
    });
  }
}
