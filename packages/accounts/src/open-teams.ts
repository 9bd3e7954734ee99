import { conflictOf, type Database, type Transaction } from "@layerport/database";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { actorOf, type RequestOrigin } from "./identity.ts";
import { parseDescription, parseDisplayName, parsePartName } from "./name.ts";
import { lockOrganization, type OrganizationAccess, requireOperation, type Sql, toText } from "./operations.ts";
import type { TeamAddress, TeamMember, TeamProperties, TeamSummary, Teams } from "./team.ts";

/** Teams over one database. */
export function openTeams(database: Database): Teams {
  /** A change of one team under the lock of its organization. */
  const change = async <Answer>(
    viewer: Viewer,
    address: TeamAddress,
    work: (transaction: Transaction, organization: OrganizationAccess, team: TeamRow) => Promise<Answer>,
  ): Promise<Answer> =>
    database.transaction(async (transaction) => {
      const { organization } = address;
      const found = await lockOrganization(transaction, viewer, { organization, operation: "change-teams" });
      return work(transaction, found, await getTeam(transaction, found.id, address.team));
    });

  /** Puts a member into the team or takes one out; a repetition changes nothing and is not recorded. */
  const changeMember = (
    viewer: Viewer,
    address: TeamAddress,
    member: { readonly user: string; readonly action: "added" | "removed"; readonly origin: RequestOrigin | undefined },
  ): Promise<void> =>
    change(viewer, address, async (transaction, organization, team) => {
      const [user] = await transaction.query<{ id: string; name: string }>({
        text: `SELECT person.id, person.name FROM "user" person JOIN membership ON membership.user_id = person.id
          WHERE membership.organization_id = $1::uuid AND person.name = $2::text`,
        values: [organization.id, toText(member.user)],
      });
      if (user === undefined) throw new AccountError("USER_UNKNOWN");
      const changed = await transaction.query({
        text:
          member.action === "added"
            ? `INSERT INTO team_membership (team_id, organization_id, user_id) VALUES ($1::uuid, $2::uuid, $3::uuid)
              ON CONFLICT DO NOTHING RETURNING team_id`
            : `DELETE FROM team_membership WHERE team_id = $1::uuid AND organization_id = $2::uuid
              AND user_id = $3::uuid RETURNING team_id`,
        values: [team.id, organization.id, user.id],
      });
      if (changed.length === 0 && member.action === "removed") throw new AccountError("USER_UNKNOWN");
      if (changed.length === 0) return;
      await record(transaction, {
        action: `team-member.${member.action}`,
        actor: actorOf(viewer.identity, member.origin),
        target: `${team.name}: ${user.name}`,
        organization: organization.name,
      });
    });

  return {
    async listTeams(viewer, organization) {
      const { id } = await requireOperation(database, viewer, { organization, operation: "read" });
      const rows = await database.query<TeamRow>({
        name: "teams-list",
        text: `${teamColumns} WHERE team.organization_id = $1::uuid ORDER BY team.name`,
        values: [id],
      });
      return rows.map(toSummary);
    },

    async describeTeam(viewer, { organization, team }) {
      const { id } = await requireOperation(database, viewer, { organization, operation: "read" });
      return toSummary(await getTeam(database, id, team));
    },

    async listTeamMembers(viewer, { organization, team }, { limit, after }) {
      const { id } = await requireOperation(database, viewer, { organization, operation: "read" });
      const found = await getTeam(database, id, team);
      const rows = await database.query<Omit<TeamMember, "displayName"> & { readonly displayName: string | null }>({
        name: "team-members-list",
        text: `SELECT person.name, person.display_name AS "displayName", team_membership.created_at AS "addedAt"
          FROM team_membership JOIN "user" person ON person.id = team_membership.user_id
          WHERE team_membership.team_id = $1::uuid AND ($2::text IS NULL OR person.name > $2)
          ORDER BY person.name LIMIT $3::int`,
        values: [found.id, after === undefined ? null : toText(after), limit + 1],
      });
      const entries = rows.slice(0, limit).map((row) => ({ ...row, displayName: row.displayName ?? undefined }));
      return { entries, next: rows.length > limit ? entries.at(-1)?.name : undefined };
    },

    async createTeam(viewer, organization, team, origin) {
      const { name, displayName, description } = parseProperties(team);
      return database.transaction(async (transaction) => {
        const found = await lockOrganization(transaction, viewer, { organization, operation: "change-teams" });
        await storeAlone(
          transaction.query({
            text: `INSERT INTO team (organization_id, name, display_name, description, created_by)
              VALUES ($1::uuid, $2::text, $3::text, $4::text, $5::text)`,
            values: [found.id, name, displayName ?? null, description ?? null, viewer.name],
          }),
        );
        const made = await getTeam(transaction, found.id, name);
        await record(transaction, {
          action: "team.created",
          actor: actorOf(viewer.identity, origin),
          target: name,
          organization: found.name,
        });
        return toSummary(made);
      });
    },

    async changeTeam(viewer, address, team, origin) {
      const { name, displayName, description } = parseProperties(team);
      return change(viewer, address, async (transaction, organization, before) => {
        await storeAlone(
          transaction.query({
            text: `UPDATE team SET name = $2::text, display_name = $3::text, description = $4::text
              WHERE id = $1::uuid`,
            values: [before.id, name, displayName ?? null, description ?? null],
          }),
        );
        const after = await getTeam(transaction, organization.id, name);
        await record(transaction, {
          action: "team.changed",
          actor: actorOf(viewer.identity, origin),
          target: name,
          organization: organization.name,
          before: { name: before.name, displayName: before.displayName, description: before.description },
          after: { name, displayName: after.displayName, description: after.description },
        });
        return toSummary(after);
      });
    },

    async deleteTeam(viewer, address, origin) {
      await change(viewer, address, async (transaction, organization, team) => {
        await transaction.query({ text: "DELETE FROM team WHERE id = $1::uuid", values: [team.id] });
        await record(transaction, {
          action: "team.deleted",
          actor: actorOf(viewer.identity, origin),
          target: team.name,
          organization: organization.name,
          before: { members: team.memberCount, grants: team.grantCount },
        });
      });
    },

    addTeamMember: (viewer, address, user, origin) => changeMember(viewer, address, { user, action: "added", origin }),

    removeTeamMember: (viewer, address, user, origin) =>
      changeMember(viewer, address, { user, action: "removed", origin }),
  };
}

