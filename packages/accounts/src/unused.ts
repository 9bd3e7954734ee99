import type { Viewer } from "./accounts.ts";
import type { AccessGrant } from "./grant.ts";
import type { RobotAccount } from "./robot.ts";

/** Rights and credentials of an organization that nobody has used for 90 days. */
export interface UnusedAccess {
  readonly grants: readonly AccessGrant[];
  readonly robots: readonly RobotAccount[];
}

/** Finds what could be taken away without anybody missing it. */
export interface UnusedRights {
  /** For owners and maintainers, administrators and auditors. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED */
  listUnused(viewer: Viewer, organization: string): Promise<UnusedAccess>;
}
