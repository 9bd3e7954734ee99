import type { Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";

/** A fresh link by which a user sets a new password. Nobody can read `link` again. */
export interface CreatedPasswordReset {
  /** `https://…/reset/<token>`. */
  readonly link: string;
  readonly expiresAt: Date;
  /** Whether it was handed to the mail server; `false` where none is set or it refused. */
  readonly isMailed: boolean;
}

/** Passwords that are set anew by a link: for a day, for one use; a second link ends the first. */
export interface PasswordResets {
  /** For administrators. @throws NOT_ALLOWED, USER_UNKNOWN */
  createPasswordReset(viewer: Viewer, user: string, origin?: RequestOrigin): Promise<CreatedPasswordReset>;
  /** Whose password it is. @throws RESET_INVALID, alike for unknown, used and expired */
  describePasswordReset(token: string): Promise<{ readonly name: string }>;
  /** Ends every session and bearer token of the user. @throws RESET_INVALID, PASSWORD_TOO_SHORT, PASSWORD_TOO_LONG,
   * PASSWORD_TOO_EASY */
  resetPassword(token: string, password: string, origin: RequestOrigin): Promise<void>;
}
