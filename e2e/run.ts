/**
 * Everything that must hold, one step after the other, each with its time and, where it fails, its output.
 *
 *   check   format, lint, types, dead code, rules and unit tests
 *   e2e     real clients and a browser against a Layerport that runs
 *   test    both
 */
import { setTimeout as delay } from "node:timers/promises";
import { command, endCommands, firstFailure, playwright, type Step, vitest } from "./step.ts";
import { installSystemPackages } from "./system-packages.ts";

const checks: readonly Step[] = [
  command("format", "biome", "check", "--error-on-warnings", "."),
  command("generate", "turbo", "run", "generate", "--output-logs=errors-only"),
  command("lint", "oxlint", "--type-aware", "--deny-warnings"),
  command("types", "turbo", "run", "types", "--output-logs=errors-only"),
  command("dead code", "knip"),
  vitest("rules, unit, contract, store and handler tests"),
];

const endToEnd: readonly Step[] = [
  command("build", process.execPath, "apps/standalone/src/build.ts"),
  vitest("client and house tests", "--config=e2e/vitest.config.ts"),
  playwright("browser tests", "e2e/playwright.config.ts"),
];

const systemPackages: Step = {
  name: "system packages",
  async run() {
    installSystemPackages((line) => console.log(`  ${line}`));
    return { passed: 1, failed: 0, skipped: [], output: "" };
  },
};

const modes: Record<string, readonly Step[]> = {
  check: checks,
  e2e: [systemPackages, ...endToEnd],
  test: [systemPackages, ...checks, ...endToEnd],
};

async function runSteps(steps: readonly Step[]): Promise<number> {
  let passed = 0;
  let failed = 0;
  const skipped: string[] = [];
  const failures: string[] = [];
  for (const step of steps) {
    const startedAt = performance.now();
    console.log(`- ${step.name}`);
    const outcome = await step.run();
    passed += outcome.passed;
    failed += outcome.failed;
    if (outcome.failed > 0) {
      console.log(outcome.output.trimEnd());
      failures.push(`${step.name}:\n${firstFailure(outcome.output)}`);
    } else {
      // What did not run because something failed before it says nothing.
      skipped.push(...outcome.skipped);
    }
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const counts = outcome.passed + outcome.failed > 1 ? `, ${outcome.passed} passed, ${outcome.failed} failed` : "";
    console.log(`  ${outcome.failed === 0 ? "ok" : "FAILED"} (${seconds} s${counts})`);
  }
  if (skipped.length > 0) console.log(`\nnot run here:\n${skipped.map((title) => `  ${title}`).join("\n")}`);
  // A long output is often cut: what matters most comes last.
  for (const failure of failures) console.log(`\nfailed in ${failure}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Ends what runs, then this process. */
async function giveUp(): Promise<void> {
  endCommands();
  // Long enough for a Layerport under test to stop its Postgres.
  await delay(3_000);
  process.exit(130);
}

const mode = process.argv[2] ?? "test";
const steps = modes[mode];
if (!steps) {
  console.error(`unknown mode "${mode}"; there is ${Object.keys(modes).join(", ")}`);
  process.exit(2);
}
process.on("SIGINT", () => void giveUp());
process.on("SIGTERM", () => void giveUp());
// npm passes no SIGTERM on: the bootstrap notices that npm is gone, and this process that the bootstrap is.
const parent = Number(process.env.LAYERPORT_PARENT_PID);
if (parent) setInterval(() => process.ppid !== parent && void giveUp(), 500).unref();

try {
  process.exit(await runSteps(steps));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("\n0 passed, 1 failed");
  process.exit(1);
}
