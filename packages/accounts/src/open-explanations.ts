import { type Database, organizationNamed } from "@layerport/database";
import {
  type KnownRepository,
  type Permission,
  parseRepositoryName,
  permissions,
  RegistryError,
  type RepositoryName,
  type RepositoryPattern,
  type Role,
  splitRepositoryName,
} from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { type Asked, type HeldGrant, type Holdings, isInPatterns, type Way, waysTo, wholePattern } from "./decision.ts";
import type { AccessBlock, AccessPath, AccessSubject, Explanations, PermissionExplanation } from "./explanation.ts";
import { explainInWords, summarizeInWords } from "./explanation-words.ts";
import { type OrganizationAccess, requireOperation, type Sql, toText } from "./operations.ts";
import { isUuid } from "./session.ts";

/** What explanations are made of. */
export interface ExplanationOptions {
  readonly database: Database;
  readonly findRepository: (repository: RepositoryName) => Promise<KnownRepository | undefined>;
  readonly allowsAnonymousPull: () => Promise<boolean>;
}

/** Explanations over one database. */
export function openExplanations(options: ExplanationOptions): Explanations {
  const { database, findRepository, allowsAnonymousPull } = options;
  return {
    async explainAccess(viewer, subject, repository) {
      const name = parseName(repository);
      const { organization } = splitRepositoryName(name);
      const isOneself = subject.kind === "user" && subject.name === viewer.name;
      const found = await requireOperation(database, viewer, {
        organization,
        operation: isOneself ? "read" : "read-rights",
      });
      const [facts, known, isAnonymousAllowed] = await Promise.all([
        readFacts(database, viewer, { subject, organization: found }),
        findRepository(name),
        allowsAnonymousPull(),
      ]);
      const asked: Asked = { name, known };
      const explained = permissions.map((permission): PermissionExplanation => {
        const paths = pathsTo(permission, facts, { asked, organization: found.name });
        const blocks = blocksOf(permission, facts, { asked, paths, isAnonymousAllowed });
        const answer = { permission, isAllowed: paths.length > 0 && blocks.length === 0, paths, blocks };
        return { ...answer, sentence: explainInWords(answer, { who: facts.name, repository: name }) };
      });
      const sentence = summarizeInWords(explained, { who: facts.name, repository: name });
      return { subject, repository: known?.names[0] ?? name, permissions: explained, sentence };
    },
  };
}

/** All that decides about somebody in one organization, as far as it is no secret of the repository. */
interface Facts {
  /** As sentences call them. */
  readonly name: string;
  readonly kind: AccessSubject["kind"];
  readonly holdings: Holdings;
  readonly isSuspended: boolean;
  readonly isExpired: boolean;
  readonly token: TokenFacts | undefined;
}

interface TokenFacts {
  readonly name: string;
  readonly isOver: boolean;
  readonly permissions: readonly string[];
  readonly patterns: readonly RepositoryPattern[];
}

const nobody: Holdings = {
  isAdministrator: false,
  isAuditor: false,
  role: undefined,
  defaultRole: undefined,
  grants: [],
};

/** @throws PRINCIPAL_UNKNOWN, TOKEN_UNKNOWN */
async function readFacts(
  sql: Sql,
  viewer: Viewer,
  { subject, organization }: { readonly subject: AccessSubject; readonly organization: OrganizationAccess },
): Promise<Facts> {
  switch (subject.kind) {
    case "anonymous":
      return {
        name: "whoever is not signed in",
        kind: "anonymous",
        holdings: nobody,
        isSuspended: false,
        isExpired: false,
        token: undefined,
      };
    case "robot":
      return readRobot(sql, subject.name, organization);
    case "user": {
      const facts = await readUser(sql, subject.name, { organization, viewer });
      if (subject.accessTokenId === undefined) return facts;
      return { ...facts, token: await readToken(sql, viewer, { owner: subject.name, id: subject.accessTokenId }) };
    }
  }
}

