import { batchedLookup, type Database, organizationNamed } from "@layerport/database";
import type { KnownRepository, Permission, ReadRule, ReadScope, RepositoryName } from "@layerport/registry-core";
import { type Role, type Scope, type ScopeAction, splitRepositoryName } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Accounts } from "./accounts.ts";
import { type Asked, type HeldGrant, type Holdings, isInLimits, type TokenLimits, waysTo } from "./decision.ts";
import type { Identity, RobotIdentity, UserIdentity } from "./identity.ts";
import type { LastUse } from "./last-use.ts";

/** What Layerport's one decision about rights needs. */
export interface AuthorizationOptions {
  readonly database: Database;
  readonly findRepository: (repository: RepositoryName) => Promise<KnownRepository | undefined>;
  readonly allowsAnonymousPull: () => Promise<boolean>;
  readonly lastUse: LastUse;
}

/** The one decision about rights, for every credential and every door. */
export interface Authorization extends Pick<Accounts, "rightsOf" | "requireStanding" | "readScope"> {
  /** Whether the identity may list every repository now. */
  mayListRepositories(identity: UserIdentity): Promise<boolean>;
}

/** What the database says about a principal, an organization and a credential at this moment. */
interface Standing extends Holdings {
  readonly epoch: number;
  readonly isSuspended: boolean;
  /** Whether the secret behind the credential has ended; absent where there is no such secret. */
  readonly isSecretOver: boolean | undefined;
  /** Of an access token; absent for everything else. */
  readonly limits: TokenLimits | undefined;
}

interface StandingKey {
  readonly principalId: string;
  readonly organization: string;
  readonly secretId: string | undefined;
}

interface StandingRow {
  readonly position: number;
  readonly epoch: number;
  readonly isSuspended: boolean;
  readonly isSecretOver: boolean | null;
  readonly grants: readonly (readonly [id: string, pattern: string, permissions: Permission[]])[] | null;
}

interface UserStandingRow extends StandingRow {
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
  readonly role: Role | null;
  readonly defaultRole: Role | null;
  readonly permissions: TokenLimits["permissions"] | null;
  readonly patterns: TokenLimits["patterns"] | null;
}

/** Of an organization to which the principal belongs: whether it may pull everywhere in it, else where. */
interface ReadableRow {
  readonly id: string;
  readonly isWhole: boolean;
  readonly patterns: readonly string[];
}

const toValues = (keys: readonly StandingKey[]) => [
  keys.map(({ principalId }) => principalId),
  keys.map(({ organization }) => organization),
  keys.map(({ secretId }) => secretId ?? null),
];

const heldGrants = (grants: string) => `LEFT JOIN LATERAL (
  SELECT json_agg(json_build_array(held.id, held.path_pattern, held.permissions)) AS held
  FROM (${grants}) AS held) AS grants ON true`;

const userStandingText = `SELECT key.position::int AS position, person.auth_epoch AS epoch,
    person.suspended_at IS NOT NULL AS "isSuspended", person.is_administrator AS "isAdministrator",
    person.is_auditor AS "isAuditor", membership.role::text AS role,
    CASE WHEN membership.user_id IS NOT NULL THEN organization.default_role::text END AS "defaultRole",
    grants.held AS grants, (token.revoked_at IS NOT NULL OR token.expires_at <= now()) AS "isSecretOver",
    token.permissions, token.repository_patterns AS patterns
  FROM unnest($1::uuid[], $2::text[], $3::uuid[]) WITH ORDINALITY AS key (user_id, organization, token_id, position)
  JOIN "user" person ON person.id = key.user_id
  LEFT JOIN LATERAL ${organizationNamed("key.organization")} AS organization ON true
  LEFT JOIN membership ON membership.organization_id = organization.id AND membership.user_id = person.id
  ${heldGrants(`SELECT own.id, own.path_pattern, own.permissions FROM access_grant own
      WHERE own.user_id = membership.user_id AND own.organization_id = membership.organization_id
    UNION ALL
    SELECT given.id, given.path_pattern, given.permissions FROM team_membership
      JOIN access_grant given ON given.team_id = team_membership.team_id
      WHERE team_membership.user_id = membership.user_id
        AND team_membership.organization_id = membership.organization_id`)}
  LEFT JOIN access_token token ON token.id = key.token_id AND token.user_id = person.id`;

