import type { Scenario } from "../scenario.ts";
import { diskFull } from "./disk-full.ts";
import type { GroundScenario } from "./on-ground.ts";
import { oneTag } from "./one-tag.ts";
import { postgresAway } from "./postgres-away.ts";
import { postgresCutOff } from "./postgres-cut-off.ts";
import { postgresKilled } from "./postgres-killed.ts";
import { powerLoss } from "./power-loss.ts";
import { pushesAtOnce } from "./pushes-at-once.ts";
import { syncFails } from "./sync-fails.ts";

/** Those that need a database and registries. */
export const groundFaults: readonly GroundScenario[] = [
  postgresAway,
  postgresCutOff,
  diskFull,
  syncFails,
  oneTag,
  pushesAtOnce,
  postgresKilled,
];

/** The faults of what a registry depends on: its database, the way there, its disk, and another registry beside it. */
export const dependencyFaults: readonly Scenario[] = [...groundFaults, powerLoss];
