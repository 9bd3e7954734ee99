import type { Subscription, Transaction } from "@layerport/database";
import type { Actor, AuditEvent, Guarded, Permission, ReadScope, Scope } from "@layerport/registry-core";
import type { Administration } from "./administration.ts";
import type { Explanations } from "./explanation.ts";
import type { Grants } from "./grant.ts";
import type { Identity, RequestOrigin } from "./identity.ts";
import type { Invitations } from "./invitation.ts";
import type { Members } from "./member.ts";
import type { Organizations } from "./organization.ts";
import type { PasswordResets } from "./password-reset.ts";
import type { Previews } from "./preview.ts";
import type { Profiles } from "./profile.ts";
import type { Robots } from "./robot.ts";
import type { Teams } from "./team.ts";
import type { UnusedRights } from "./unused.ts";

/** A name with a password or an access token, as a client sends them. */
export interface BasicCredentials extends RequestOrigin {
  readonly name: string;
  readonly secret: string;
  readonly address: string;
}

/** A bearer token as the token protocol answers it. */
export interface IssuedBearer {
  readonly token: string;
  readonly expiresInSeconds: number;
  readonly issuedAt: Date;
}

/** A person's name or e-mail address with the password. */
export interface SignInRequest extends RequestOrigin {
  readonly nameOrEmail: string;
  readonly password: string;
  readonly address: string;
}

/** A browser that is signed in. The cookie carries `id`; ending the row behind it ends the session. */
export interface BrowserSession {
  readonly id: string;
  readonly expiresAt: Date;
}

/** A person as their own pages show them. */
export interface UserDescription {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly displayName: string | undefined;
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
}

/** The person who looks at a page, read from the database for this request. */
export interface Viewer extends UserDescription {
  readonly sessionId: string;
  /** For `rightsOf`, `readScope` and `actorOf`. */
  readonly identity: Identity;
}

/** What a sign-in answers. */
export interface SignedIn {
  readonly session: BrowserSession;
  readonly user: UserDescription;
}

/** How far a fresh instance is. */
export type SetupState = "open" | "administrator-made" | "completed";

/** The first person of an instance. */
export interface FirstAdministrator {
  readonly setupToken: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly displayName?: string | undefined;
}

/** A person whom an administrator adds. */
export interface NewUser {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly displayName?: string | undefined;
}

/** What a new access token may do, and for how long. */
export interface NewAccessToken {
  readonly name: string;
  /** Some of pull, push, overwrite and delete. Each implies pull, and overwrite implies push. */
  readonly permissions: readonly Permission[];
  /** As `parseRepositoryPattern` reads them; `**` stands for every repository. */
  readonly repositoryPatterns: readonly string[];
  readonly expiresInDays: number;
}

/** An access token without its secret. */
export interface AccessToken {
  readonly id: string;
  readonly name: string;
  readonly lastFour: string;
  readonly permissions: readonly Permission[];
  readonly repositoryPatterns: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly isExpired: boolean;
  readonly lastUsedAt: Date | undefined;
  readonly lastUsedAddress: string | undefined;
  readonly lastUsedRepository: string | undefined;
  /** Neither used nor made within 90 days. */
  readonly isUnused: boolean;
}

/** A fresh access token. Nobody can read `secret` again. */
export interface CreatedAccessToken {
  readonly secret: string;
  readonly accessToken: AccessToken;
}

/** What an administrator may set for the whole instance. */
export interface InstanceSettings {
  /** Whether anybody may pull from public repositories without a credential. */
  readonly anonymousPull: boolean;
}

/**
 * Who you are, what you may do, what was done. Refusals are thrown as `AccountError`; each method lists its codes.
 * Rights are read from the database at every use, so what is taken away is gone with the next request.
 */
