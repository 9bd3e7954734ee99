import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { batchedLookup, type Database } from "@layerport/database";
import { AccountError, type AccountErrorCode } from "./account-error.ts";
import type { Accounts, BasicCredentials, SignInRequest } from "./accounts.ts";
import { record } from "./audit.ts";
import { BoundedCache } from "./bounded-cache.ts";
import {
  actorOf,
  anonymous,
  type Identity,
  type RequestOrigin,
  type RobotIdentity,
  type UserIdentity,
} from "./identity.ts";
import type { LastUse } from "./last-use.ts";
import type { Passwords } from "./password.ts";
import type { Pepper } from "./secrets.ts";
import type { SignInLimit } from "./sign-in-limit.ts";
import { findTokenKind, hashToken, looksLikeToken } from "./token-format.ts";

/** A user as a sign-in needs it. */
export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly displayName: string | null;
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
  readonly isSuspended: boolean;
  readonly epoch: number;
}

/** Knows people by what they present. Every refusal is audited. */
export interface Authentication extends Pick<Accounts, "authenticateBasic"> {
  /** @throws CREDENTIALS_WRONG, ACCOUNT_SUSPENDED, TOO_MANY_ATTEMPTS */
  checkPassword(request: SignInRequest): Promise<UserRow>;
}

/** What authentication needs of the house. */
export interface AuthenticationOptions {
  readonly database: Database;
  readonly peppers: readonly [Pepper, ...Pepper[]];
  readonly passwords: Passwords;
  readonly limit: SignInLimit;
  readonly lastUse: LastUse;
}

/** The columns of a `UserRow`, of a table named `person`. */
export const userColumns = `person.id, person.name, person.email, person.display_name AS "displayName",
  person.is_administrator AS "isAdministrator", person.is_auditor AS "isAuditor",
  person.suspended_at IS NOT NULL AS "isSuspended", person.auth_epoch AS epoch`;

/** The names that the organization of this name had before; a person's own organization has the person's. */
const formerNames = (name: string) => `ARRAY(SELECT alias.name FROM organization_alias alias
  JOIN organization renamed ON renamed.id = alias.organization_id WHERE renamed.name = ${name})`;

const userOfFormerName = (name: string, columns: string) => `SELECT ${columns} FROM organization_alias alias
  JOIN organization own ON own.id = alias.organization_id AND own.kind = 'personal'
  JOIN "user" person ON person.name = own.name WHERE alias.name = ${name}`;

/** The login name that stands for the owner of whatever access token comes with it. */
const anyOwner = "lp";

/** A refusal without a guess in it, such as a script's expired token, is recorded once in this time. */
const repeatedRefusalMs = 60_000;

