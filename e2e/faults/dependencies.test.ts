import { describe, expect, it } from "vitest";
import { dependencyFaults } from "./dependencies/scenarios.ts";
import { formatReport, hasFailed, runScenario } from "./run-scenario.ts";

const seed = 1;
/** A fair sample; `pnpm faults` brings on the rest. */
const budgetMs = 8_000;

describe("the faults of what a registry depends on", async () => {
  // Losses of power are among the tests of blob storage.
  for (const scenario of dependencyFaults.filter(({ name }) => name !== "power-loss")) {
    const reason = await scenario.unavailable?.();
    const suffix = reason === undefined ? "" : ` (left out: ${reason})`;
    it.skipIf(reason !== undefined)(`${scenario.name}: ${scenario.description}${suffix}`, async () => {
      const outcome = await runScenario(scenario, { pass: "short", seed, budgetMs });
      if ("notRun" in outcome) throw new Error(outcome.notRun);
      const lines = hasFailed(outcome.report) ? formatReport(scenario, seed, outcome.report) : [];
      expect(lines).toEqual([]);
    });
  }
});
