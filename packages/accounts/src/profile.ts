import type { SignedIn, UserDescription, Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";

/** A browser that is signed in as the viewer. */
export interface ActiveSession {
  readonly id: string;
  readonly isCurrent: boolean;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly address: string | undefined;
  readonly userAgent: string | undefined;
}

/** One's own account. What could be used to take it over asks for the password anew. */
export interface Profiles {
  /** @throws DISPLAY_NAME_INVALID */
  changeProfile(
    viewer: Viewer,
    profile: { readonly displayName: string | undefined },
    origin?: RequestOrigin,
  ): Promise<UserDescription>;
  /** @throws CREDENTIALS_WRONG, TOO_MANY_ATTEMPTS, EMAIL_INVALID, EMAIL_TAKEN */
  changeEmail(
    viewer: Viewer,
    change: { readonly email: string; readonly password: string },
    origin: RequestOrigin & { readonly address: string },
  ): Promise<UserDescription>;
  /** Ends every session and bearer token and starts one session anew; access tokens stay.
   * @throws CREDENTIALS_WRONG, TOO_MANY_ATTEMPTS, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG, PASSWORD_TOO_EASY */
  changePassword(
    viewer: Viewer,
    change: { readonly password: string; readonly newPassword: string },
    origin: RequestOrigin & { readonly address: string },
  ): Promise<SignedIn>;
  /** Renames the person and the person's own organization. The old name goes on pulling and signs in with access
   * tokens, and nobody else can take it.
   * @throws CREDENTIALS_WRONG, TOO_MANY_ATTEMPTS, NAME_INVALID, NAME_RESERVED, NAME_TAKEN */
  renameUser(
    viewer: Viewer,
    change: { readonly name: string; readonly password: string },
    origin: RequestOrigin & { readonly address: string },
  ): Promise<UserDescription>;
  /** Newest first. */
  listSessions(viewer: Viewer): Promise<readonly ActiveSession[]>;
  /** @throws SESSION_UNKNOWN, alike for absent and for another's */
  endSession(viewer: Viewer, id: string, origin?: RequestOrigin): Promise<void>;
  /** Answers how many others there were. */
  endOtherSessions(viewer: Viewer, origin?: RequestOrigin): Promise<number>;
}