/** Opens authentication over one database. */
export function openAuthentication(options: AuthenticationOptions): Authentication {
  const { database, peppers, passwords, limit, lastUse } = options;
  const lately = new BoundedCache<number>(10_000);

  const refuse = async (refusal: Refusal): Promise<never> => {
    const { code, origin, person, cause } = refusal;
    const retryAfterSeconds = AccountError.is(cause) ? cause.retryAfterSeconds : undefined;
    const key = `${code} ${person?.id ?? refusal.account} ${origin.address}`;
    const isRepeated = (lately.find(key) ?? 0) > Date.now() - repeatedRefusalMs;
    if (code === "CREDENTIALS_WRONG" || !isRepeated) {
      lately.put(key, Date.now());
      await database.transaction((transaction) =>
        record(transaction, {
          action: "sign-in.refused",
          actor: actorOf(anonymous, origin),
          // What was typed as a name can be a password, so only names that exist are written down.
          target: person?.name ?? "unknown account",
          outcome: "denied",
          after: { reason: code },
        }),
      );
    }
    throw new AccountError(code, { cause, retryAfterSeconds });
  };

  const findUser = async (nameOrEmail: string): Promise<(UserRow & PasswordColumn) | undefined> => {
    const [row] = await database.query<UserRow & PasswordColumn>({
      name: "user-by-name-or-email",
      text: `SELECT ${userColumns}, person.password_hash AS "passwordHash"
        FROM "user" person WHERE person.name = $1::text OR person.email = $1::text
        UNION ALL
        ${userOfFormerName("$1::text", `${userColumns}, person.password_hash AS "passwordHash"`)}
        LIMIT 1`,
      values: [nameOrEmail],
    });
    return row;
  };

  /** `isRepeated` for clients that send a password with every request, which must not cost a hash each time. */
  const verifyPassword = async (request: SignInRequest, { isRepeated }: { isRepeated: boolean }): Promise<UserRow> => {
    const { nameOrEmail, password, ...origin } = request;
    const login = normalise(nameOrEmail);
    const person = await findUser(login);
    const stored = person?.passwordHash ?? undefined;
    const account = person?.id ?? createHmac("sha256", peppers[0].key).update(login).digest("base64url");
    const guess = { account, address: origin.address, userId: person?.id };
    const refuseOverLimit = (error: unknown): Promise<never> => {
      if (!AccountError.is(error)) throw error;
      return refuse({ code: error.code, origin, person, account, cause: error });
    };
    if (isRepeated && person !== undefined && passwords.isVerified(stored, password)) {
      await limit.check(guess).catch(refuseOverLimit);
    } else {
      const succeed = await limit.begin(guess).catch(refuseOverLimit);
      if (!(await passwords.verify(stored, password)) || person === undefined) {
        return refuse({ code: "CREDENTIALS_WRONG", origin, person, account });
      }
      await succeed();
    }
    if (person.isSuspended) return refuse({ code: "ACCOUNT_SUSPENDED", origin, person, account });
    return person;
  };

  // A client opens several connections at once, and each sends the password: that is one try, not as many guesses.
  const underWay = new Map<string, Promise<UserRow>>();
  const processKey = randomBytes(32);
  const verifyShared = (request: SignInRequest): Promise<UserRow> => {
    const { nameOrEmail, password, address } = request;
    const key = createHmac("sha256", processKey)
      .update(JSON.stringify([nameOrEmail, password, address]))
      .digest("base64");
    const known = underWay.get(key);
    if (known !== undefined) return known;
    const verifying = verifyPassword(request, { isRepeated: true }).finally(() => underWay.delete(key));
    underWay.set(key, verifying);
    return verifying;
  };

  const findToken = batchedLookup<Buffer, TokenRow & { position: number }, TokenRow>(database, {
    name: "access-token-by-hash",
    text: `SELECT key.position::int AS position, token.id AS "tokenId", token.hash, token.permissions,
        token.repository_patterns AS patterns, token.revoked_at IS NOT NULL AS "isRevoked",
        token.expires_at <= now() AS "isExpired", ${formerNames("person.name")} AS "formerNames", ${userColumns}
      FROM unnest($1::bytea[]) WITH ORDINALITY AS key (hash, position)
      JOIN access_token token ON token.hash = key.hash
      JOIN "user" person ON person.id = token.user_id`,
    toValues: (hashes) => [hashes],
    toAnswer: (row) => row,
  });

  const findRobot = batchedLookup<Buffer, RobotRow & { position: number }, RobotRow>(database, {
    name: "robot-by-hash",
    text: `SELECT key.position::int AS position, secret.id AS "secretId", secret.hash,
        secret.expires_at <= now() AS "isExpired", robot.id, robot.auth_epoch AS epoch,
        robot.suspended_at IS NOT NULL AS "isSuspended", organization.name || '+' || robot.name AS name,
        ARRAY(SELECT former || '+' || robot.name FROM unnest(${formerNames("organization.name")}) AS former) AS "formerNames"
      FROM unnest($1::bytea[]) WITH ORDINALITY AS key (hash, position)
      JOIN robot_secret secret ON secret.hash = key.hash
      JOIN robot_account robot ON robot.id = secret.robot_id
      JOIN organization ON organization.id = robot.organization_id`,
    toValues: (hashes) => [hashes],
    toAnswer: (row) => row,
  });

  const findByText = async <Row extends HashedRow>(
    find: (hash: Buffer) => Promise<Row | undefined>,
    secret: string,
  ): Promise<Row | undefined> => {
    for (const pepper of peppers) {
      const hash = hashToken(pepper, secret);
      const row = await find(hash);
      if (row !== undefined && timingSafeEqual(row.hash, hash)) return row;
    }
    return undefined;
  };

  /** For a token that nobody has, or that comes under another's name. */
  const refuseGuess = async (origin: RequestOrigin & { readonly address: string }): Promise<never> => {
    await limit.fail(origin.address).catch((error: unknown) => {
      if (!AccountError.is(error)) throw error;
      return refuse({ code: error.code, origin, account: "token", cause: error });
    });
    return refuse({ code: "CREDENTIALS_WRONG", origin, account: "token" });
  };

  const authenticateToken = async ({ name, secret, ...origin }: BasicCredentials): Promise<UserIdentity> => {
    const token = await findByText(findToken, secret);
    const login = normalise(name);
    if (token === undefined || ![anyOwner, token.name, token.email, ...token.formerNames].includes(login)) {
      return refuseGuess(origin);
    }
    // From here on the secret is right, so nothing is a guess, and a script with an old token locks nobody out.
    const account = token.tokenId;
    const person = token;
    if (token.isSuspended) return refuse({ code: "ACCOUNT_SUSPENDED", origin, person, account });
    if (token.isRevoked) return refuse({ code: "TOKEN_REVOKED", origin, person, account });
    if (token.isExpired) return refuse({ code: "TOKEN_EXPIRED", origin, person, account });
    lastUse.note("access-token", token.tokenId, origin);
    lastUse.note("user", token.id);
    const isWhole = token.permissions.includes("pull") && token.patterns.includes("**");
    return userIdentity(token, { accessTokenId: token.tokenId, coversEverything: isWhole });
  };

  const authenticateRobot = async ({ name, secret, ...origin }: BasicCredentials): Promise<RobotIdentity> => {
    const robot = await findByText(findRobot, secret);
    if (robot === undefined || ![robot.name, ...robot.formerNames].includes(normalise(name)))
      return refuseGuess(origin);
    const account = robot.secretId;
    const person = robot;
    if (robot.isSuspended) return refuse({ code: "ACCOUNT_SUSPENDED", origin, person, account });
    if (robot.isExpired) return refuse({ code: "TOKEN_EXPIRED", origin, person, account });
    lastUse.note("robot-secret", robot.secretId, origin);
    const { id, epoch, secretId } = robot;
    return { kind: "robot", id, name: robot.name, epoch, limits: { secretId, access: undefined } };
  };

  const authenticateSecret = (credentials: BasicCredentials): Promise<Identity> => {
    switch (findTokenKind(credentials.secret)) {
      case "pat":
        return authenticateToken(credentials);
      case "rob":
        return authenticateRobot(credentials);
      default:
        return refuseGuess(originOf(credentials));
    }
  };

  return {
    checkPassword: (request) => verifyPassword(request, { isRepeated: false }),
    async authenticateBasic(credentials) {
      if (looksLikeToken(credentials.secret)) return authenticateSecret(credentials);
      const { name, secret, ...origin } = credentials;
      const person = await verifyShared({ nameOrEmail: name, password: secret, ...origin });
      lastUse.note("user", person.id);
      return userIdentity(person);
    },
  };
}