const robotStandingText = `SELECT key.position::int AS position, robot.auth_epoch AS epoch,
    robot.suspended_at IS NOT NULL AS "isSuspended", secret.expires_at <= now() AS "isSecretOver", grants.held AS grants
  FROM unnest($1::uuid[], $2::text[], $3::uuid[]) WITH ORDINALITY AS key (robot_id, organization, secret_id, position)
  JOIN robot_account robot ON robot.id = key.robot_id
  LEFT JOIN LATERAL ${organizationNamed("key.organization")} AS organization ON true
  ${heldGrants(`SELECT given.id, given.path_pattern, given.permissions FROM access_grant given
      WHERE given.robot_id = robot.id AND given.organization_id = organization.id`)}
  LEFT JOIN robot_secret secret ON secret.id = key.secret_id AND secret.robot_id = robot.id`;

/** Opens the decision over one database. */
export function openAuthorization(options: AuthorizationOptions): Authorization {
  const { database, findRepository, allowsAnonymousPull, lastUse } = options;
  const findUserStanding = batchedLookup<StandingKey, UserStandingRow, Standing>(database, {
    name: "standing",
    text: userStandingText,
    toValues,
    toAnswer: toUserStanding,
  });
  const findRobotStanding = batchedLookup<StandingKey, StandingRow, Standing>(database, {
    name: "robot-standing",
    text: robotStandingText,
    toValues,
    toAnswer: toRobotStanding,
  });

  /** @throws TOKEN_INVALID when the principal or the credential has ended since the identity was made */
  const currentStanding = async (identity: UserIdentity | RobotIdentity, organization: string): Promise<Standing> => {
    const secretId = secretOf(identity);
    const find = identity.kind === "user" ? findUserStanding : findRobotStanding;
    const standing = await find({ principalId: identity.id, organization, secretId });
    const isOver =
      standing === undefined ||
      standing.isSuspended ||
      standing.epoch !== identity.epoch ||
      (secretId !== undefined && standing.isSecretOver !== false);
    if (isOver) throw new AccountError("TOKEN_INVALID");
    return standing;
  };

  const mayAnonymous = async (repository: RepositoryName, permission: Permission): Promise<boolean> => {
    if (permission !== "pull") return false;
    const [isAllowed, known] = await Promise.all([allowsAnonymousPull(), findRepository(repository)]);
    return isAllowed && known?.visibility === "public";
  };

  const mayPrincipal = async (
    identity: UserIdentity | RobotIdentity,
    repository: RepositoryName,
    permission: Permission,
  ): Promise<boolean> => {
    const { organization } = splitRepositoryName(repository);
    // Both begin in this turn, whatever the limits say: the time tells nothing about the repository.
    const [standing, known] = await Promise.all([currentStanding(identity, organization), findRepository(repository)]);
    const asked: Asked = { name: repository, known };
    const [way] = waysTo(permission, standing, asked);
    const isPublicPull = permission === "pull" && known?.visibility === "public";
    const { limits } = standing;
    if (way !== undefined && (limits === undefined || isInLimits(limits, permission, asked))) {
      if (way.kind === "grant") lastUse.note("grant", way.grant.id);
      const isOversight = (way.kind === "administrator" || way.kind === "auditor") && permission === "pull";
      if (isOversight && known?.visibility === "private" && identity.kind === "user") {
        lastUse.noteOversight({ userId: identity.id, userName: identity.name, repository: known.names[0] });
      }
      return true;
    }
    if (!isPublicPull) return false;
    if (identity.kind === "user" && (limits === undefined || isInLimits(limits, permission, asked))) return true;
    // A limited credential is never worth less than none: it may pull what anybody may.
    return (limits === undefined || limits.permissions.includes("pull")) && (await allowsAnonymousPull());
  };

  const noteUse = (identity: Identity, repository: RepositoryName): void => {
    if (identity.kind === "anonymous") return;
    const secretId = secretOf(identity);
    if (identity.kind === "user") lastUse.note("user", identity.id);
    if (secretId !== undefined) {
      lastUse.note(identity.kind === "user" ? "access-token" : "robot-secret", secretId, { repository });
    }
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
              : await mayPrincipal(identity, repository, permission);
          if (!isHeld || (access !== undefined && !isInAccess(access, repository, permission))) return false;
          noteUse(identity, repository);
          return true;
        },
      };
    },

    async requireStanding(identity) {
      if (identity.kind !== "anonymous") await currentStanding(identity, "");
    },

    async mayListRepositories(identity) {
      const standing = await currentStanding(identity, "");
      return (standing.isAdministrator || standing.isAuditor) && coversEverything(standing.limits);
    },

    async readScope(identity) {
      // The bearer tokens of registry clients name single repositories; they are for no list.
      const access = identity.kind === "anonymous" ? identity.access : identity.limits?.access;
      const publicRepositories = access === undefined && (await allowsAnonymousPull());
      const scope = { ...nothing, publicRepositories };
      if (identity.kind === "anonymous") return scope;
      const [standing, organizations] = await Promise.all([
        currentStanding(identity, ""),
        database.query<ReadableRow>(identity.kind === "user" ? userReadable(identity) : robotReadable(identity)),
      ]);
      if (access !== undefined) return scope;
      if (!coversEverything(standing.limits)) return limitedScope(scope, standing, organizations);
      return {
        everything: standing.isAdministrator || standing.isAuditor,
        publicRepositories: publicRepositories || identity.kind === "user",
        organizationIds: organizations.filter(({ isWhole }) => isWhole).map(({ id }) => id),
        rules: organizations
          .filter(({ isWhole, patterns }) => !isWhole && patterns.length > 0)
          .map(({ id, patterns }) => ({ organizationId: id, pathPatterns: patterns })),
      };
    },
  };
}

