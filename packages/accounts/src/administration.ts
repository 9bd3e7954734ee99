import type { Page } from "@layerport/registry-core";
import type { AccessToken, Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";

/** A person as administrators and auditors see them. */
export interface UserAccount {
  readonly name: string;
  readonly email: string;
  readonly displayName: string | undefined;
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
  readonly isSuspended: boolean;
  readonly createdAt: Date;
  /** To the minute, whatever they used: a page, a password or an access token. */
  readonly lastActiveAt: Date | undefined;
  /** Organizations that are not their own. */
  readonly organizationCount: number;
  /** Access tokens that are neither revoked nor expired. */
  readonly accessTokenCount: number;
}

/** A part of a list that is searched on the server. */
export interface AdministrationQuery {
  /** A part of a name, an address or a display name. */
  readonly search?: string | undefined;
  readonly limit: number;
  /** The name that the page before ended with. */
  readonly after?: string | undefined;
}

/** A part of the users, by name, and how many there are in all. */
export interface UserPage extends Page<UserAccount> {
  readonly total: number;
}

/** An organization as administrators and auditors see it. */
export interface OrganizationAccount {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly kind: "personal" | "shared";
  readonly createdAt: Date;
  /** The first five who own it and are not suspended, by name. */
  readonly owners: readonly string[];
  /** Nobody who is not suspended owns it. */
  readonly isOwnerless: boolean;
  readonly memberCount: number;
  readonly repositoryCount: number;
}

/** A part of the organizations, by name, and how many there are in all. */
export interface OrganizationPage extends Page<OrganizationAccount> {
  readonly total: number;
}

/** Another person's access token, without its secret. */
export interface OwnedAccessToken extends AccessToken {
  readonly owner: string;
}

/** Which of the two roles of the instance somebody has from now on; what is absent stays. */
export interface UserRoles {
  readonly isAdministrator?: boolean | undefined;
  readonly isAuditor?: boolean | undefined;
}

/** The instance as its administrators see it; auditors read the same and change nothing. */
export interface Administration {
  /** @throws NOT_ALLOWED */
  listUsers(viewer: Viewer, query: AdministrationQuery): Promise<UserPage>;
  /** @throws NOT_ALLOWED, USER_UNKNOWN */
  describeUser(viewer: Viewer, name: string): Promise<UserAccount>;
  /** Ends the sessions and bearer tokens of whoever loses a role. @throws NOT_ALLOWED, USER_UNKNOWN, LAST_ADMINISTRATOR */
  changeUserRoles(
    viewer: Viewer,
    user: { readonly name: string; readonly roles: UserRoles },
    origin?: RequestOrigin,
  ): Promise<UserAccount>;
  /** Newest first; revoked ones left out. @throws NOT_ALLOWED, USER_UNKNOWN */
  listUserAccessTokens(viewer: Viewer, user: string): Promise<readonly OwnedAccessToken[]>;
  /** @throws NOT_ALLOWED, USER_UNKNOWN, TOKEN_UNKNOWN */
  revokeUserAccessToken(
    viewer: Viewer,
    token: { readonly user: string; readonly id: string },
    origin?: RequestOrigin,
  ): Promise<void>;
  /** Those of everybody that were neither used nor made within 90 days and still serve, oldest first, 500 at most.
   * @throws NOT_ALLOWED */
  listUnusedAccessTokens(viewer: Viewer): Promise<readonly OwnedAccessToken[]>;
  /** @throws NOT_ALLOWED */
  listAllOrganizations(
    viewer: Viewer,
    query: AdministrationQuery & { readonly kind?: "personal" | "shared" | undefined },
  ): Promise<OrganizationPage>;
  /** The administrator becomes an owner beside those there are. @throws NOT_ALLOWED, ORGANIZATION_UNKNOWN */
  takeOwnership(viewer: Viewer, organization: string, origin?: RequestOrigin): Promise<void>;
}