export interface Accounts
  extends Organizations,
    Members,
    Teams,
    Grants,
    Robots,
    Invitations,
    PasswordResets,
    Profiles,
    Administration,
    UnusedRights,
    Explanations,
    Previews {
  readonly anonymous: Identity;
  /** The audience of bearer tokens and the `service` of a challenge: the public host. */
  readonly service: string;

  /** Knows a user by password or access token. Failures are audited, and guesses are limited by account and address.
   * @throws CREDENTIALS_WRONG, TOKEN_EXPIRED, TOKEN_REVOKED, ACCOUNT_SUSPENDED, TOO_MANY_ATTEMPTS */
  authenticateBasic(credentials: BasicCredentials): Promise<Identity>;

  /** @throws TOKEN_INVALID */
  verifyBearer(token: string): Promise<Identity>;

  /** Resolves while the identity stands: its user is not suspended and its credential has not ended. `may` checks
   * the same; this is for requests that ask for nothing else. @throws TOKEN_INVALID */
  requireStanding(identity: Identity): Promise<void>;

  /** What the identity may do now. `may` throws TOKEN_INVALID when its user or credential has ended since. */
  rightsOf(identity: Identity): Guarded;

  actorOf(identity: Identity, origin?: RequestOrigin): Actor;

  /** @throws TOKEN_INVALID */
  readScope(identity: Identity): Promise<ReadScope>;

  /** A bearer token for those of the scopes that the identity has now; fewer rights are no error.
   * @throws TOKEN_INVALID */
  issueBearer(identity: Identity, scopes: readonly Scope[], service: string): Promise<IssuedBearer>;

  /** A renewable right to bearer tokens, for a client that asked for one by password or access token.
   * @throws TOKEN_INVALID */
  issueRefreshToken(identity: Identity, clientId: string, origin?: RequestOrigin): Promise<string>;

  /** Answers whose token it is, and the token that replaces it. The replaced one ends when its successor is used;
   * using it after that ends all of them. @throws REFRESH_TOKEN_INVALID */
  exchangeRefreshToken(
    token: string,
    clientId: string,
    origin?: RequestOrigin,
  ): Promise<{ readonly identity: Identity; readonly refreshToken: string }>;

  allowsAnonymousPull(): Promise<boolean>;
  describeSettings(): Promise<InstanceSettings>;
  /** @throws NOT_ALLOWED, SETTING_INVALID */
  changeSettings(viewer: Viewer, changes: Partial<InstanceSettings>, origin?: RequestOrigin): Promise<InstanceSettings>;

  /** Writes one audit record into the transaction of the change it tells of. It locks the head of the log until the
   * transaction ends, so it comes last before COMMIT. */
  record(transaction: Transaction, event: AuditEvent): Promise<void>;

  setupState(): Promise<SetupState>;
  /** Whether this is the setup token and there is still something to set up. */
  checkSetupToken(token: string): Promise<boolean>;
  /** Makes the administrator, the organization of the same name and a session, in one step, once.
   * @throws SETUP_TOKEN_WRONG, SETUP_DONE, NAME_INVALID, NAME_RESERVED, NAME_TAKEN, EMAIL_INVALID, PASSWORD_TOO_SHORT,
   * PASSWORD_TOO_LONG, PASSWORD_TOO_EASY, DISPLAY_NAME_INVALID */
  createFirstAdministrator(administrator: FirstAdministrator, origin: RequestOrigin): Promise<SignedIn>;
  /** Ends setup for good and removes the setup token's file. Repeating it changes nothing. @throws NOT_ALLOWED */
  completeSetup(viewer: Viewer, origin?: RequestOrigin): Promise<void>;

  /** @throws CREDENTIALS_WRONG, ACCOUNT_SUSPENDED, TOO_MANY_ATTEMPTS */
  signIn(request: SignInRequest): Promise<SignedIn>;
  /** The person behind a session, or `undefined` once it has ended for any reason. */
  findViewer(sessionId: string): Promise<Viewer | undefined>;
  /** Ends a session; no error when it has ended already. */
  signOut(sessionId: string, origin?: RequestOrigin): Promise<void>;
  /** Told the id of each user one of whose sessions has ended; `undefined` when some may have been missed. */
  subscribeEndedSessions(receive: (userId: string | undefined) => void): Subscription;

  /** @throws NOT_ALLOWED, and what `createFirstAdministrator` says of names, addresses and passwords */
  createUser(viewer: Viewer, user: NewUser, origin?: RequestOrigin): Promise<UserDescription>;
  /** Ends every credential of a user at once. @throws NOT_ALLOWED, USER_UNKNOWN */
  suspendUser(viewer: Viewer, name: string, origin?: RequestOrigin): Promise<void>;
  /** Lets a suspended user sign in again; sessions that ended stay ended. @throws NOT_ALLOWED, USER_UNKNOWN */
  reinstateUser(viewer: Viewer, name: string, origin?: RequestOrigin): Promise<void>;

  /** @throws TOKEN_NAME_INVALID, TOKEN_PERMISSIONS_INVALID, TOKEN_PATTERN_INVALID, TOKEN_EXPIRY_INVALID */
  createAccessToken(viewer: Viewer, token: NewAccessToken, origin?: RequestOrigin): Promise<CreatedAccessToken>;
  /** The viewer's own tokens, newest first, revoked ones left out. */
  listAccessTokens(viewer: Viewer): Promise<readonly AccessToken[]>;
  /** @throws TOKEN_UNKNOWN */
  revokeAccessToken(viewer: Viewer, id: string, origin?: RequestOrigin): Promise<void>;
  /** Undoes a revocation within a minute. @throws TOKEN_UNKNOWN, RESTORE_TOO_LATE */
  restoreAccessToken(viewer: Viewer, id: string, origin?: RequestOrigin): Promise<void>;

  /** Deletes sessions that ended more than 30 days ago and answers how many. */
  removeEndedSessions(): Promise<number>;
  /** Deletes refresh tokens that have expired and answers how many. */
  removeExpiredRefreshTokens(): Promise<number>;
  /** Deletes invitations and links for new passwords that ended more than 30 days ago and answers how many. */
  removeEndedLinks(): Promise<number>;
  /** Deletes failed sign-ins that no limit counts any more and answers how many. */
  removeOldSignInAttempts(): Promise<number>;

  /** Writes down what is still in memory. The database stays open. */
  close(): Promise<void>;
}
