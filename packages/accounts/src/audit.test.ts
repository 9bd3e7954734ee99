import { openDatabase } from "@layerport/database";
import { type AuditEvent, systemActor } from "@layerport/registry-core";
import { testDatabase } from "@layerport/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { record, verifyAuditChain } from "./audit.ts";

// The wait for a connection is not what is tested: a busy machine may make 200 transactions wait for long.
const database = openDatabase({ url: await testDatabase(), connections: 10, waitMs: 60_000 });

afterAll(() => database.close());

function event(changes: Partial<AuditEvent> = {}): AuditEvent {
  return { action: "tag.moved", actor: systemActor, target: "acme/api:latest", ...changes };
}

function write(changes?: Partial<AuditEvent>) {
  return database.transaction((transaction) => record(transaction, event(changes)));
}

async function sequences(): Promise<number[]> {
  const rows = await database.query<{ sequence: number }>({
    text: "SELECT sequence FROM audit_record ORDER BY sequence",
  });
  return rows.map(({ sequence }) => sequence);
}

describe("I9, the audit log", () => {
  it("of a fresh instance is empty and intact", async () => {
    expect(await verifyAuditChain(database)).toEqual({ isIntact: true, records: 0 });
  });

  it("is dense and chained under 200 transactions at once, of which some are rolled back, by SQL and by Prisma", async () => {
    const work = Array.from({ length: 200 }, async (_, place) => {
      const change = event({ target: `change ${place}`, after: { place } });
      if (place % 4 === 1) return database.prismaTransaction((transaction) => record(transaction, change));
      return database.transaction(async (transaction) => {
        await record(transaction, change);
        if (place % 4 === 2) throw new Error("rolled back");
      });
    });
    const done = await Promise.allSettled(work);
    expect(done.filter(({ status }) => status === "rejected")).toHaveLength(50);
    expect(await sequences()).toEqual(Array.from({ length: 150 }, (_, place) => place + 1));
    expect(await verifyAuditChain(database)).toEqual({ isIntact: true, records: 150 });
  });

  it("holds whatever a client may send, and verifies it", async () => {
    const odd = "quote ' \" \\ newline \n nul \0 surrogate \ud800 emoji 🐳 rtl \u202e end";
    await write({
      actor: { kind: "user", id: "7", name: odd, address: "::1", userAgent: odd.repeat(100), requestId: odd },
      target: odd,
      organization: "acme",
      repository: "acme/api",
      outcome: "failed",
      before: { z: 1, a: [1.5, -0, 1e21, 1e-7, null, true, { y: odd, b: "" }], "": {}, [odd]: 2, "10": 1, "9": 2 },
      after: [],
    });
    await write({ before: "text", after: false });
    await write({ before: null, after: 0 });
    expect(await verifyAuditChain(database)).toEqual({ isIntact: true, records: 153 });
    const [row] = await database.query<{ user_agent: string; target: string; after: unknown }>({
      text: "SELECT user_agent, target, after FROM audit_record WHERE sequence = 151",
    });
    expect(row?.user_agent).toHaveLength(1024);
    expect(row?.target).toBe(odd.replace("\0", "\ufffd").replace("\ud800", "\ufffd"));
    expect(row?.after).toEqual([]);
  });

  it("T26: keeps no token in any of its fields", async () => {
    const token = `lp_pat_${"CANARY".repeat(6)}`;
    const actor = { kind: "user", id: token, name: token, address: token, userAgent: token, requestId: token } as const;
    await write({ action: token, actor, target: token, before: { [token]: token }, after: [token] });
    const [row] = await database.query<{ text: string }>({
      text: "SELECT record::text AS text FROM audit_record record ORDER BY sequence DESC LIMIT 1",
    });
    expect(row?.text).not.toContain("CANARY");
    expect(row?.text).toContain("lp_pat_[redacted]");
  });

  it("cannot be changed by Layerport itself", async () => {
    await expect(database.query({ text: "UPDATE audit_record SET target = 'x'" })).rejects.toThrow("never changed");
    await expect(database.query({ text: "DELETE FROM audit_record" })).rejects.toThrow("never changed");
  });
});

describe("T62, a superuser who changes the log is found", () => {
  /** Does it behind the back of the trigger, looks, and undoes it. */
  async function tamper(...statements: string[]) {
    await database.query({ text: "CREATE TABLE kept AS SELECT * FROM audit_record" });
    await database.query({ text: "CREATE TABLE kept_head AS SELECT * FROM audit_head" });
    await database.query({ text: "ALTER TABLE audit_record DISABLE TRIGGER ALL" });
    for (const text of statements) await database.query({ text });
    const verdict = await verifyAuditChain(database);
    for (const text of [
      "DELETE FROM audit_record",
      "INSERT INTO audit_record SELECT * FROM kept",
      "UPDATE audit_head SET (sequence, hash) = (SELECT sequence, hash FROM kept_head)",
      "ALTER TABLE audit_record ENABLE TRIGGER ALL",
      "DROP TABLE kept, kept_head",
    ]) {
      await database.query({ text });
    }
    expect(await verifyAuditChain(database)).toMatchObject({ isIntact: true });
    return verdict;
  }

  it.each([
    ["action = 'tag.kept'", 40],
    ["target = 'another'", 1],
    ["actor_name = 'somebody'", 77],
    ["outcome = 'denied'", 3],
    ["after = '{\"place\": 0}'", 120],
    ["before = '1'", 5],
    ["at = at + interval '1 millisecond'", 9],
    ["organization = 'other'", 10],
    ["hash = sha256('x')", 11],
  ])("who sets %s in record %i", async (change, sequence) => {
    const verdict = await tamper(`UPDATE audit_record SET ${change} WHERE sequence = ${sequence}`);
    expect(verdict).toEqual({ isIntact: false, sequence, reason: "the record is not as it was written" });
  });

  it("who deletes a record in the middle, the first or the last", async () => {
    for (const sequence of [60, 1, 154]) {
      expect(await tamper(`DELETE FROM audit_record WHERE sequence = ${sequence}`)).toEqual({
        isIntact: false,
        sequence,
        reason: "the record is missing",
      });
    }
  });

  it("who swaps two records", async () => {
    const verdict = await tamper(
      "UPDATE audit_record SET sequence = -1 WHERE sequence = 20",
      "UPDATE audit_record SET sequence = 20 WHERE sequence = 21",
      "UPDATE audit_record SET sequence = 21 WHERE sequence = -1",
    );
    expect(verdict).toMatchObject({ isIntact: false, sequence: 20 });
  });

  it("who cuts the end off and sets the head back to it", async () => {
    const verdict = await tamper(
      "DELETE FROM audit_record WHERE sequence > 100",
      "UPDATE audit_head SET sequence = 100",
    );
    expect(verdict).toEqual({ isIntact: false, sequence: 100, reason: "the log does not end with its head" });
  });

  it("who moves text from one field to the next", async () => {
    await write({ target: "a", repository: "b" });
    const verdict = await tamper("UPDATE audit_record SET target = 'ab', repository = '' WHERE target = 'a'");
    expect(verdict).toMatchObject({ isIntact: false });
  });
});