interface UserFactsRow {
  readonly name: string;
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
  readonly isSuspended: boolean;
  readonly isMember: boolean;
  readonly role: Role | null;
  readonly grants: readonly HeldGrant[] | null;
}

const grantsJson = `json_agg(json_build_object('id', held.id, 'pattern', held.path_pattern,
  'permissions', held.permissions, 'team', held.team) ORDER BY held.path_pattern, held.team NULLS FIRST)`;

/** Who the instance knows, members know of each other; of others only those who see everybody may ask. */
async function readUser(
  sql: Sql,
  name: string,
  { organization, viewer }: { readonly organization: OrganizationAccess; readonly viewer: Viewer },
): Promise<Facts> {
  const [row] = await sql.query<UserFactsRow>({
    text: `SELECT person.name, person.is_administrator AS "isAdministrator", person.is_auditor AS "isAuditor",
        person.suspended_at IS NOT NULL AS "isSuspended", membership.user_id IS NOT NULL AS "isMember",
        membership.role::text AS role,
        (SELECT ${grantsJson} FROM (
          SELECT own.id, own.path_pattern, own.permissions, NULL AS team FROM access_grant own
            WHERE own.user_id = membership.user_id AND own.organization_id = membership.organization_id
          UNION ALL
          SELECT given.id, given.path_pattern, given.permissions, team.name FROM team_membership
            JOIN team ON team.id = team_membership.team_id JOIN access_grant given ON given.team_id = team.id
            WHERE team_membership.user_id = membership.user_id
              AND team_membership.organization_id = membership.organization_id) AS held) AS grants
      FROM "user" person
      LEFT JOIN membership ON membership.user_id = person.id AND membership.organization_id = $2::uuid
      WHERE person.name = $1::text`,
    values: [toText(name), organization.id],
  });
  const isKnown =
    row !== undefined && (row.isMember || row.name === viewer.name || viewer.isAdministrator || viewer.isAuditor);
  if (!isKnown) throw new AccountError("PRINCIPAL_UNKNOWN");
  return {
    name: row.name,
    kind: "user",
    holdings: {
      isAdministrator: row.isAdministrator,
      isAuditor: row.isAuditor,
      role: row.role ?? undefined,
      defaultRole: row.isMember ? organization.defaultRole : undefined,
      grants: (row.grants ?? []).map(toHeldGrant),
    },
    isSuspended: row.isSuspended,
    isExpired: false,
    token: undefined,
  };
}

/** @throws PRINCIPAL_UNKNOWN for a robot of another organization as for none */
async function readRobot(sql: Sql, loginName: string, organization: OrganizationAccess): Promise<Facts> {
  const plus = loginName.indexOf("+");
  const [row] = await sql.query<{ isSuspended: boolean; isExpired: boolean; name: string; grants: HeldGrant[] | null }>(
    {
      text: `SELECT robot.name, robot.suspended_at IS NOT NULL AS "isSuspended",
        NOT EXISTS (SELECT 1 FROM robot_secret WHERE robot_id = robot.id AND expires_at > now()) AS "isExpired",
        (SELECT ${grantsJson} FROM (SELECT id, path_pattern, permissions, NULL AS team FROM access_grant
          WHERE robot_id = robot.id) AS held) AS grants
      FROM robot_account robot
      WHERE robot.organization_id = $1::uuid AND robot.name = $3::text
        AND robot.organization_id = (SELECT id FROM ${organizationNamed("$2::text")} AS named)`,
      values: [organization.id, toText(loginName.slice(0, Math.max(0, plus))), toText(loginName.slice(plus + 1))],
    },
  );
  if (row === undefined) throw new AccountError("PRINCIPAL_UNKNOWN");
  const { isSuspended, isExpired, grants } = row;
  return {
    name: `${organization.name}+${row.name}`,
    kind: "robot",
    holdings: { ...nobody, grants: (grants ?? []).map(toHeldGrant) },
    isSuspended,
    isExpired,
    token: undefined,
  };
}

