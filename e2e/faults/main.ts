/**
 * Brings faults on Layerport and checks what must hold:
 *
 *   pnpm faults [--minutes=10] [--only=<name>] [--seed=<number>] [--list]
 *
 * `--only` takes a scenario's name, or the part of names before a slash. A scenario may know options of its own; its
 * violations print them. Exits with 1 when anything did not hold.
 */
import { parseArgs } from "node:util";
import { formatReport, hasFailed, runScenario } from "./run-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";

/** The first Ctrl-C lets what runs end in order; nothing more is begun. */
const stopping = new AbortController();
process.once("SIGINT", () => stopping.abort());
process.once("SIGTERM", () => stopping.abort());

const { values } = parseArgs({
  // A scenario may have options of its own, written with "=".
  strict: false,
  options: {
    minutes: { type: "string" },
    only: { type: "string" },
    seed: { type: "string" },
    list: { type: "boolean" },
  },
});
process.exitCode = await main(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])));

async function main(options: Readonly<Record<string, string>>): Promise<number> {
  const { minutes = "10", only, seed: seedText, list, ...own } = options;
  const chosen = scenarios.filter(({ name }) => only === undefined || name === only || name.startsWith(`${only}/`));
  if (list !== undefined || chosen.length === 0) {
    for (const { name, description } of scenarios) console.log(`${name}: ${description}`);
    return list === undefined ? 2 : 0;
  }
  // Drawn anew for each run, so that over time runs see more than any one of them.
  const seed = seedText === undefined ? Math.floor(Math.random() * 1_000_000) : Number(seedText);
  console.log(`seed ${seed}`);
  const endsAt = performance.now() + Number(minutes) * 60_000;
  let failures = 0;
  for (const [at, scenario] of chosen.entries()) {
    if (stopping.signal.aborted) return 1;
    // What one leaves of its time goes to those after it.
    const weights = chosen.slice(at).reduce((sum, { weight }) => sum + weight, 0);
    const budgetMs = ((endsAt - performance.now()) * scenario.weight) / weights;
    if (await fails(scenario, { seed, budgetMs, own })) failures += 1;
  }
  console.log(failures === 0 ? "everything held" : `${failures} of ${chosen.length} did not hold`);
  return failures === 0 ? 0 : 1;
}

interface Run {
  readonly seed: number;
  readonly budgetMs: number;
  readonly own: Readonly<Record<string, string>>;
}

async function fails(scenario: Scenario, { seed, budgetMs, own }: Run): Promise<boolean> {
  const startedAt = performance.now();
  const say = (line: string) => console.log(`  ${line}`);
  const outcome = await runScenario(scenario, {
    pass: "long",
    seed,
    budgetMs,
    options: own,
    say,
    signal: stopping.signal,
  });
  if ("notRun" in outcome) {
    console.log(`${scenario.name}: not run here: ${outcome.notRun}`);
    return false;
  }
  const [first = "", ...more] = formatReport(scenario, seed, outcome.report);
  console.log(`${first} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  for (const line of more) console.log(line);
  return hasFailed(outcome.report);
}
