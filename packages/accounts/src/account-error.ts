const accountErrors = {
  CREDENTIALS_WRONG: { status: 401, message: "the user name, the password or the token is wrong" },
  TOKEN_EXPIRED: { status: 401, message: "this access token has expired; create a new one in the portal" },
  TOKEN_REVOKED: { status: 401, message: "this access token was revoked; create a new one in the portal" },
  TOKEN_INVALID: { status: 401, message: "this bearer token is not valid here, or no longer; ask for a new one" },
  REFRESH_TOKEN_INVALID: { status: 401, message: "this refresh token is not valid, or no longer; sign in again" },
  ACCOUNT_SUSPENDED: { status: 401, message: "this account is suspended; ask an administrator" },
  TOO_MANY_ATTEMPTS: { status: 429, message: "too many failed sign-ins from this address; try again later" },
  NOT_ALLOWED: { status: 403, message: "you may not do this" },
  SETUP_TOKEN_WRONG: { status: 401, message: "this is not the setup token that Layerport printed when it started" },
  SETUP_DONE: { status: 409, message: "this Layerport has its administrator already" },
  NAME_INVALID: {
    status: 400,
    message: "a name has 2 to 64 lower-case letters and digits, with single dots, dashes or underscores between them",
  },
  NAME_RESERVED: { status: 400, message: "this name is kept for Layerport itself; choose another one" },
  NAME_TAKEN: { status: 409, message: "this name is taken; choose another one" },
  DISPLAY_NAME_INVALID: { status: 400, message: "a display name has at most 100 characters on one line" },
  EMAIL_INVALID: { status: 400, message: "this is not one e-mail address" },
  EMAIL_TAKEN: { status: 409, message: "another account has this e-mail address" },
  PASSWORD_TOO_SHORT: { status: 400, message: "a password has at least 10 characters" },
  PASSWORD_TOO_LONG: { status: 400, message: "a password has at most 256 characters" },
  PASSWORD_TOO_EASY: { status: 400, message: "this password is among the first that anybody would try" },
  USER_UNKNOWN: { status: 404, message: "there is no such user" },
  ORGANIZATION_UNKNOWN: { status: 404, message: "there is no such organization, or you may not see it" },
  ORGANIZATION_NOT_EMPTY: { status: 409, message: "this organization still has repositories; delete them first" },
  DESCRIPTION_INVALID: { status: 400, message: "a description has at most 500 characters" },
  TEAM_UNKNOWN: { status: 404, message: "there is no such team" },
  TEAM_NAME_INVALID: {
    status: 400,
    message: "a team's name has 1 to 64 lower-case letters and digits, with single dashes, dots or underscores between",
  },
  TEAM_NAME_TAKEN: { status: 409, message: "the organization has a team of this name already" },
  PRINCIPAL_UNKNOWN: { status: 404, message: "there is no such member, team or robot in this organization" },
  GRANT_UNKNOWN: { status: 404, message: "there is no such grant in this organization" },
  GRANT_EXISTS: { status: 409, message: "there is a grant for the same pattern already; change that one" },
  GRANT_PATTERN_INVALID: {
    status: 400,
    message: "a pattern begins with the organization's name, as in acme/**, acme/web-* or acme/api",
  },
  GRANT_PERMISSIONS_INVALID: {
    status: 400,
    message: "choose at least one of pull, push, overwrite, delete and administer",
  },
  ROBOT_UNKNOWN: { status: 404, message: "there is no such robot in this organization" },
  ROBOT_NAME_INVALID: {
    status: 400,
    message:
      "a robot's name has 1 to 64 lower-case letters and digits, with single dashes, dots or underscores between",
  },
  ROBOT_NAME_TAKEN: { status: 409, message: "the organization has a robot of this name already" },
  ROBOT_EXPIRY_INVALID: { status: 400, message: "a robot's secret lasts 1 to 365 days" },
  OVERLAP_INVALID: { status: 400, message: "the old secret stays valid for 0 to 168 hours" },
  INVITATION_UNKNOWN: { status: 404, message: "there is no such invitation" },
  INVITATION_INVALID: { status: 404, message: "this invitation does not exist, or was used, revoked or has expired" },
  INVITATION_FOR_ANOTHER: { status: 403, message: "this invitation is for another e-mail address" },
  RESET_INVALID: { status: 404, message: "this link does not exist, or was used or has expired; ask for a new one" },
  SESSION_UNKNOWN: { status: 404, message: "there is no such session" },
  REPOSITORY_UNKNOWN: { status: 404, message: "there is no such repository in this organization" },
  LAST_ADMINISTRATOR: { status: 409, message: "an instance keeps at least one administrator who may sign in" },
  LAST_OWNER: { status: 409, message: "an organization keeps at least one owner" },
  TOKEN_UNKNOWN: { status: 404, message: "there is no such access token" },
  TOKEN_NAME_INVALID: { status: 400, message: "a token's name has 1 to 100 characters on one line" },
  TOKEN_PERMISSIONS_INVALID: { status: 400, message: "choose at least one of pull, push, overwrite and delete" },
  TOKEN_PATTERN_INVALID: {
    status: 400,
    message: "choose 1 to 50 patterns of at most 128 characters, such as **, acme/**, acme/api or acme/web-*",
  },
  TOKEN_EXPIRY_INVALID: { status: 400, message: "an access token lasts 1 to 365 days" },
  RESTORE_TOO_LATE: { status: 409, message: "it was revoked too long ago to be restored; create a new one" },
  SETTING_INVALID: { status: 400, message: "there is no such setting, or it cannot have this value" },
} as const satisfies Record<string, { status: number; message: string }>;

/** Why something about people, tokens or rights was refused. */
export type AccountErrorCode = keyof typeof accountErrors;

/** Every code there is, in the order of the table. */
export const accountErrorCodes: readonly AccountErrorCode[] = Object.keys(accountErrors) as AccountErrorCode[];

/** What a refusal may carry besides its code. */
export interface AccountErrorOptions extends ErrorOptions {
  readonly retryAfterSeconds?: number | undefined;
}

const brand = Symbol.for("layerport.AccountError");

/** A refusal that a person or a client is meant to read: its message is one sentence and holds nothing private. */
export class AccountError extends Error {
  override readonly name = "AccountError";
  readonly [brand] = true;
  readonly code: AccountErrorCode;
  readonly status: number;
  /** After how many seconds another try can succeed; only with TOO_MANY_ATTEMPTS. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: AccountErrorCode, options?: AccountErrorOptions) {
    super(accountErrors[code].message, options);
    this.code = code;
    this.status = accountErrors[code].status;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }

  /** Unlike `instanceof`, holds across two copies of this module in one bundle. */
  static is(error: unknown): error is AccountError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
