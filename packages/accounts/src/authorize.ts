import { batchedLookup, type Database } from "@layerport/database";
import {
  matchesRepositoryPattern,
  type Permission,
  permissionsOf,
  type RepositoryName,
  type RepositoryPattern,
  type Role,
  type Scope,
  type ScopeAction,
  splitRepositoryName,
  type Visibility,
} from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Accounts } from "./accounts.ts";
import type { UserIdentity } from "./identity.ts";

/** What Layerport's one decision about rights needs. */
export interface AuthorizationOptions {
  readonly database: Database;
  readonly visibilityOf: (repository: RepositoryName) => Promise<Visibility | undefined>;
  readonly allowsAnonymousPull: () => Promise<boolean>;
}

/** The one decision about rights, for every credential and every door. */
export interface Authorization extends Pick<Accounts, "rightsOf" | "requireStanding" | "readScope"> {
  /** Whether the identity may list every repository now. */
  mayListRepositories(identity: UserIdentity): Promise<boolean>;
}

/** What the database says about a user, an organization and an access token at this moment. */
interface Standing {
  readonly epoch: number;
  readonly isSuspended: boolean;
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
  readonly role: Role | undefined;
  readonly token: TokenStanding | undefined;
}

interface TokenStanding {
  readonly isOver: boolean;
  readonly permissions: readonly string[];
  readonly patterns: readonly RepositoryPattern[];
}

interface StandingKey {
  readonly userId: string;
  readonly organization: string;
  readonly accessTokenId: string | undefined;
}

interface StandingRow {
  position: number;
  epoch: number;
  isSuspended: boolean;
  isAdministrator: boolean;
  isAuditor: boolean;
  role: Role | null;
  tokenIsOver: boolean | null;
  tokenPermissions: string[] | null;
  tokenPatterns: RepositoryPattern[] | null;
}

/** Opens the decision over one database. */
export function openAuthorization(options: AuthorizationOptions): Authorization {
  const { database, visibilityOf, allowsAnonymousPull } = options;
  const findStanding = batchedLookup<StandingKey, StandingRow, Standing>(database, {
    name: "standing",
    text: `SELECT key.position::int AS position, person.auth_epoch AS epoch,
        person.suspended_at IS NOT NULL AS "isSuspended", person.is_administrator AS "isAdministrator",
        person.is_auditor AS "isAuditor", membership.role::text AS role,
        (token.revoked_at IS NOT NULL OR token.expires_at <= now()) AS "tokenIsOver",
        token.permissions AS "tokenPermissions", token.repository_patterns AS "tokenPatterns"
      FROM unnest($1::uuid[], $2::text[], $3::uuid[]) WITH ORDINALITY
        AS key (user_id, organization, token_id, position)
      JOIN "user" person ON person.id = key.user_id
      LEFT JOIN organization ON organization.name = key.organization COLLATE "C"
      LEFT JOIN membership ON membership.organization_id = organization.id AND membership.user_id = person.id
      LEFT JOIN access_token token ON token.id = key.token_id AND token.user_id = person.id`,
    toValues: (keys) => [
      keys.map((key) => key.userId),
      keys.map((key) => key.organization),
      keys.map((key) => key.accessTokenId ?? null),
    ],
    toAnswer: toStanding,
  });

  /** @throws TOKEN_INVALID when the user or the credential has ended since the identity was made */
  const currentStanding = async (identity: UserIdentity, organization: string): Promise<Standing> => {
    const accessTokenId = identity.limits?.accessTokenId;
    const standing = await findStanding({ userId: identity.id, organization, accessTokenId });
    const isOver =
      standing === undefined ||
      standing.isSuspended ||
      standing.epoch !== identity.epoch ||
      (accessTokenId !== undefined && (standing.token === undefined || standing.token.isOver));
    if (isOver) throw new AccountError("TOKEN_INVALID");
    return standing;
  };

  const mayAnonymous = async (repository: RepositoryName, permission: Permission): Promise<boolean> => {
    if (permission !== "pull") return false;
    const [isAllowed, visibility] = await Promise.all([allowsAnonymousPull(), visibilityOf(repository)]);
    return isAllowed && visibility === "public";
  };

  const mayUser = async (identity: UserIdentity, repository: RepositoryName, permission: Permission) => {
    const { organization } = splitRepositoryName(repository);
    // Both begin in this turn, whatever the limits say: the time tells nothing about the repository.
    const [standing, visibility] = await Promise.all([
      currentStanding(identity, organization),
      visibilityOf(repository),
    ]);
    const isPublicPull = permission === "pull" && visibility === "public";
    if (!isPublicPull && !holds(standing, permission)) return false;
    if (standing.token === undefined || isCovered(standing.token, repository, permission)) return true;
    // A limited token is never worth less than none: it may pull what anybody may.
    return isPublicPull && standing.token.permissions.includes("pull") && (await allowsAnonymousPull());
  };

  return {
    rightsOf(identity) {
      const access = identity.kind === "anonymous" ? identity.access : identity.limits?.access;
      return {
        mayListRepositories: identity.kind === "user" && identity.mayListRepositories,
        async may(repository, permission) {
          const isHeld =
            identity.kind === "anonymous"
              ? await mayAnonymous(repository, permission)
              : await mayUser(identity, repository, permission);
          return isHeld && (access === undefined || isInAccess(access, repository, permission));
        },
      };
    },

    async requireStanding(identity) {
      if (identity.kind === "user") await currentStanding(identity, "");
    },

    async mayListRepositories(identity) {
      const standing = await currentStanding(identity, "");
      return (standing.isAdministrator || standing.isAuditor) && coversEverything(standing.token);
    },

    async readScope(identity) {
      if (identity.kind === "anonymous") {
        const publicRepositories = await allowsAnonymousPull();
        return { everything: false, publicRepositories, organizationIds: [] };
      }
      const [standing, organizations] = await Promise.all([
        currentStanding(identity, ""),
        database.query<{ id: string; name: string }>({
          name: "organizations-of-user",
          text: `SELECT organization.id, organization.name FROM membership
            JOIN organization ON organization.id = membership.organization_id WHERE membership.user_id = $1::uuid`,
          values: [identity.id],
        }),
      ]);
      const isWhole = coversEverything(standing.token);
      const isListed = (name: string) => isWhole || coversOrganization(standing.token, name);
      return {
        everything: (standing.isAdministrator || standing.isAuditor) && isWhole,
        publicRepositories: isWhole || (await allowsAnonymousPull()),
        organizationIds: organizations.filter(({ name }) => isListed(name)).map(({ id }) => id),
      };
    },
  };
}

