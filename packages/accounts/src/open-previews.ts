import type { Database } from "@layerport/database";
import {
  type KnownRepository,
  type OrganizationName,
  type Permission,
  parseOrganizationName,
  type Role,
  roles,
} from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { GrantPrincipal } from "./grant.ts";
import { getGrant, getPrincipalId, parsePathPattern, parsePermissions } from "./open-grants.ts";
import {
  type OrganizationAccess,
  type OrganizationOperation,
  requireOperation,
  type Sql,
  toText,
} from "./operations.ts";
import type { AccessChange, AccessDifference, Previews } from "./preview.ts";
import { compareShifts, type Held, type PatternGrant, type Shift } from "./preview-differences.ts";
import { previewInWords } from "./preview-words.ts";

/** What previews are made of. */
export interface PreviewOptions {
  readonly database: Database;
  readonly repositoriesOf: (organization: OrganizationName) => Promise<readonly KnownRepository[]>;
}

/** Previews over one database. */
export function openPreviews({ database, repositoriesOf }: PreviewOptions): Previews {
  return {
    async previewChange(viewer, organization, change) {
      // Everybody may leave.
      const isLeaving = change.kind === "member-removed" && change.user === viewer.name;
      const operation = isLeaving ? "read" : operations[change.kind];
      const found = await requireOperation(database, viewer, { organization, operation });
      const known = await repositoriesOf(parseOrganizationName(found.name));
      const compared =
        change.kind === "visibility"
          ? compareVisibility(known, change)
          : compareShifts(await readShifts(database, found, change), { known, organization: found.name });
      return { ...compared, sentence: previewInWords(compared) };
    },
  };
}

const operations: Readonly<Record<AccessChange["kind"], OrganizationOperation>> = {
  "default-role": "change-organization",
  "member-role": "change-members",
  "member-removed": "change-members",
  "team-member-added": "change-teams",
  "team-member-removed": "change-teams",
  "team-deleted": "change-teams",
  "grant-created": "change-grants",
  "grant-changed": "change-grants",
  "grant-removed": "change-grants",
  visibility: "set-visibility",
};

type VisibilityChange = Extract<AccessChange, { kind: "visibility" }>;

/** @throws REPOSITORY_UNKNOWN */
function compareVisibility(known: readonly KnownRepository[], { repository, visibility }: VisibilityChange) {
  const found = known.find(({ names }) => names.some((name) => name === repository));
  if (found === undefined) throw new AccountError("REPOSITORY_UNKNOWN");
  const [name] = found.names;
  const difference: AccessDifference = {
    principals: [{ kind: "everybody", name: "everybody" }],
    principalCount: 1,
    permissions: ["pull"],
    pattern: name,
    repositories: [name],
    repositoryCount: 1,
  };
  const isChanged = found.visibility !== visibility;
  return {
    gains: isChanged && visibility === "public" ? [difference] : [],
    losses: isChanged && visibility === "private" ? [difference] : [],
  };
}

/** Those whom a change touches, as they are and as they would be. */
async function readShifts(
  sql: Sql,
  organization: OrganizationAccess,
  change: Exclude<AccessChange, VisibilityChange>,
): Promise<readonly Shift[]> {
  switch (change.kind) {
    case "default-role": {
      const defaultRole = requireDefaultRole(change.role);
      const everybody = await readMembers(sql, organization, {});
      return everybody.map(({ principal, held }) => ({ principal, before: held, after: { ...held, defaultRole } }));
    }
    case "member-role": {
      if (change.role !== undefined && !roles.includes(change.role)) throw new AccountError("NOT_ALLOWED");
      const [member] = await readMembers(sql, organization, { user: change.user });
      const { principal, held } = member ?? { principal: await getUser(sql, change.user), held: nothing };
      const after = { ...held, role: change.role, defaultRole: organization.defaultRole };
      return [{ principal, before: held, after }];
    }
    case "member-removed":
      return (await requireMember(sql, organization, change.user)).map(({ principal, held }) => ({
        principal,
        before: held,
        after: nothing,
      }));
    case "team-member-added": {
      const teamId = await getTeamId(sql, organization, change.team);
      const given = await readTeamGrants(sql, teamId);
      return (await requireMember(sql, organization, change.user)).map(({ principal, held }) => {
        const others = held.grants.filter((grant) => grant.teamId !== teamId);
        return { principal, before: held, after: { ...held, grants: [...others, ...given] } };
      });
    }
    case "team-member-removed": {
      const teamId = await getTeamId(sql, organization, change.team);
      return withoutTeam(await requireMember(sql, organization, change.user), teamId);
    }
    case "team-deleted": {
      const teamId = await getTeamId(sql, organization, change.team);
      return withoutTeam(await readMembers(sql, organization, { teamId }), teamId);
    }
    case "grant-created": {
      const { principal, pattern, permissions } = change.grant;
      const made = {
        id: "new",
        pattern: parsePathPattern(pattern, organization.name),
        permissions: parsePermissions(permissions),
        teamId: undefined,
      };
      const principalId = await getPrincipalId(sql, organization.id, principal);
      const reached = await readPrincipal(sql, organization, { principal, principalId });
      return reached.map(({ principal: who, held }) => ({
        principal: who,
        before: held,
        after: { ...held, grants: [...held.grants, made] },
      }));
    }
    case "grant-changed":
      return changeGrant(sql, organization, { id: change.id, permissions: parsePermissions(change.permissions) });
    case "grant-removed":
      return changeGrant(sql, organization, { id: change.id, permissions: undefined });
  }
}

interface Reached {
  readonly principal: GrantPrincipal;
  readonly held: Held;
}

const nothing: Held = { role: undefined, defaultRole: undefined, grants: [] };

