import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditViolations } from "./dependencies/audit.ts";
import { groundFaults } from "./dependencies/scenarios.ts";
import { type Ground, openGround } from "./ground.ts";
import { formatReport, hasFailed, runScenario } from "./run-scenario.ts";

/** The same faults in every run of the tests; `pnpm faults` draws others, and more of them. */
const seed = 1;
const budgetMs = 4_000;

// Losses of power are among the tests of blob storage.
describe("the faults of what a registry depends on", async () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await openGround();
  }, 60_000);
  afterAll(() => ground?.close());

  for (const scenario of groundFaults) {
    const reason = await scenario.unavailable?.();
    const because = reason === undefined ? "" : ` (left out: ${reason})`;
    it.skipIf(reason !== undefined)(
      `${scenario.name}: ${scenario.description}${because}`,
      async () => {
        // One ground for all, since making it takes longer than most of them.
        const run: typeof scenario.run = (context) => scenario.runOn(ground, context);
        const outcome = await runScenario({ ...scenario, run }, { pass: "short", seed, budgetMs });
        if ("notRun" in outcome) throw new Error(outcome.notRun);
        const lines = hasFailed(outcome.report) ? formatReport(scenario, seed, outcome.report) : [];
        expect(lines).toEqual([]);
      },
      300_000,
    );
  }

  it("would be noticed in the audit log, had they moved a tag without a record (I9)", async () => {
    const { database } = ground;
    expect(await auditViolations(database)).toEqual([]);
    const moved = await database.query<{ digest: string }>({
      text: `UPDATE tag SET digest = other.digest FROM manifest other
        WHERE other.repository_id = tag.repository_id AND other.digest <> tag.digest RETURNING tag.digest`,
    });
    expect(moved).not.toEqual([]);
    const seen = (await auditViolations(database)).map(({ seen: text }) => text);
    expect(seen).toEqual(moved.map(({ digest }) => expect.stringMatching(`is at ${digest}`)));
  });
});
