import type { Database, Transaction } from "@layerport/database";
import { type Role, roles } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { record } from "./audit.ts";
import { actorOf, type Identity, type RequestOrigin } from "./identity.ts";
import type { CreatedInvitation, Invitation, InvitationOffer, Invitations, NewInvitation } from "./invitation.ts";
import { invitationMail, type Mailer } from "./mail.ts";
import { parseEmail } from "./name.ts";
import { requireNotAbove } from "./open-members.ts";
import { lockOrganization, type OrganizationAccess, requireOperation, type Sql, toText } from "./operations.ts";
import type { Passwords } from "./password.ts";
import type { Pepper } from "./secrets.ts";
import { describeUser, isUuid, startSession } from "./session.ts";
import { createToken, findTokenKind, hashToken } from "./token-format.ts";
import { insertUser, parseNewUser, requireAdministrator } from "./user.ts";

const lifeDays = 7;

/** What invitations are made and accepted with. */
export interface InvitationOptions {
  readonly database: Database;
  readonly peppers: readonly [Pepper, ...Pepper[]];
  readonly passwords: Passwords;
  readonly mailer: Mailer;
  /** The address under which people reach the portal, without a slash at the end. */
  readonly publicUrl: string;
}

/** Invitations over one database. */
export function openInvitations(options: InvitationOptions): Invitations {
  const { database, peppers, passwords, mailer, publicUrl } = options;

  const create = (
    viewer: Viewer,
    wanted: NewInvitation,
    origin: RequestOrigin | undefined,
  ): Promise<{ readonly invitation: Invitation; readonly token: string }> => {
    const email = wanted.email === undefined ? undefined : parseEmail(wanted.email);
    return database.transaction(async (transaction) => {
      const organization = await requireInviter(transaction, viewer, wanted);
      const teamIds = await getTeamIds(transaction, organization, wanted.teams ?? []);
      const token = createToken("inv");
      const [made] = await transaction.query<{ id: string }>({
        text: `WITH made AS (
            INSERT INTO invitation (organization_id, hash, pepper_id, email, role, created_by_id, expires_at)
            VALUES ($1::uuid, $2::bytea, $3::text, $4::text, $5::text::role, $6::uuid, now() + interval '${lifeDays} days')
            RETURNING id),
          joined AS (INSERT INTO invitation_team (invitation_id, team_id)
            SELECT made.id, team_id FROM made, unnest($7::uuid[]) AS team_id)
          SELECT id FROM made`,
        values: [
          organization?.id ?? null,
          hashToken(peppers[0], token),
          peppers[0].id,
          email ?? null,
          wanted.role ?? null,
          viewer.id,
          teamIds,
        ],
      });
      const [invitation] = await readInvitations(transaction, { id: made?.id });
      if (invitation === undefined) throw new Error("an invitation was not made");
      await record(transaction, {
        action: "invitation.created",
        actor: actorOf(viewer.identity, origin),
        target: organization?.name ?? "layerport",
        organization: organization?.name,
        // Addresses of people stay out of a log that is kept for ever.
        after: {
          id: invitation.id,
          role: wanted.role ?? "default",
          teams: invitation.teams,
          byMail: email !== undefined,
        },
      });
      return { invitation, token };
    });
  };

  /** Takes an invitation for good, with the rights that whoever made it still has. @throws INVITATION_INVALID */
  const take = async (transaction: Transaction, token: string): Promise<OpenInvitation> => {
    const open = await findOpen(transaction, peppers, token, { isLocked: true });
    await transaction.query({
      text: "UPDATE invitation SET accepted_at = now() WHERE id = $1::uuid",
      values: [open.id],
    });
    return open;
  };

  return {
    async createInvitation(viewer, wanted, origin): Promise<CreatedInvitation> {
      if (wanted.role !== undefined && !roles.includes(wanted.role)) throw new AccountError("NOT_ALLOWED");
      const { invitation, token } = await create(viewer, wanted, origin);
      const link = `${publicUrl}/invite/${token}`;
      const { email: to, organization } = invitation;
      const isMailed =
        to !== undefined && (await mailer.send(invitationMail({ to, organization, link, invitedBy: viewer.name })));
      return { invitation, link, isMailed };
    },

    async listInvitations(viewer, organization) {
      if (organization === undefined) {
        requireAdministrator(viewer);
        return readInvitations(database, { organizationId: null });
      }
      const { id } = await requireOperation(database, viewer, { organization, operation: "change-members" });
      return readInvitations(database, { organizationId: id });
    },

    async revokeInvitation(viewer, id, origin) {
      await database.transaction(async (transaction) => {
        const [invitation] = isUuid(id) ? await readInvitations(transaction, { id }) : [];
        const isTheirs = invitation !== undefined && (await mayRevoke(transaction, viewer, invitation));
        if (!isTheirs) throw new AccountError("INVITATION_UNKNOWN");
        const revoked = await transaction.query({
          text: `UPDATE invitation SET revoked_at = now()
            WHERE id = $1::uuid AND revoked_at IS NULL AND accepted_at IS NULL RETURNING id`,
          values: [id],
        });
        if (revoked.length === 0) throw new AccountError("INVITATION_UNKNOWN");
        await record(transaction, {
          action: "invitation.revoked",
          actor: actorOf(viewer.identity, origin),
          target: invitation.organization ?? "layerport",
          organization: invitation.organization,
          after: { id },
        });
      });
    },

    async describeInvitation(token): Promise<InvitationOffer> {
      const open = await findOpen(database, peppers, token, { isLocked: false });
      const { organizationName: name, organizationDisplayName, email, role, invitedBy, expiresAt } = open;
      return {
        organization: name === null ? undefined : { name, displayName: organizationDisplayName ?? undefined },
        email: email ?? undefined,
        role: role ?? undefined,
        invitedBy,
        expiresAt,
      };
    },

    async acceptInvitation(viewer, token, origin) {
      return database.transaction(async (transaction) => {
        const open = await take(transaction, token);
        if (open.email !== null && open.email !== viewer.email) throw new AccountError("INVITATION_FOR_ANOTHER");
        await join(transaction, open, { ...viewer, origin });
        return open.organizationName === null ? {} : { organization: open.organizationName };
      });
    },

    async acceptInvitationAsNewUser({ token, ...user }, origin) {
      // Before the password is hashed: nobody makes this process work without an invitation.
      await findOpen(database, peppers, token, { isLocked: false });
      const person = await parseNewUser(user, passwords);
      return database.transaction(async (transaction) => {
        const open = await take(transaction, token);
        if (open.email !== null && open.email !== person.email) throw new AccountError("INVITATION_FOR_ANOTHER");
        const { address, requestId, userAgent } = origin;
        const identityOf = (id: string): Identity => newIdentity(id, person.name);
        const made = await insertUser(transaction, person, (id) => actorOf(identityOf(id), origin));
        await join(transaction, open, { id: made.id, name: made.name, identity: identityOf(made.id), origin });
        const session = await startSession(transaction, made, { address, requestId, userAgent });
        return { session, user: describeUser(made) };
      });
    },
  };
}

