import { readdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ground, openGround } from "./ground.ts";
import { findOperation, killPoints, orderly } from "./kill-points/kill-points.ts";
import { ProvingGround } from "./kill-points/proving-ground.ts";
import { whyNoTrace } from "./kill-points/strace.ts";
import { writeOrder } from "./kill-points/write-order.ts";
import { formatReport, runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";

/** The same points in every run of the tests; `pnpm faults` draws others. */
const seed = 1;
const reason = await whyNoTrace();
const because = reason === undefined ? "" : ` (needs a process that may be traced: ${reason})`;

async function linesOf(scenario: Scenario): Promise<{ readonly checked: number; readonly lines: readonly string[] }> {
  const outcome = await runScenario(scenario, { pass: "short", seed, budgetMs: 90_000 });
  if ("notRun" in outcome) throw new Error(outcome.notRun);
  const { report } = outcome;
  return { checked: report.checked, lines: report.violations.length === 0 ? [] : formatReport(scenario, seed, report) };
}

describe("a registry that is killed", () => {
  it.skipIf(reason !== undefined)(
    `keeps what it promised, at a sample of all system calls (I1 I2 I3 I4 I7 I9 I14)${because}`,
    async () => {
      const { checked, lines } = await linesOf(killPoints);
      expect(lines).toEqual([]);
      expect(checked).toBeGreaterThan(30);
    },
    600_000,
  );

  it.skipIf(reason !== undefined)(
    `has made everything durable before it told of it: sync, rename, sync, COMMIT, 201${because}`,
    async () => {
      const { checked, lines } = await linesOf(writeOrder);
      expect(lines).toEqual([]);
      expect(checked).toBeGreaterThan(3);
    },
    300_000,
  );
});

/** The one blob in blob storage. */
function onlyFile(storage: string): string {
  const [file, ...more] = readdirSync(join(storage, "blobs"), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  );
  if (file === undefined || more.length > 0) throw new Error("there is not one blob");
  return join(file.parentPath, file.name);
}

describe("the judge of a killed registry", () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround({ isDurable: false, keepsSpare: true, env: orderly });
  }, 60_000);
  afterAll(() => ground?.close());

  /** Changes rows as nothing of Layerport does, past triggers and references. */
  const change = (text: string) =>
    ground.database.transaction(async (transaction) => {
      await transaction.query({ text: "SET LOCAL session_replication_role = replica" });
      expect(await transaction.query({ text: `${text} RETURNING 1 AS changed` })).not.toEqual([]);
    });

  it("finds nothing where nothing is wrong", async () => {
    const proving = new ProvingGround(ground, "right", "right");
    const attempt = await proving.prepare(findOperation("manifest-put-tag"), "right");
    await proving.run(attempt);
    await proving.crash();
    expect(await proving.judge(attempt, "right")).toEqual([]);
    await proving.crash();
  });

  // The last one breaks the chain of the log, which every later judgement would find.
  it.each<[string, string, (storage: string) => Promise<void> | void, string]>([
    ["half of a file at its final place", "blob-post-file", (storage) => truncateSync(onlyFile(storage), 1000), "I7"],
    ["a live blob without its file", "blob-post-file", (storage) => rmSync(onlyFile(storage)), "I1"],
    ["a tag that was lost", "manifest-put-tag", () => change("DELETE FROM tag"), "I4"],
    ["a manifest that was lost", "manifest-put-digest-tags", () => change("DELETE FROM manifest"), "I2"],
    [
      "an upload that claims more than it has",
      "blob-resume-file",
      () => change("UPDATE upload_session SET durable_length = durable_length + 1"),
      "I14",
    ],
    [
      "a change without its record",
      "manifest-put-tag",
      () => change("DELETE FROM audit_record WHERE sequence = (SELECT max(sequence) FROM audit_record)"),
      "I9",
    ],
  ])(
    "finds %s",
    async (wrong, name, spoil, invariant) => {
      const proving = new ProvingGround(ground, wrong.replaceAll(" ", "-"), wrong);
      const attempt = await proving.prepare(findOperation(name), wrong);
      // A resumed upload is spoiled before it goes on.
      if (invariant !== "I14") await proving.run(attempt);
      await proving.crash();
      await spoil(proving.ports.storage);
      const found = await proving.judge(attempt, wrong);
      await proving.crash();
      expect(found.map((violation) => violation.invariant)).toContain(invariant);
    },
    60_000,
  );
});
