import type { Database } from "@layerport/database";
import { readGrants, toGrant } from "./open-grants.ts";
import { readRobots } from "./open-robots.ts";
import { requireOperation } from "./operations.ts";
import type { UnusedRights } from "./unused.ts";

/** What nobody uses, over one database. */
export function openUnusedRights(database: Database): UnusedRights {
  return {
    async listUnused(viewer, organization) {
      const found = await requireOperation(database, viewer, { organization, operation: "read-rights" });
      const [grants, robots] = await Promise.all([readGrants(database, found, {}), readRobots(database, found)]);
      return {
        grants: grants.filter(({ isUnused }) => isUnused).map(toGrant),
        robots: robots.filter(({ isUnused }) => isUnused),
      };
    },
  };
}
