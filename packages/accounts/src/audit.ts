import { createHash } from "node:crypto";
import type { Database, Transaction } from "@layerport/database";
import type { AuditEvent, Json } from "@layerport/registry-core";
import { redactTokens } from "./token-format.ts";

const maximumText = 1024;

// One statement: the head is locked, counted up and chained, and the record written, in one round trip. The lock
// lasts until the transaction ends, so numbers are dense and every record knows the one before it.
const recordText = `
WITH head AS (
  UPDATE audit_head SET
    sequence = sequence + 1,
    hash = sha256(hash || convert_to(
      (sequence + 1)::text || E'\\n'
      || (extract(epoch FROM date_trunc('milliseconds', statement_timestamp())) * 1000)::bigint::text || E'\\n'
      || $1::text, 'UTF8'))
  WHERE id = 1
  RETURNING sequence, hash
)
INSERT INTO audit_record (sequence, at, hash, action, actor_kind, actor_id, actor_name, address, user_agent, request_id,
  organization, repository, target, outcome, before, after)
SELECT head.sequence, date_trunc('milliseconds', statement_timestamp()), head.hash, $2::text, $3::text, $4::text,
  $5::text, $6::text, $7::text, $8::text, $9::text, $10::text, $11::text, $12::text, $13::text::jsonb, $14::text::jsonb
FROM head`;

/** Writes one audit record into a transaction, as its last statement; see `Accounts.record`. */
export async function record(transaction: Transaction, event: AuditEvent): Promise<void> {
  const fields = toFields(event);
  const { before, after, ...texts } = fields;
  transaction.queryAtCommit({
    name: "audit-record",
    text: recordText,
    values: [encode(fields), ...Object.values(texts), toJsonText(before), toJsonText(after)],
  });
}

/** The fields of a record that its hash covers, besides number and time, in the order of the statement. */
interface Fields {
  readonly action: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly requestId: string | null;
  readonly organization: string | null;
  readonly repository: string | null;
  readonly target: string;
  readonly outcome: string;
  readonly before: Json;
  readonly after: Json;
}

function toFields(event: AuditEvent): Fields {
  const { actor } = event;
  return {
    action: clean(event.action),
    actorKind: actor.kind,
    actorId: cleanOptional(actor.id),
    actorName: clean(actor.name),
    address: cleanOptional(actor.address),
    userAgent: cleanOptional(actor.userAgent),
    requestId: cleanOptional(actor.requestId),
    organization: cleanOptional(event.organization),
    repository: cleanOptional(event.repository),
    target: clean(event.target),
    outcome: event.outcome ?? "succeeded",
    before: cleanJson(event.before ?? null),
    after: cleanJson(event.after ?? null),
  };
}

/** The same fields give the same text whatever the order in which the database keeps the keys of an object. */
function encode(fields: Fields): string {
  return JSON.stringify([
    fields.action,
    fields.actorKind,
    fields.actorId,
    fields.actorName,
    fields.address,
    fields.userAgent,
    fields.requestId,
    fields.organization,
    fields.repository,
    fields.target,
    fields.outcome,
    fields.before,
    fields.after,
  ]);
}

/** Text that Postgres can hold and that shows no token, whoever sent it. Cleaning it again changes nothing. */
function clean(text: string): string {
  const redacted = redactTokens(text);
  const short = redacted.length > maximumText ? `${redacted.slice(0, maximumText - 1)}…` : redacted;
  return short.replaceAll("\0", "\ufffd").toWellFormed();
}

function cleanOptional(text: string | undefined): string | null {
  return text === undefined ? null : clean(text);
}

/** The value with clean texts and with the keys of every object in order. */
function cleanJson(value: Json): Json {
  if (typeof value === "string") return clean(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((element) => cleanJson(element));
  const entries = Object.entries(value)
    .filter(([, element]) => element !== undefined)
    .map(([key, element]) => [clean(key), cleanJson(element)] as const)
    .sort(([first], [second]) => (first < second ? -1 : 1));
  return Object.fromEntries(entries);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function toJsonText(value: Json): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** What a walk over the whole log found: that all is in place, or the first record that is not as it was written. */
export type AuditVerdict =
  | { readonly isIntact: true; readonly records: number }
  | { readonly isIntact: false; readonly sequence: number; readonly reason: string };

interface StoredRecord extends Fields {
  readonly sequence: number;
  readonly atMs: number;
  readonly hash: Buffer;
}

const batchSize = 5000;

/**
 * Reads the audit log from its first record and recomputes the chain. Finds records that were changed, removed,
 * inserted or put in another order by somebody who can write to the database, and names the first.
 */
export async function verifyAuditChain(database: Database): Promise<AuditVerdict> {
  const [head] = await database.query<{ sequence: number; hash: Buffer }>({
    text: "SELECT sequence, hash FROM audit_head WHERE id = 1",
  });
  if (head === undefined) return { isIntact: false, sequence: 0, reason: "the head of the log is missing" };
  let previous: Buffer = Buffer.alloc(32);
  let sequence = 0;
  while (sequence < head.sequence) {
    const records = await readRecords(database, sequence, head.sequence);
    if (records.length === 0) return { isIntact: false, sequence: sequence + 1, reason: "the record is missing" };
    for (const stored of records) {
      sequence += 1;
      if (stored.sequence !== sequence) return { isIntact: false, sequence, reason: "the record is missing" };
      const expected = chain(previous, stored);
      if (!expected.equals(stored.hash)) {
        return { isIntact: false, sequence, reason: "the record is not as it was written" };
      }
      previous = expected;
    }
  }
  if (!previous.equals(head.hash)) return { isIntact: false, sequence, reason: "the log does not end with its head" };
  return { isIntact: true, records: sequence };
}

function chain(previous: Buffer, stored: StoredRecord): Buffer {
  const fields: Fields = { ...stored, before: cleanJson(stored.before), after: cleanJson(stored.after) };
  return createHash("sha256")
    .update(previous)
    .update(`${stored.sequence}\n${stored.atMs}\n${encode(fields)}`)
    .digest();
}

function readRecords(database: Database, after: number, last: number): Promise<StoredRecord[]> {
  return database.query<StoredRecord>({
    name: "audit-read",
    text: `SELECT sequence, (extract(epoch FROM at) * 1000)::bigint AS "atMs", hash, action, actor_kind AS "actorKind",
        actor_id AS "actorId", actor_name AS "actorName", address, user_agent AS "userAgent",
        request_id AS "requestId", organization, repository, target, outcome, before, after
      FROM audit_record WHERE sequence > $1::bigint AND sequence <= $2::bigint ORDER BY sequence LIMIT ${batchSize}`,
    values: [after, last],
  });
}
