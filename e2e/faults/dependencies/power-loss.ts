import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Scenario, ScenarioReport, Violation } from "../scenario.ts";

const root = join(import.meta.dirname, "../../..");
const roundMs = 30_000;
const lossesInARound = 500;

/** F54, F55: a disk in memory that forgets what nobody has synced. The short pass is a unit test of blob storage. */
export const powerLoss: Scenario = {
  name: "power-loss",
  description: "the power goes at any call of the blob store: what was not synced is lost or torn, what was is there",
  weight: 1,
  async run(context): Promise<ScenarioReport> {
    const { pass, seed } = context;
    const violations: Violation[] = [];
    let losses = 0;
    do {
      const losing = pass === "short" ? 20 : lossesInARound;
      const failure = await runTests(losing, seed + losses);
      losses += losing;
      if (failure !== undefined) violations.push({ invariant: "I1", seen: failure });
    } while (pass === "long" && violations.length === 0 && context.hasTimeFor(roundMs));
    return { checked: losses, violations };
  },
};

/** Answers the lines in which the tests tell what they found, if they found anything. */
function runTests(losses: number, seed: number): Promise<string | undefined> {
  const child = spawn(join(root, "node_modules/.bin/vitest"), ["run", "packages/blob-storage/src/power-loss.test.ts"], {
    cwd: root,
    env: {
      ...process.env,
      NO_COLOR: "1",
      LAYERPORT_POWER_LOSSES: String(losses),
      LAYERPORT_POWER_LOSS_SEED: String(seed),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const found = output.split("\n").filter((line) => /\bI\d+ seed|Error:/.test(line));
      resolve(code === 0 ? undefined : found.join("; ") || output.slice(-500));
    });
  });
}