/** An invitation that can be accepted at this moment. */
interface OpenInvitation {
  readonly id: string;
  readonly organizationId: string | null;
  readonly organizationName: string | null;
  readonly organizationDisplayName: string | null;
  readonly email: string | null;
  readonly role: Role | null;
  readonly invitedBy: string;
  readonly expiresAt: Date;
}

interface Joining extends Pick<Viewer, "id" | "name" | "identity"> {
  readonly origin: RequestOrigin | undefined;
}

/**
 * One that is neither used, revoked nor over, and whose maker may still invite: whoever was put out of an organization
 * leaves no way in behind.
 * @throws INVITATION_INVALID
 */
async function findOpen(
  sql: Sql,
  peppers: readonly Pepper[],
  token: string,
  { isLocked }: { readonly isLocked: boolean },
): Promise<OpenInvitation> {
  if (findTokenKind(token) !== "inv") throw new AccountError("INVITATION_INVALID");
  const [open] = await sql.query<OpenInvitation>({
    text: `SELECT invitation.id, invitation.organization_id AS "organizationId", invitation.email,
        invitation.role::text AS role, invitation.expires_at AS "expiresAt", maker.name AS "invitedBy",
        organization.name AS "organizationName", organization.display_name AS "organizationDisplayName"
      FROM invitation
      JOIN "user" maker ON maker.id = invitation.created_by_id AND maker.suspended_at IS NULL
      LEFT JOIN organization ON organization.id = invitation.organization_id
      LEFT JOIN membership ON membership.organization_id = organization.id AND membership.user_id = maker.id
      WHERE invitation.hash = ANY ($1::bytea[]) AND invitation.expires_at > now()
        AND invitation.accepted_at IS NULL AND invitation.revoked_at IS NULL
        AND (maker.is_administrator OR membership.role = 'owner')
      ${isLocked ? "FOR UPDATE OF invitation" : ""}`,
    values: [peppers.map((pepper) => hashToken(pepper, token))],
  });
  if (open === undefined) throw new AccountError("INVITATION_INVALID");
  return open;
}