const nothing: ReadScope = { everything: false, publicRepositories: false, organizationIds: [], rules: [] };

/** What an access token for some repositories lists: where its owner may pull, as far as its patterns go. */
function limitedScope(scope: ReadScope, standing: Standing, organizations: readonly ReadableRow[]): ReadScope {
  const { limits, isAdministrator, isAuditor } = standing;
  if (!limits?.permissions.includes("pull")) return nothing;
  const namePatterns = limits.patterns;
  if (isAdministrator || isAuditor) return { ...scope, rules: [{ namePatterns }] };
  const own = organizations
    .filter(({ isWhole, patterns }) => isWhole || patterns.length > 0)
    .map(
      ({ id, isWhole, patterns }): ReadRule => ({
        organizationId: id,
        pathPatterns: isWhole ? undefined : patterns,
        namePatterns,
      }),
    );
  return { ...scope, rules: [...own, { isPublic: true, namePatterns }] };
}

function userReadable({ id }: UserIdentity) {
  return {
    name: "readable-by-user",
    text: `SELECT organization.id, coalesce(membership.role, organization.default_role) IS NOT NULL AS "isWhole",
        ARRAY(SELECT own.path_pattern FROM access_grant own
            WHERE own.user_id = membership.user_id AND own.organization_id = membership.organization_id
          UNION
          SELECT given.path_pattern FROM team_membership JOIN access_grant given ON given.team_id = team_membership.team_id
            WHERE team_membership.user_id = membership.user_id
              AND team_membership.organization_id = membership.organization_id) AS patterns
      FROM membership JOIN organization ON organization.id = membership.organization_id
      WHERE membership.user_id = $1::uuid`,
    values: [id],
  };
}

function robotReadable({ id }: RobotIdentity) {
  return {
    name: "readable-by-robot",
    text: `SELECT organization_id AS id, false AS "isWhole", array_agg(DISTINCT path_pattern) AS patterns
      FROM access_grant WHERE robot_id = $1::uuid GROUP BY organization_id`,
    values: [id],
  };
}

function secretOf(identity: UserIdentity | RobotIdentity): string | undefined {
  return identity.kind === "user" ? identity.limits?.accessTokenId : identity.limits.secretId;
}

function toUserStanding(row: UserStandingRow): Standing {
  const { epoch, isSuspended, isAdministrator, isAuditor, permissions, patterns } = row;
  return {
    epoch,
    isSuspended,
    isAdministrator,
    isAuditor,
    role: row.role ?? undefined,
    defaultRole: row.defaultRole ?? undefined,
    grants: toGrants(row),
    isSecretOver: row.isSecretOver ?? undefined,
    limits: permissions === null || patterns === null ? undefined : { permissions, patterns },
  };
}

function toRobotStanding(row: StandingRow): Standing {
  const { epoch, isSuspended } = row;
  return {
    epoch,
    isSuspended,
    isAdministrator: false,
    isAuditor: false,
    role: undefined,
    defaultRole: undefined,
    grants: toGrants(row),
    isSecretOver: row.isSecretOver ?? undefined,
    limits: undefined,
  };
}

const noGrants: readonly HeldGrant[] = [];

function toGrants({ grants }: StandingRow): readonly HeldGrant[] {
  return grants === null ? noGrants : grants.map(([id, pattern, permissions]) => ({ id, pattern, permissions }));
}

function coversEverything(limits: TokenLimits | undefined): boolean {
  return limits === undefined || (limits.permissions.includes("pull") && limits.patterns.some((one) => one === "**"));
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
