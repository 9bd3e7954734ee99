import type { Page } from "@layerport/registry-core";
import type { Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";

/** A team as a line of a list. */
export interface TeamSummary {
  readonly id: string;
  readonly name: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
  readonly memberCount: number;
  readonly grantCount: number;
}

/** A member of a team. */
export interface TeamMember {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly addedAt: Date;
}

/** Which team of which organization, both by name. */
export interface TeamAddress {
  readonly organization: string;
  readonly team: string;
}

/** What a team is called. */
export interface TeamProperties {
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly description?: string | undefined;
}

/** Teams: every member of an organization sees them, and owners change them. */
export interface Teams {
  /** By name. @throws ORGANIZATION_UNKNOWN */
  listTeams(viewer: Viewer, organization: string): Promise<readonly TeamSummary[]>;
  /** @throws ORGANIZATION_UNKNOWN, TEAM_UNKNOWN */
  describeTeam(viewer: Viewer, address: TeamAddress): Promise<TeamSummary>;
  /** By name; `after` is the name that the page before ended with. @throws ORGANIZATION_UNKNOWN, TEAM_UNKNOWN */
  listTeamMembers(
    viewer: Viewer,
    address: TeamAddress,
    page: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<Page<TeamMember>>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, TEAM_NAME_INVALID, TEAM_NAME_TAKEN, DISPLAY_NAME_INVALID,
   * DESCRIPTION_INVALID */
  createTeam(viewer: Viewer, organization: string, team: TeamProperties, origin?: RequestOrigin): Promise<TeamSummary>;
  /** Gives a team these properties; its grants and members stay.
   * @throws what `createTeam` says, TEAM_UNKNOWN */
  changeTeam(viewer: Viewer, address: TeamAddress, team: TeamProperties, origin?: RequestOrigin): Promise<TeamSummary>;
  /** The team's grants end with it. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, TEAM_UNKNOWN */
  deleteTeam(viewer: Viewer, address: TeamAddress, origin?: RequestOrigin): Promise<void>;
  /** Repeating it changes nothing. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, TEAM_UNKNOWN, USER_UNKNOWN for whoever is
   * no member of the organization */
  addTeamMember(viewer: Viewer, address: TeamAddress, user: string, origin?: RequestOrigin): Promise<void>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, TEAM_UNKNOWN, USER_UNKNOWN */
  removeTeamMember(viewer: Viewer, address: TeamAddress, user: string, origin?: RequestOrigin): Promise<void>;
}