/** Makes the person a member of what the invitation is to; a role that is held already is never lowered. */
async function join(transaction: Transaction, open: OpenInvitation, person: Joining): Promise<void> {
  if (open.organizationId !== null) {
    await transaction.query({
      text: `INSERT INTO membership (organization_id, user_id, role) VALUES ($1::uuid, $2::uuid, $3::text::role)
        ON CONFLICT (organization_id, user_id) DO UPDATE SET role = greatest(membership.role, excluded.role)`,
      values: [open.organizationId, person.id, open.role],
    });
    await transaction.query({
      text: `INSERT INTO team_membership (team_id, organization_id, user_id)
        SELECT team_id, $2::uuid, $3::uuid FROM invitation_team WHERE invitation_id = $1::uuid ON CONFLICT DO NOTHING`,
      values: [open.id, open.organizationId, person.id],
    });
  }
  await record(transaction, {
    action: "invitation.accepted",
    actor: actorOf(person.identity, person.origin),
    target: person.name,
    organization: open.organizationName ?? undefined,
    after: { id: open.id, invitedBy: open.invitedBy, role: open.role ?? "default" },
  });
}

/** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED */
async function requireInviter(
  transaction: Transaction,
  viewer: Viewer,
  { organization, role, teams = [] }: NewInvitation,
): Promise<OrganizationAccess | undefined> {
  if (organization === undefined) {
    requireAdministrator(viewer);
    if (role !== undefined || teams.length > 0) throw new AccountError("NOT_ALLOWED");
    return undefined;
  }
  const found = await lockOrganization(transaction, viewer, { organization, operation: "change-members" });
  requireNotAbove(viewer, found, role);
  return found;
}

/** @throws TEAM_UNKNOWN */
async function getTeamIds(
  transaction: Transaction,
  organization: OrganizationAccess | undefined,
  names: readonly string[],
): Promise<readonly string[]> {
  const wanted = [...new Set(names.map(toText))];
  if (wanted.length === 0 || organization === undefined) return [];
  const teams = await transaction.query<{ id: string }>({
    text: "SELECT id FROM team WHERE organization_id = $1::uuid AND name = ANY ($2::text[])",
    values: [organization.id, wanted],
  });
  if (teams.length < wanted.length) throw new AccountError("TEAM_UNKNOWN");
  return teams.map(({ id }) => id);
}

interface InvitationRow extends Omit<Invitation, "organization" | "email" | "role"> {
  readonly organization: string | null;
  readonly email: string | null;
  readonly role: Role | null;
}

/** Invitations that can still be accepted, newest first. */
async function readInvitations(
  sql: Sql,
  { id, organizationId }: { readonly id?: string | undefined; readonly organizationId?: string | null },
): Promise<readonly Invitation[]> {
  const rows = await sql.query<InvitationRow>({
    text: `SELECT invitation.id, organization.name AS organization, invitation.email, invitation.role::text AS role,
        invitation.created_at AS "createdAt", invitation.expires_at AS "expiresAt", maker.name AS "createdBy",
        ARRAY(SELECT team.name FROM invitation_team JOIN team ON team.id = invitation_team.team_id
          WHERE invitation_team.invitation_id = invitation.id ORDER BY team.name) AS teams
      FROM invitation JOIN "user" maker ON maker.id = invitation.created_by_id
      LEFT JOIN organization ON organization.id = invitation.organization_id
      WHERE invitation.accepted_at IS NULL AND invitation.revoked_at IS NULL AND invitation.expires_at > now()
        AND ($1::uuid IS NULL OR invitation.id = $1)
        AND ($1::uuid IS NOT NULL OR invitation.organization_id IS NOT DISTINCT FROM $2::uuid)
      ORDER BY invitation.created_at DESC, invitation.id`,
    values: [id ?? null, organizationId ?? null],
  });
  return rows.map((row) => ({
    ...row,
    organization: row.organization ?? undefined,
    email: row.email ?? undefined,
    role: row.role ?? undefined,
  }));
}

async function mayRevoke(transaction: Transaction, viewer: Viewer, { organization }: Invitation): Promise<boolean> {
  if (organization === undefined || viewer.isAdministrator) return viewer.isAdministrator;
  try {
    await lockOrganization(transaction, viewer, { organization, operation: "change-members" });
    return true;
  } catch (error) {
    // To whoever may not see it, it is as if there were none.
    if (AccountError.is(error)) return false;
    throw error;
  }
}

function newIdentity(id: string, name: string): Identity {
  return { kind: "user", id, name, epoch: 1, mayListRepositories: false, limits: undefined };
}
