import { openGround } from "../ground.ts";
import { Random } from "../random.ts";
import type { Scenario, ScenarioContext, Violation } from "../scenario.ts";
import { blobOperations } from "./blob-operations.ts";
import { manifestOperations } from "./manifest-operations.ts";
import type { Operation } from "./operation.ts";
import { formatPoint, type Point } from "./points.ts";
import { ProvingGround } from "./proving-ground.ts";
import { whyNoTrace } from "./strace.ts";

/** Every operation that changes what a registry holds. */
export const operations: readonly Operation[] = [...blobOperations, ...manifestOperations];

/** The operation of this name. */
export function findOperation(name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (found === undefined) throw new Error(`there is no operation ${name}`);
  return found;
}

/** Of how many points a short pass takes one. */
const sampled = 12;
/** What one point costs at most, on a machine that does other things as well. */
const pointMs = 3_000;

/** The environment in which system calls come in the same order each time: one thread for files. */
export const orderly = { UV_THREADPOOL_SIZE: "1" } as const;

/**
 * Kills the registry at each system call by which an operation changes anything outside the process, starts it again,
 * and checks what clients were promised. `--operation` and `--point` choose one,
 * `--points` lists them.
 */
export const killPoints: Scenario = {
  name: "kill-points",
  description: "the registry is killed at every system call of every operation that writes",
  weight: 24,
  unavailable: whyNoTrace,
  async run(context) {
    const { options } = context;
    const chosen = options.operation === undefined ? operations : [findOperation(options.operation)];
    const ground = await openGround({ isDurable: false, keepsSpare: true, env: orderly });
    try {
      // A short pass saves the restarts between operations.
      const together = context.pass === "short" ? new ProvingGround(ground, "blobs", String(context.seed)) : undefined;
      const proven: Proven[] = [];
      for (const [at, operation] of chosen.entries()) {
        const proving = together ?? new ProvingGround(ground, `blobs-${operation.name}`, String(context.seed));
        const shareMs = context.leftMs() / (chosen.length - at);
        const found = await killThroughout(proving, operation, { context, untilMs: performance.now() + shareMs });
        if (together === undefined) found.violations.push(...(await judgeLater(proving, operation)));
        context.say(
          `${operation.name}: ${found.points} points, ${found.kills} kills, ${found.violations.length} violations`,
        );
        proven.push(found);
      }
      const later = together === undefined ? [] : await judgeLater(together);
      const sum = (of: (one: Proven) => number) => proven.reduce((total, one) => total + of(one), 0);
      const kills = sum((one) => one.kills);
      return {
        checked: kills,
        counts: { operations: chosen.length, points: sum(({ points }) => points), kills },
        violations: [...proven.flatMap(({ violations }) => violations), ...later],
      };
    } finally {
      await ground.close();
    }
  },
};

interface Proven {
  readonly points: number;
  /** Those that came where they should. */
  readonly kills: number;
  readonly violations: Violation[];
}

interface Share {
  readonly context: ScenarioContext;
  readonly untilMs: number;
}

async function killThroughout(
  proving: ProvingGround,
  operation: Operation,
  { context, untilMs }: Share,
): Promise<Proven> {
  const violations: Violation[] = [];
  let kills = 0;
  await proving.warmUp(operation);
  const points = await proving.enumerate(operation);
  if (context.options.points !== undefined) {
    for (const point of points) context.say(`${formatPoint(point)}: ${point.doing}`);
  }
  for (const point of choose(points, context, operation)) {
    if (performance.now() + pointMs > untilMs && context.pass === "long" && kills > 0) break;
    const name = point === "answered" ? point : formatPoint(point);
    const { isReached, violations: found } = await proving.kill(operation, point, name);
    if (isReached) kills += 1;
    const repeat = `--operation=${operation.name} --point=${name}`;
    const doing = point === "answered" ? "after the answer" : `before ${point.doing}`;
    violations.push(...found.map(({ invariant, seen }) => ({ invariant, seen: `${doing}: ${seen}`, repeat })));
  }
  return { points: points.length + 1, kills, violations };
}

/** Whether what was promised holds after one more crash. */
async function judgeLater(proving: ProvingGround, operation?: Operation): Promise<readonly Violation[]> {
  const found = await proving.judgeLater();
  await proving.crash();
  return operation === undefined ? found : found.map((one) => ({ ...one, repeat: `--operation=${operation.name}` }));
}

/** All in an order of the seed's, or the few of a short pass, spread over the operation; or the one that was asked for. */
function choose(
  points: readonly Point[],
  { pass, seed, options }: ScenarioContext,
  { name }: Operation,
): readonly (Point | "answered")[] {
  const all = [...points, "answered" as const];
  const { point } = options;
  if (point !== undefined) return all.filter((each) => (each === "answered" ? each : formatPoint(each)) === point);
  const random = new Random(seed, name);
  if (pass === "long") return random.shuffle(all);
  const sample = Math.ceil(all.length / sampled);
  return Array.from({ length: sample }, (_, part) => {
    const from = Math.floor((part * all.length) / sample);
    const until = Math.floor(((part + 1) * all.length) / sample);
    return all.slice(from, until)[random.below(until - from)];
  }).filter((each) => each !== undefined);
}
