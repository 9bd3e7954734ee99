// The gatehouse: who you are, what you may do, what was done. It imports database and registry-core only; the apps
// hand it what it needs of the store (the names and visibility of a repository). Begin with accounts.ts, then authorize.ts.

export { accessTokenRules } from "./access-token.ts";
export { AccountError, type AccountErrorCode, accountErrorCodes } from "./account-error.ts";
export type {
  AccessToken,
  Accounts,
  BasicCredentials,
  BrowserSession,
  CreatedAccessToken,
  FirstAdministrator,
  InstanceSettings,
  IssuedBearer,
  NewAccessToken,
  NewUser,
  SetupState,
  SignedIn,
  SignInRequest,
  UserDescription,
  Viewer,
} from "./accounts.ts";
export type {
  Administration,
  AdministrationQuery,
  OrganizationAccount,
  OrganizationPage,
  OwnedAccessToken,
  UserAccount,
  UserPage,
  UserRoles,
} from "./administration.ts";
export { type AuditVerdict, verifyAuditChain } from "./audit.ts";
export type {
  AccessBlock,
  AccessExplanation,
  AccessPath,
  AccessSubject,
  Explanations,
  PermissionExplanation,
} from "./explanation.ts";
export type { AccessGrant, GrantFilter, GrantPrincipal, Grants, NewGrant } from "./grant.ts";
export type { Identity, RequestOrigin } from "./identity.ts";
export type {
  CreatedInvitation,
  Invitation,
  InvitationOffer,
  Invitations,
  InvitedUser,
  NewInvitation,
} from "./invitation.ts";
export type { Member, MemberPage, MemberQuery, Members, NewMember } from "./member.ts";
export { type AccountsOptions, openAccounts } from "./open-accounts.ts";
export { robotRules } from "./open-robots.ts";
export type { OrganizationOperation } from "./operations.ts";
export type {
  OrganizationChanges,
  OrganizationDescription,
  OrganizationSummary,
  Organizations,
} from "./organization.ts";
export { passwordRules } from "./password.ts";
export type { CreatedPasswordReset, PasswordResets } from "./password-reset.ts";
export type { AccessChange, AccessDifference, AccessPreview, Previews } from "./preview.ts";
export type { ActiveSession, Profiles } from "./profile.ts";
export type {
  NewRobot,
  RobotAccount,
  RobotRotation,
  RobotSecret,
  Robots,
  RobotWithSecret,
} from "./robot.ts";
export { matchesSecret, readSecrets, type Secrets } from "./secrets.ts";
export { limitedAddress } from "./sign-in-limit.ts";
export type { TeamAddress, TeamMember, TeamProperties, TeamSummary, Teams } from "./team.ts";
export { redactTokens } from "./token-format.ts";
export type { UnusedAccess, UnusedRights } from "./unused.ts";