function toHeldGrant({
  team,
  ...grant
}: Omit<HeldGrant, "team"> & { readonly team?: string | null | undefined }): HeldGrant {
  return { ...grant, team: team ?? undefined };
}

/** One's own access token, or anybody's for administrators and auditors. @throws TOKEN_UNKNOWN */
async function readToken(
  sql: Sql,
  viewer: Viewer,
  { owner, id }: { readonly owner: string; readonly id: string },
): Promise<TokenFacts> {
  const mayAsk = owner === viewer.name || viewer.isAdministrator || viewer.isAuditor;
  const [token] =
    mayAsk && isUuid(id)
      ? await sql.query<TokenFacts>({
          text: `SELECT token.name, (token.revoked_at IS NOT NULL OR token.expires_at <= now()) AS "isOver",
              token.permissions, token.repository_patterns AS patterns
            FROM access_token token JOIN "user" person ON person.id = token.user_id
            WHERE token.id = $1::uuid AND person.name = $2::text`,
          values: [id, toText(owner)],
        })
      : [];
  if (token === undefined) throw new AccountError("TOKEN_UNKNOWN");
  return token;
}

/** Every way to a permission, by the rules that decide about it, and what is public besides. */
function pathsTo(
  permission: Permission,
  { holdings }: Facts,
  { asked, organization }: { readonly asked: Asked; readonly organization: string },
): readonly AccessPath[] {
  const paths = [...waysTo(permission, holdings, asked)].map((way) => toPath(way, asked, organization));
  const isPublic = permission === "pull" && asked.known?.visibility === "public";
  return isPublic ? [...paths, { kind: "public" }] : paths;
}

function toPath(way: Way, asked: Asked, organization: string): AccessPath {
  switch (way.kind) {
    case "administrator":
    case "auditor":
      return { kind: way.kind };
    case "role":
    case "default-role":
      return { kind: way.kind, role: way.role, organization };
    case "grant": {
      const { id, pattern, team } = way.grant;
      const present = asked.known?.names[0] ?? asked.name;
      return {
        kind: "grant",
        id,
        pattern: wholePattern(organization, pattern),
        team,
        formerName: way.name === present ? undefined : way.name,
      };
    }
  }
}

function blocksOf(
  permission: Permission,
  { kind, isSuspended, isExpired, token }: Facts,
  {
    asked,
    paths,
    isAnonymousAllowed,
  }: { readonly asked: Asked; readonly paths: readonly AccessPath[]; readonly isAnonymousAllowed: boolean },
): readonly AccessBlock[] {
  const blocks: AccessBlock[] = [];
  if (isSuspended) blocks.push({ kind: "suspended" });
  if (isExpired) blocks.push({ kind: "expired" });
  const isOnlyPublic = paths.length > 0 && paths.every((path) => path.kind === "public");
  // A robot, like whoever is not signed in, pulls what is public only where anybody may.
  if (kind !== "user" && isOnlyPublic && !isAnonymousAllowed) blocks.push({ kind: "anonymous-pull-off" });
  if (token !== undefined) {
    const isPublic = paths.some((path) => path.kind === "public") && isAnonymousAllowed;
    if (token.isOver) blocks.push({ kind: "token", token: token.name, reason: "ended" });
    else if (!token.permissions.includes(permission)) {
      blocks.push({ kind: "token", token: token.name, reason: "permissions" });
    } else if (!isPublic && !isInPatterns(token.patterns, asked)) {
      blocks.push({ kind: "token", token: token.name, reason: "patterns" });
    }
  }
  return blocks;
}

/** @throws NAME_INVALID */
function parseName(text: string): RepositoryName {
  try {
    return parseRepositoryName(text);
  } catch (error) {
    if (RegistryError.is(error)) throw new AccountError("NAME_INVALID", { cause: error });
    throw error;
  }
}
