import { dependencyFaults } from "./dependencies/scenarios.ts";
import { killAtRandom } from "./kill-points/kill-at-random.ts";
import { killPoints } from "./kill-points/kill-points.ts";
import { writeOrder } from "./kill-points/write-order.ts";
import type { Scenario } from "./scenario.ts";

/** Every fault, in the order in which a long run brings them on. */
export const scenarios: readonly Scenario[] = [writeOrder, killPoints, killAtRandom, ...dependencyFaults];