interface TeamRow extends Omit<TeamSummary, "displayName" | "description"> {
  readonly displayName: string | null;
  readonly description: string | null;
}

const teamColumns = `SELECT team.id, team.name, team.display_name AS "displayName", team.description,
    (SELECT count(*) FROM team_membership WHERE team_id = team.id) AS "memberCount",
    (SELECT count(*) FROM access_grant WHERE team_id = team.id) AS "grantCount"
  FROM team`;

/** @throws TEAM_UNKNOWN */
async function getTeam(sql: Sql, organizationId: string, name: string): Promise<TeamRow> {
  const [team] = await sql.query<TeamRow>({
    name: "team-by-name",
    text: `${teamColumns} WHERE team.organization_id = $1::uuid AND team.name = $2::text`,
    values: [organizationId, toText(name)],
  });
  if (team === undefined) throw new AccountError("TEAM_UNKNOWN");
  return team;
}

function toSummary(row: TeamRow): TeamSummary {
  return { ...row, displayName: row.displayName ?? undefined, description: row.description ?? undefined };
}

/** @throws TEAM_NAME_INVALID, DISPLAY_NAME_INVALID, DESCRIPTION_INVALID */
function parseProperties(team: TeamProperties) {
  return {
    name: parsePartName(team.name, "TEAM_NAME_INVALID"),
    displayName: parseDisplayName(team.displayName),
    description: parseDescription(team.description),
  };
}

/** @throws TEAM_NAME_TAKEN */
async function storeAlone(change: Promise<unknown>): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (conflictOf(error) === "duplicate") throw new AccountError("TEAM_NAME_TAKEN", { cause: error });
    throw error;
  }
}
