import type { Scenario } from "../scenario.ts";
import { diskFull } from "./disk-full.ts";
import { oneTag } from "./one-tag.ts";
import { postgresAway } from "./postgres-away.ts";
import { postgresCutOff } from "./postgres-cut-off.ts";
import { postgresKilled } from "./postgres-killed.ts";
import { powerLoss } from "./power-loss.ts";
import { syncFails } from "./sync-fails.ts";

/** The faults of what a registry depends on: its database, the way there, its disk, and another registry beside it. */
export const dependencyFaults: readonly Scenario[] = [
  postgresKilled,
  postgresAway,
  postgresCutOff,
  diskFull,
  syncFails,
  oneTag,
  powerLoss,
];