/** The identity of a user, limited by the access token that was presented, if one was. */
export function userIdentity(
  user: UserRow,
  token?: { readonly accessTokenId: string; readonly coversEverything: boolean },
): UserIdentity {
  return {
    kind: "user",
    id: user.id,
    name: user.name,
    epoch: user.epoch,
    mayListRepositories: (user.isAdministrator || user.isAuditor) && (token?.coversEverything ?? true),
    limits: token && { accessTokenId: token.accessTokenId, access: undefined },
  };
}

interface PasswordColumn {
  readonly passwordHash: string | null;
}

interface HashedRow {
  readonly hash: Buffer;
  readonly isExpired: boolean;
  /** Names that still sign in with a token, since scripts outlive renames. */
  readonly formerNames: readonly string[];
}

interface RobotRow extends HashedRow {
  readonly secretId: string;
  readonly id: string;
  readonly name: string;
  readonly epoch: number;
  readonly isSuspended: boolean;
}

interface TokenRow extends UserRow, HashedRow {
  readonly tokenId: string;
  readonly permissions: readonly string[];
  readonly patterns: readonly string[];
  readonly isRevoked: boolean;
}

interface Refusal {
  readonly code: AccountErrorCode;
  readonly origin: RequestOrigin;
  /** Whom it was about, where such a person or robot exists. */
  readonly person?: Pick<UserRow, "id" | "name"> | undefined;
  readonly account: string;
  readonly cause?: unknown;
}

function originOf({ address, requestId, userAgent }: BasicCredentials): RequestOrigin & { readonly address: string } {
  return { address, requestId, userAgent };
}

/** A login as it is looked up: nobody's, when it holds what no name or address can. */
function normalise(login: string): string {
  const lower = login.trim().toLowerCase();
  return /^[\x21-\x7e]{1,254}$/.test(lower) ? lower : "";
}
