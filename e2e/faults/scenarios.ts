import { killPoints } from "./kill-points/kill-points.ts";
import type { Scenario } from "./scenario.ts";

/** Every fault, in the order in which a long run brings them on. */
export const scenarios: readonly Scenario[] = [killPoints];
