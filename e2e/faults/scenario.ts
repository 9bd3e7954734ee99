/** How much of a scenario is run: a fair sample in seconds, as part of all tests, or all of it. */
export type Pass = "short" | "long";

/** A promise that was found broken. */
export interface Violation {
  /** Which one, as in `I1`. */
  readonly invariant: string;
  /** What was seen, and what should have been seen, in one line. */
  readonly seen: string;
  /** What `pnpm faults` needs beside `--only` and `--seed` to do the same again, as in `--point=12`. */
  readonly repeat?: string | undefined;
}

/** What a scenario has found out. */
export interface ScenarioReport {
  /** How many times every check of it was made. A run of none proves nothing, and counts as failed. */
  readonly checked: number;
  /** What else its line says, as in `points: 41`. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
}

/** What a scenario is run with. */
export interface ScenarioContext {
  readonly pass: Pass;
  /** Everything that is drawn is drawn from it, so that the same seed does the same again. */
  readonly seed: number;
  /** Options that only this scenario knows, as in `--point=12`. */
  readonly options: Readonly<Record<string, string>>;
  /** How much of its time is left. */
  leftMs(): number;
  /** Whether there is time to begin something that takes this long. What has begun may end. */
  hasTimeFor(ms: number): boolean;
  /** Shows a line under the scenario's own. */
  say(line: string): void;
}

/** One fault, or one family of them, and what must hold while it lasts and after it. */
export interface Scenario {
  /** As `--only` names it, in kebab-case; `kill/tag-delete` is also meant by `kill`. */
  readonly name: string;
  readonly description: string;
  /** Its part of the time of a long run, beside those of the others. */
  readonly weight: number;
  /** Why it cannot run on this machine, in one line; `undefined` when it can. */
  unavailable?(): Promise<string | undefined>;
  /** Throws only when the scenario itself is broken; what it finds broken is a violation. */
  run(context: ScenarioContext): Promise<ScenarioReport>;
}
