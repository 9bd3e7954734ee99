import type { Role } from "@layerport/registry-core";
import type { SignedIn, Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";

/** An invitation that is to be made. */
export interface NewInvitation {
  /** Absent for an invitation to this Layerport alone, which administrators make. */
  readonly organization?: string | undefined;
  /** The only address that may accept; absent for whoever has the link. */
  readonly email?: string | undefined;
  /** Absent for the organization's default role. */
  readonly role?: Role | undefined;
  /** Names of teams that the new member joins. */
  readonly teams?: readonly string[] | undefined;
}

/** An invitation as those who may revoke it see it. */
export interface Invitation {
  readonly id: string;
  readonly organization: string | undefined;
  readonly email: string | undefined;
  readonly role: Role | undefined;
  readonly teams: readonly string[];
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A fresh invitation. Nobody can read `link` again. */
export interface CreatedInvitation {
  readonly invitation: Invitation;
  /** `https://…/invite/<token>`. */
  readonly link: string;
  /** Whether it was handed to the mail server; `false` where none is set or it refused. */
  readonly isMailed: boolean;
}

/** What whoever holds the link is told. */
export interface InvitationOffer {
  readonly organization: { readonly name: string; readonly displayName: string | undefined } | undefined;
  readonly email: string | undefined;
  readonly role: Role | undefined;
  readonly invitedBy: string;
  readonly expiresAt: Date;
}

/** The account that somebody makes by an invitation. The address is the invitation's own where that has one. */
export interface InvitedUser {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly displayName?: string | undefined;
}

/** Invitations by link: for seven days, for one use, and only while whoever made it may still invite. */
export interface Invitations {
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, EMAIL_INVALID, TEAM_UNKNOWN */
  createInvitation(viewer: Viewer, invitation: NewInvitation, origin?: RequestOrigin): Promise<CreatedInvitation>;
  /** Those that can still be accepted, newest first; without an organization those to this Layerport alone.
   * @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED */
  listInvitations(viewer: Viewer, organization?: string): Promise<readonly Invitation[]>;
  /** @throws INVITATION_UNKNOWN, alike for absent, for another organization's and for what has ended */
  revokeInvitation(viewer: Viewer, id: string, origin?: RequestOrigin): Promise<void>;
  /** @throws INVITATION_INVALID, alike for unknown, used, revoked and expired */
  describeInvitation(token: string): Promise<InvitationOffer>;
  /** The viewer joins; a role that is held already is never lowered. Answers the organization's name.
   * @throws INVITATION_INVALID, INVITATION_FOR_ANOTHER */
  acceptInvitation(viewer: Viewer, token: string, origin?: RequestOrigin): Promise<{ readonly organization?: string }>;
  /** Makes an account that joins, and signs it in. @throws INVITATION_INVALID, INVITATION_FOR_ANOTHER, and what
   * `createUser` says of names, addresses and passwords */
  acceptInvitationAsNewUser(user: InvitedUser, origin: RequestOrigin): Promise<SignedIn>;
}
