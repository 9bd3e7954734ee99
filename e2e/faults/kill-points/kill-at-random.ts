import { setTimeout as delay } from "node:timers/promises";
import { openGround } from "../ground.ts";
import { Random } from "../random.ts";
import type { Scenario, ScenarioContext, Violation } from "../scenario.ts";
import { type Attempt, Refused } from "./attempt.ts";
import { operations } from "./kill-points.ts";
import { ProvingGround } from "./proving-ground.ts";

/** How many clients are at work when the registry is killed. */
const clients = 6;
const roundMs = 5_000;
const shortRounds = 2;

/**
 * Kills the registry at any moment while several clients do different things, so that also what no list of system
 * calls has is met: two things half done at once, and a kill between two calls. `--round` does one round again, with
 * the same clients; the moment is as near as a clock can tell.
 */
export const killAtRandom: Scenario = {
  name: "kill-at-random",
  description: "the registry is killed at any moment while several clients write",
  weight: 2,
  async run(context) {
    const ground = await openGround({ isDurable: false, keepsSpare: true });
    try {
      const proving = new ProvingGround(ground, "blobs", String(context.seed));
      const violations: Violation[] = [];
      let kills = 0;
      let cutOff = 0;
      for (const round of rounds(context)) {
        const found = await killOnce(proving, new Random(context.seed, "round", round), `round-${round}`);
        kills += 1;
        cutOff += found.cutOff;
        violations.push(...found.violations.map((one) => ({ ...one, repeat: `--round=${round}` })));
      }
      violations.push(...(await proving.judgeLater()));
      await proving.crash();
      return { checked: kills, counts: { kills, attempts: kills * clients, "cut off": cutOff }, violations };
    } finally {
      await ground.close();
    }
  },
};

function* rounds(context: ScenarioContext): Generator<number> {
  const { round: wanted } = context.options;
  if (wanted !== undefined) {
    yield Number(wanted);
    return;
  }
  const goesOn = (round: number) => (context.pass === "short" ? round < shortRounds : context.hasTimeFor(roundMs));
  for (let round = 0; round === 0 || goesOn(round); round += 1) yield round;
}

async function killOnce(
  proving: ProvingGround,
  random: Random,
  name: string,
): Promise<{ readonly cutOff: number; readonly violations: readonly Violation[] }> {
  // A crash of its own would cut off the others.
  const chosen = random.shuffle(operations.filter(({ crashes }) => !crashes)).slice(0, clients);
  // What they do without a kill tells how long they take.
  const rehearsal = await prepareAll(proving, chosen, `${name}-rehearsal`);
  const begun = performance.now();
  await Promise.all(rehearsal.map((attempt) => proving.run(attempt)));
  const tookMs = performance.now() - begun;

  const attempts = await prepareAll(proving, chosen, name);
  const running = Promise.all(attempts.map((attempt) => runOrTell(proving, attempt)));
  await delay(random.below(Math.ceil(tookMs)));
  await proving.crash();
  const ended = await running;
  const violations: Violation[] = ended.flatMap(({ refused }) =>
    refused === undefined ? [] : [{ invariant: "I3", seen: refused }],
  );
  for (const [at, attempt] of attempts.entries()) violations.push(...(await proving.judge(attempt, `${name}-${at}`)));
  return { cutOff: ended.filter(({ isDone }) => !isDone).length, violations };
}

async function prepareAll(
  proving: ProvingGround,
  chosen: typeof operations,
  name: string,
): Promise<readonly Attempt[]> {
  const attempts: Attempt[] = [];
  for (const operation of chosen) attempts.push(await proving.prepare(operation, name));
  return attempts;
}

async function runOrTell(
  proving: ProvingGround,
  attempt: Attempt,
): Promise<{ readonly isDone: boolean; readonly refused?: string }> {
  try {
    return { isDone: (await proving.run(attempt)) === "done" };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { isDone: false, refused: error.message };
  }
}