function toStanding(row: StandingRow): Standing {
  const { epoch, isSuspended, isAdministrator, isAuditor, tokenPermissions, tokenPatterns } = row;
  const token =
    tokenPermissions === null || tokenPatterns === null
      ? undefined
      : { isOver: row.tokenIsOver ?? true, permissions: tokenPermissions, patterns: tokenPatterns };
  return { epoch, isSuspended, isAdministrator, isAuditor, role: row.role ?? undefined, token };
}

/** Whether the user holds the permission, apart from what is public. A role holds in repositories that do not exist
 * yet, so members learn that a repository is missing and nobody else does. */
function holds(standing: Standing, permission: Permission): boolean {
  if (standing.isAdministrator) return true;
  if (standing.isAuditor && permission === "pull") return true;
  return standing.role !== undefined && permissionsOf(standing.role).includes(permission);
}

function isCovered(token: TokenStanding, repository: RepositoryName, permission: Permission): boolean {
  return (
    token.permissions.includes(permission) &&
    token.patterns.some((pattern) => matchesRepositoryPattern(pattern, repository))
  );
}

function coversEverything(token: TokenStanding | undefined): boolean {
  return token === undefined || (token.permissions.includes("pull") && token.patterns.some((one) => one === "**"));
}

function coversOrganization(token: TokenStanding | undefined, name: string): boolean {
  return (
    token === undefined || (token.permissions.includes("pull") && token.patterns.some((one) => one === `${name}/**`))
  );
}

/** The action of the token protocol that a permission needs; settings are never changed by bearer token. */
const actionFor: Readonly<Record<Permission, ScopeAction | undefined>> = {
  pull: "pull",
  push: "push",
  overwrite: "push",
  delete: "delete",
  administer: undefined,
};

function isInAccess(access: readonly Scope[], repository: RepositoryName, permission: Permission): boolean {
  const action = actionFor[permission];
  return (
    action !== undefined &&
    access.some(
      (scope) => scope.kind === "repository" && scope.repository === repository && scope.actions.includes(action),
    )
  );
}
