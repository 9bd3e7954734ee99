import { openGround } from "../ground.ts";
import type { Scenario } from "../scenario.ts";
import { operations, orderly } from "./kill-points.ts";
import { lintedCalls, lintOrder } from "./order-lint.ts";
import { ProvingGround } from "./proving-ground.ts";
import { whyNoTrace } from "./strace.ts";

/**
 * Does every operation once and reads from its system calls that a loss of power at any moment takes nothing away that
 * was promised. `R1` is the rule: sync, rename, sync of the folders, commit, answer.
 */
export const writeOrder: Scenario = {
  name: "write-order",
  description: "every operation that writes makes its bytes durable before it tells of them",
  weight: 1,
  unavailable: whyNoTrace,
  async run(context) {
    const ground = await openGround({ isDurable: false, keepsSpare: true, env: orderly });
    try {
      const proving = new ProvingGround(ground, "blobs", String(context.seed));
      // A crash among them would end what is observed.
      const log = await proving.record(
        operations.filter(({ crashes }) => !crashes),
        lintedCalls,
      );
      await proving.crash();
      const { answers, publications, lengths, violations } = lintOrder(log, proving.ports);
      const counts = { answers, publications, lengths };
      for (const [name, count] of Object.entries(counts))
        if (count === 0) context.say(`no ${name} were found in the log`);
      return {
        checked: Math.min(answers, publications, lengths),
        counts,
        violations: violations.map((seen) => ({ invariant: "R1", seen })),
      };
    } finally {
      await ground.close();
    }
  },
};
