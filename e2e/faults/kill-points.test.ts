import { readdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ground, openGround } from "./ground.ts";
import type { Attempt } from "./kill-points/attempt.ts";
import { killAtRandom } from "./kill-points/kill-at-random.ts";
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

  it("keeps what it promised to several clients at once, killed at any moment", async () => {
    const { checked, lines } = await linesOf(killAtRandom);
    expect(lines).toEqual([]);
    expect(checked).toBeGreaterThan(1);
  }, 300_000);

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

describe("the judge of a killed registry", () => {
  let ground: Ground;
  let proving: ProvingGround;
  beforeAll(async () => {
    ground = await openGround({ isDurable: false, keepsSpare: true, env: orderly });
    proving = new ProvingGround(ground, "blobs", "judged");
  }, 120_000);
  afterAll(() => ground?.close());

  it("finds nothing where nothing is wrong", async () => {
    const attempts = [];
    for (const name of ["blob-post-file", "manifest-put-digest-tags", "blob-resume-file"]) {
      attempts.push(await proving.prepare(findOperation(name), "right"));
    }
    for (const attempt of attempts.slice(0, 2)) await proving.run(attempt);
    await proving.crash();
    for (const attempt of attempts) {
      // One that was not begun is as it was prepared.
      expect(await proving.judge(attempt, "right")).toEqual([]);
    }
  }, 120_000);

  it("finds each thing that a registry could have lost, torn or forgotten (I1 I2 I4 I7 I9 I14)", async () => {
    /** Changes rows as nothing of Layerport does, past triggers and references. */
    const change = (text: string, ...values: readonly string[]) =>
      ground.database.transaction(async (transaction) => {
        await transaction.query({ text: "SET LOCAL session_replication_role = replica" });
        expect(await transaction.query({ text: `${text} RETURNING 1 AS changed`, values })).not.toEqual([]);
      });
    const ofRepository = "repository_id = (SELECT id FROM repository WHERE path = split_part($1, '/', 2))";
    const spoils: readonly [string, (attempt: Attempt) => void | Promise<void>, RegExp][] = [
      ["blob-post-file", (attempt) => truncateSync(fileOf(proving, attempt), 1000), /^I7 .* holds sha256:/],
      ["blob-put-file", (attempt) => rmSync(fileOf(proving, attempt)), /^I1 .* is live and has no file/],
      ["blob-post-row", ({ blobs }) => change("DELETE FROM blob WHERE digest = $1", ...blobs), /^I1 .* is absent, not/],
      [
        "manifest-put-tag",
        ({ repository }) => change(`DELETE FROM tag WHERE ${ofRepository}`, repository),
        /^I4 .*tag v1 is absent/,
      ],
      [
        "manifest-put-digest-tags",
        ({ repository }) => change(`DELETE FROM manifest WHERE ${ofRepository}`, repository),
        /^I2 .*manifest \S+ is absent/,
      ],
      [
        "blob-resume-file",
        () => change("UPDATE upload_session SET durable_length = durable_length + 1"),
        /^I14 .* the upload has 40001 bytes, not 40000/,
      ],
      [
        "manifest-move-tag",
        ({ repository }) =>
          change("DELETE FROM audit_record WHERE repository = $1 AND action = 'tag.moved'", repository),
        /^I9 .* the audit log has /,
      ],
    ];
    const attempts: Attempt[] = [];
    for (const [name] of spoils) {
      const attempt = await proving.prepare(findOperation(name), "spoiled");
      attempts.push(attempt);
      // An upload is spoiled before it goes on.
      if (!name.startsWith("blob-resume")) await proving.run(attempt);
    }
    await proving.crash();
    for (const [at, [, spoil]] of spoils.entries()) await spoil(attempts[at] as Attempt);
    const everything = await proving.judgeAll();
    expect(everything).toContainEqual(expect.stringMatching(/^I9: record \d+ of the audit log: the record is missing/));
    for (const [at, [, , expected]] of spoils.entries()) {
      const found = await proving.judge(attempts[at] as Attempt, "spoiled");
      expect(found.map(({ invariant, seen }) => `${invariant} ${seen}`)).toContainEqual(
        expect.stringMatching(expected),
      );
    }
    await proving.crash();
  }, 120_000);
});

/** Where the one blob of an attempt lies. */
function fileOf(proving: ProvingGround, { blobs: [digest = ""] }: Attempt): string {
  const [algorithm = "", hex = ""] = digest.split(":");
  const folder = join(proving.ports.storage, "blobs", algorithm, hex.slice(0, 2), hex);
  return join(folder, readdirSync(folder)[0] ?? "");
}
