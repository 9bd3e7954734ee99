import type { Page, Role } from "@layerport/registry-core";
import type { Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";

/** A member of an organization as a line of a list. */
export interface Member {
  readonly name: string;
  readonly displayName: string | undefined;
  /** The member's own role; absent for members who have the organization's default. */
  readonly role: Role | undefined;
  /** The own role or the default, whichever is more; absent for members who have only what is granted to them. */
  readonly effectiveRole: Role | undefined;
  /** Names of the teams that the member is in. */
  readonly teams: readonly string[];
  readonly isSuspended: boolean;
  readonly joinedAt: Date;
  /** For owners, administrators and auditors only. */
  readonly lastActiveAt: Date | undefined;
}

/** Which members a list is about. */
export interface MemberQuery {
  /** A part of a name or a display name. */
  readonly search?: string | undefined;
  readonly limit: number;
  /** The name that the page before ended with. */
  readonly after?: string | undefined;
}

/** A part of the members, by name, and how many there are in all. */
export interface MemberPage extends Page<Member> {
  readonly total: number;
}

/** A user's role in an organization, all by name. */
export interface NewMember {
  readonly organization: string;
  readonly user: string;
  /** Absent for the organization's default role. */
  readonly role: Role | undefined;
}

/** Who belongs to an organization: every member sees it, and owners change it. */
export interface Members {
  /** @throws ORGANIZATION_UNKNOWN */
  listMembers(viewer: Viewer, organization: string, query: MemberQuery): Promise<MemberPage>;
  /** Adds a member or changes a member's role. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, USER_UNKNOWN, LAST_OWNER */
  addMember(viewer: Viewer, member: NewMember, origin?: RequestOrigin): Promise<void>;
  /** The member's teams and grants in the organization end too. Everybody may leave.
   * @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, USER_UNKNOWN, LAST_OWNER */
  removeMember(viewer: Viewer, member: Omit<NewMember, "role">, origin?: RequestOrigin): Promise<void>;
}