function withoutTeam(reached: readonly Reached[], teamId: string): readonly Shift[] {
  return reached.map(({ principal, held }) => ({
    principal,
    before: held,
    after: { ...held, grants: held.grants.filter((grant) => grant.teamId !== teamId) },
  }));
}

/** @throws GRANT_UNKNOWN */
async function changeGrant(
  sql: Sql,
  organization: OrganizationAccess,
  { id, permissions }: { readonly id: string; readonly permissions: readonly Permission[] | undefined },
): Promise<readonly Shift[]> {
  const { principal, principalId } = await getGrant(sql, organization, id);
  const reached = await readPrincipal(sql, organization, { principal, principalId });
  return reached.map(({ principal: who, held }) => {
    const grants = held.grants.flatMap((grant) => {
      if (grant.id !== id) return [grant];
      return permissions === undefined ? [] : [{ ...grant, permissions }];
    });
    return { principal: who, before: held, after: { ...held, grants } };
  });
}

/** The people, or the robot, whom a grant of this principal reaches. */
async function readPrincipal(
  sql: Sql,
  organization: OrganizationAccess,
  { principal, principalId }: { readonly principal: GrantPrincipal; readonly principalId: string },
): Promise<readonly Reached[]> {
  switch (principal.kind) {
    case "user":
      return readMembers(sql, organization, { user: principal.name });
    case "team":
      return readMembers(sql, organization, { teamId: principalId });
    case "robot": {
      const grants = await sql.query<Omit<PatternGrant, "teamId">>({
        text: `SELECT id, path_pattern AS pattern, permissions FROM access_grant WHERE robot_id = $1::uuid`,
        values: [principalId],
      });
      const held = { ...nothing, grants: grants.map((grant) => ({ ...grant, teamId: undefined })) };
      return [{ principal, held }];
    }
  }
}

interface MemberRow {
  readonly name: string;
  readonly role: Role | null;
  readonly grants: readonly (Omit<PatternGrant, "teamId"> & { readonly teamId: string | null })[] | null;
}

/** Members with what they hold; administrators of the instance have everything whatever is changed, and are left out. */
async function readMembers(
  sql: Sql,
  organization: OrganizationAccess,
  { user, teamId }: { readonly user?: string; readonly teamId?: string },
): Promise<readonly Reached[]> {
  const rows = await sql.query<MemberRow>({
    text: `SELECT person.name, membership.role::text AS role, grants.held AS grants
      FROM membership JOIN "user" person ON person.id = membership.user_id AND NOT person.is_administrator
      LEFT JOIN (
        SELECT reached.user_id, json_agg(json_build_object('id', reached.id, 'pattern', reached.path_pattern,
          'permissions', reached.permissions, 'teamId', reached.team_id) ORDER BY reached.id) AS held
        FROM (SELECT own.user_id, own.id, own.path_pattern, own.permissions, NULL::uuid AS team_id
            FROM access_grant own WHERE own.organization_id = $1::uuid AND own.user_id IS NOT NULL
          UNION ALL
          SELECT team_membership.user_id, given.id, given.path_pattern, given.permissions, given.team_id
            FROM access_grant given JOIN team_membership ON team_membership.team_id = given.team_id
            WHERE given.organization_id = $1::uuid) AS reached
        GROUP BY reached.user_id) AS grants ON grants.user_id = person.id
      WHERE membership.organization_id = $1::uuid AND ($2::text IS NULL OR person.name = $2)
        AND ($3::uuid IS NULL OR EXISTS (SELECT 1 FROM team_membership
          WHERE team_membership.team_id = $3 AND team_membership.user_id = person.id))`,
    values: [organization.id, user === undefined ? null : toText(user), teamId ?? null],
  });
  return rows.map(({ name, role, grants }) => ({
    principal: { kind: "user", name },
    held: {
      role: role ?? undefined,
      defaultRole: organization.defaultRole,
      grants: (grants ?? []).map((grant) => ({ ...grant, teamId: grant.teamId ?? undefined })),
    },
  }));
}

/** @throws PRINCIPAL_UNKNOWN for whoever is no member */
async function requireMember(sql: Sql, organization: OrganizationAccess, user: string): Promise<readonly Reached[]> {
  await getPrincipalId(sql, organization.id, { kind: "user", name: user });
  return readMembers(sql, organization, { user });
}

/** @throws USER_UNKNOWN */
async function getUser(sql: Sql, name: string): Promise<GrantPrincipal> {
  const [user] = await sql.query<{ name: string }>({
    text: `SELECT name FROM "user" WHERE name = $1::text`,
    values: [toText(name)],
  });
  if (user === undefined) throw new AccountError("USER_UNKNOWN");
  return { kind: "user", name: user.name };
}

/** @throws TEAM_UNKNOWN */
async function getTeamId(sql: Sql, organization: OrganizationAccess, name: string): Promise<string> {
  const [team] = await sql.query<{ id: string }>({
    text: "SELECT id FROM team WHERE organization_id = $1::uuid AND name = $2::text",
    values: [organization.id, toText(name)],
  });
  if (team === undefined) throw new AccountError("TEAM_UNKNOWN");
  return team.id;
}

async function readTeamGrants(sql: Sql, teamId: string): Promise<readonly PatternGrant[]> {
  return sql.query<PatternGrant>({
    text: `SELECT id, path_pattern AS pattern, permissions, team_id AS "teamId" FROM access_grant
      WHERE team_id = $1::uuid ORDER BY id`,
    values: [teamId],
  });
}

function requireDefaultRole(role: Role | undefined): Role | undefined {
  if (role === "owner" || (role !== undefined && !roles.includes(role))) throw new AccountError("NOT_ALLOWED");
  return role;
}
