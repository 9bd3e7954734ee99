import type { Pass, Scenario, ScenarioReport } from "./scenario.ts";

/** How a scenario is run. */
export interface RunOptions {
  readonly pass: Pass;
  readonly seed: number;
  /** How long it may take. What has begun may end. */
  readonly budgetMs: number;
  readonly options?: Readonly<Record<string, string>>;
  readonly say?: (line: string) => void;
  /** Once aborted, there is no more time. */
  readonly signal?: AbortSignal;
}

/** What came out of a scenario: a report, or why it was not run here. */
export type ScenarioOutcome = { readonly report: ScenarioReport } | { readonly notRun: string };

/** Runs a scenario within its time. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<ScenarioOutcome> {
  const reason = await scenario.unavailable?.();
  if (reason !== undefined) return { notRun: reason };
  const endsAt = performance.now() + options.budgetMs;
  const leftMs = () => (options.signal?.aborted ? 0 : Math.max(0, endsAt - performance.now()));
  const report = await scenario.run({
    pass: options.pass,
    seed: options.seed,
    options: options.options ?? {},
    leftMs,
    hasTimeFor: (ms) => leftMs() >= ms,
    say: options.say ?? (() => {}),
  });
  return { report };
}

/** A run in which nothing was checked proves nothing, so it has failed. */
export function hasFailed({ checked, violations }: ScenarioReport): boolean {
  return checked === 0 || violations.length > 0;
}

/** The command that brings the same faults on again. */
export function repeatCommand(scenario: Scenario, seed: number, repeat?: string): string {
  return ["pnpm faults", `--only=${scenario.name}`, `--seed=${seed}`, ...(repeat === undefined ? [] : [repeat])].join(
    " ",
  );
}

/** One fault in Layerport is often seen in many places. */
const shown = 20;

/** A report in one line, and one more for each violation with the command that repeats it. */
export function formatReport(scenario: Scenario, seed: number, report: ScenarioReport): readonly string[] {
  const { checked, counts = {}, violations } = report;
  const words = Object.entries({ ...counts, checked, violations: violations.length });
  return [
    `${scenario.name}: ${words.map(([word, count]) => `${count} ${word}`).join(", ")}`,
    ...(checked === 0 ? ["  nothing was checked"] : []),
    ...violations
      .slice(0, shown)
      .flatMap(({ invariant, seen, repeat }) => [
        `  ${invariant}: ${seen}`,
        `    again: ${repeatCommand(scenario, seed, repeat)}`,
      ]),
    ...(violations.length > shown ? [`  and ${violations.length - shown} more`] : []),
  ];
}
