import type { Viewer } from "./accounts.ts";
import type { AccessGrant, NewGrant } from "./grant.ts";
import type { RequestOrigin } from "./identity.ts";

/** A secret of a robot, without the secret. */
export interface RobotSecret {
  readonly id: string;
  readonly lastFour: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly isExpired: boolean;
  readonly lastUsedAt: Date | undefined;
  readonly lastUsedAddress: string | undefined;
  readonly lastUsedRepository: string | undefined;
}

/** A robot account with what it may do and what it signs in with. */
export interface RobotAccount {
  readonly id: string;
  readonly name: string;
  /** What clients sign in as: `acme+ci`. */
  readonly loginName: string;
  readonly description: string | undefined;
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly isSuspended: boolean;
  /** When its newest secret expires. */
  readonly expiresAt: Date;
  readonly isExpired: boolean;
  /** The latest use of any of its secrets. */
  readonly lastUsedAt: Date | undefined;
  readonly lastUsedAddress: string | undefined;
  readonly lastUsedRepository: string | undefined;
  /** Neither used nor made within 90 days. */
  readonly isUnused: boolean;
  /** Newest first; what expired more than 30 days ago is left out. */
  readonly secrets: readonly RobotSecret[];
  readonly grants: readonly AccessGrant[];
}

/** A robot that is to be made, with its first grants. */
export interface NewRobot {
  readonly name: string;
  readonly description?: string | undefined;
  readonly expiresInDays: number;
  readonly grants: readonly Omit<NewGrant, "principal">[];
}

/** A robot with a fresh secret. Nobody can read `secret` again. */
export interface RobotWithSecret {
  readonly robot: RobotAccount;
  readonly secret: string;
}

/** How a robot's secret is replaced. */
export interface RobotRotation {
  readonly robot: string;
  /** How long the new secret lasts. */
  readonly expiresInDays: number;
  /** How long the secrets before it stay valid: 0 to 168 hours, 24 unless given. */
  readonly overlapHours?: number | undefined;
}

/** Robot accounts: maintainers and owners of an organization see them, and owners change them. A robot changes nothing of
 * itself or of others, and does not sign in to the portal. */
export interface Robots {
  /** By name. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED */
  listRobots(viewer: Viewer, organization: string): Promise<readonly RobotAccount[]>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ROBOT_UNKNOWN */
  describeRobot(viewer: Viewer, organization: string, robot: string): Promise<RobotAccount>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ROBOT_NAME_INVALID, ROBOT_NAME_TAKEN, DESCRIPTION_INVALID,
   * ROBOT_EXPIRY_INVALID, GRANT_PATTERN_INVALID, GRANT_PERMISSIONS_INVALID */
  createRobot(viewer: Viewer, organization: string, robot: NewRobot, origin?: RequestOrigin): Promise<RobotWithSecret>;
  /** The secrets before the new one end after the overlap, or at their own time where that is sooner.
   * @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ROBOT_UNKNOWN, ROBOT_EXPIRY_INVALID, OVERLAP_INVALID */
  rotateRobotSecret(
    viewer: Viewer,
    organization: string,
    rotation: RobotRotation,
    origin?: RequestOrigin,
  ): Promise<RobotWithSecret>;
  /** Ends one secret at once. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ROBOT_UNKNOWN, TOKEN_UNKNOWN */
  revokeRobotSecret(
    viewer: Viewer,
    organization: string,
    secret: { readonly robot: string; readonly id: string },
    origin?: RequestOrigin,
  ): Promise<void>;
  /** Every request of the robot is refused from now on. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ROBOT_UNKNOWN */
  suspendRobot(viewer: Viewer, organization: string, robot: string, origin?: RequestOrigin): Promise<void>;
  /** Its secrets serve again, as far as they have not expired. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ROBOT_UNKNOWN */
  reinstateRobot(viewer: Viewer, organization: string, robot: string, origin?: RequestOrigin): Promise<void>;
  /** With its secrets and grants. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ROBOT_UNKNOWN */
  deleteRobot(viewer: Viewer, organization: string, robot: string, origin?: RequestOrigin): Promise<void>;
}
