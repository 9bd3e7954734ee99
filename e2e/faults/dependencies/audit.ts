import { verifyAuditChain } from "@layerport/accounts";
import type { Database } from "@layerport/database";
import type { Violation } from "../scenario.ts";

/** I9 over the whole log: dense, chained, and each record of a tag goes on from where the one before it left it. */
export async function auditViolations(database: Database): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  const verdict = await verifyAuditChain(database);
  if (!verdict.isIntact) violations.push({ invariant: "I9", seen: `record ${verdict.sequence}: ${verdict.reason}` });
  const records = await database.query<{ target: string; before: string | null; after: string | null }>({
    text: `SELECT target, before->>'digest' AS before, after->>'digest' AS after FROM audit_record
      WHERE action IN ('tag.created', 'tag.moved', 'tag.removed') ORDER BY sequence`,
  });
  const pointed = new Map<string, string | null>();
  for (const { target, before, after } of records) {
    const known = pointed.get(target) ?? null;
    if (before !== known) {
      violations.push({
        invariant: "I9",
        seen: `${target} was left at ${known}, and a record says it was at ${before}`,
      });
    }
    pointed.set(target, after);
  }
  const tags = await database.query<{ target: string; digest: string }>({
    text: `SELECT organization.name || '/' || repository.path || ':' || tag.name AS target, tag.digest
      FROM tag JOIN repository ON repository.id = tag.repository_id
      JOIN organization ON organization.id = repository.organization_id`,
  });
  for (const { target, digest } of tags) {
    if (pointed.get(target) === digest) continue;
    violations.push({
      invariant: "I9",
      seen: `${target} is at ${digest}, and the log ends with ${pointed.get(target)}`,
    });
  }
  return violations;
}
