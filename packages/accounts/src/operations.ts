import { organizationNamed, type Transaction } from "@layerport/database";
import { libraryOrganization, type Role, roles } from "@layerport/registry-core";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";

/** What is done to an organization itself, beside the content of its repositories. */
export type OrganizationOperation = keyof typeof leastRoles;

const leastRoles = {
  /** Its name, members, teams and grants. */
  read: "member",
  "read-robots": "maintainer",
  /** What nobody uses, and what others may do. */
  "read-rights": "maintainer",
  "change-organization": "owner",
  "change-members": "owner",
  "change-teams": "owner",
  "change-grants": "owner",
  "change-robots": "owner",
  "set-visibility": "owner",
} as const satisfies Record<string, Role | "member">;

const reads: readonly OrganizationOperation[] = ["read", "read-robots", "read-rights"];

/** What makes no sense where one person is all the members there will ever be. */
const sharedOnly: readonly OrganizationOperation[] = ["change-members", "change-teams"];

/** An organization, and what the viewer is in it. */
export interface OrganizationAccess {
  readonly id: string;
  /** The present name, by whichever it was asked for. */
  readonly name: string;
  readonly kind: "personal" | "shared";
  readonly defaultRole: Role | undefined;
  readonly isMember: boolean;
  /** The member's own role or the default, whichever is more. */
  readonly role: Role | undefined;
}

interface AccessRow extends Omit<OrganizationAccess, "defaultRole" | "role"> {
  readonly defaultRole: Role | null;
  readonly role: Role | null;
}

/** Anything that runs one statement. */
export type Sql = Pick<Transaction, "query">;

/**
 * The organization of a name, present or former, if the viewer may do this in it. Absent and not visible are one
 * answer. Administrators may do everything; auditors may read.
 * @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED
 */
export async function requireOperation(
  sql: Sql,
  viewer: Viewer,
  { organization, operation }: { readonly organization: string; readonly operation: OrganizationOperation },
): Promise<OrganizationAccess> {
  const found = await findOrganization(sql, viewer, organization);
  if (found === undefined || !maySee(found, viewer)) throw new AccountError("ORGANIZATION_UNKNOWN");
  if (!isAllowed(found, viewer, operation)) throw new AccountError("NOT_ALLOWED");
  return found;
}

/**
 * The same for a change, which then has the organization's row to itself until the transaction ends: of two changes at
 * once, the second sees what the first has left.
 * @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED
 */
export async function lockOrganization(
  transaction: Transaction,
  viewer: Viewer,
  wanted: { readonly organization: string; readonly operation: OrganizationOperation },
): Promise<OrganizationAccess> {
  await transaction.query({
    text: `SELECT 1 AS locked FROM organization WHERE id = (SELECT id FROM ${organizationNamed("$1::text")} AS named)
      FOR UPDATE`,
    values: [toText(wanted.organization)],
  });
  return requireOperation(transaction, viewer, wanted);
}

/** Whether the viewer may do this in the organization; not either where there is none. */
export async function mayOperate(
  sql: Sql,
  viewer: Viewer,
  { organization, operation }: { readonly organization: string; readonly operation: OrganizationOperation },
): Promise<boolean> {
  const found = await findOrganization(sql, viewer, organization);
  return found !== undefined && maySee(found, viewer) && isAllowed(found, viewer, operation);
}

/** Whether the viewer's role in the instance lets them see every organization. */
export function seesEverything(viewer: Viewer): boolean {
  return viewer.isAdministrator || viewer.isAuditor;
}

/** Whether one role includes another; none includes nothing. */
export function includesRole(held: Role | undefined, wanted: Role): boolean {
  return held !== undefined && roles.indexOf(held) >= roles.indexOf(wanted);
}

/** Text that Postgres can hold; a name with a NUL in it is nobody's. */
export function toText(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}

async function findOrganization(sql: Sql, viewer: Viewer, name: string): Promise<OrganizationAccess | undefined> {
  const [row] = await sql.query<AccessRow>({
    name: "organization-access",
    text: `SELECT organization.id, organization.name, organization.kind::text AS kind,
        organization.default_role::text AS "defaultRole", membership.user_id IS NOT NULL AS "isMember",
        CASE WHEN membership.user_id IS NOT NULL
          THEN greatest(membership.role, organization.default_role)::text END AS role
      FROM ${organizationNamed("$1::text")} AS organization
      LEFT JOIN membership ON membership.organization_id = organization.id AND membership.user_id = $2::uuid`,
    values: [toText(name), viewer.id],
  });
  return row && { ...row, defaultRole: row.defaultRole ?? undefined, role: row.role ?? undefined };
}

function maySee({ isMember }: OrganizationAccess, viewer: Viewer): boolean {
  return isMember || seesEverything(viewer);
}

function isAllowed(organization: OrganizationAccess, viewer: Viewer, operation: OrganizationOperation): boolean {
  if (organization.kind === "personal" && sharedOnly.includes(operation)) return false;
  if (viewer.isAdministrator) return true;
  if (viewer.isAuditor && reads.includes(operation)) return true;
  const least = leastRoles[operation];
  return least === "member" ? organization.isMember : includesRole(organization.role, least);
}

/** The library is Layerport's own: it has no owner, and its name means something to every client. */
export function requireNotLibrary(organization: OrganizationAccess): void {
  if (organization.name === libraryOrganization) throw new AccountError("NOT_ALLOWED");
}
