import { type AccessChange, AccountError, type RequestOrigin, type Viewer } from "@layerport/accounts";
import { rooms } from "../../server/rooms.ts";
import { findMember } from "../member/find-member.ts";

/** A change, for whom and in which organization. */
export interface ChangeOrder {
  readonly viewer: Viewer;
  readonly organization: string;
  readonly change: AccessChange;
  readonly origin: RequestOrigin;
}

/**
 * Makes a change of rights and answers the one that takes it back; `undefined` where nothing brings back what is gone.
 * @throws what the verb of `accounts` says
 */
export async function applyChange(order: ChangeOrder): Promise<AccessChange | undefined> {
  const { viewer, organization, change, origin } = order;
  const { accounts } = rooms();
  switch (change.kind) {
    case "default-role": {
      if (change.role === "owner") throw new AccountError("NOT_ALLOWED");
      const { defaultRole } = await accounts.describeOrganization(viewer, organization);
      await accounts.changeOrganization(viewer, organization, { defaultRole: change.role ?? "none" }, origin);
      return { kind: "default-role", role: defaultRole };
    }
    case "member-role": {
      const before = await findMember(viewer, organization, change.user);
      await accounts.addMember(viewer, { organization, user: change.user, role: change.role }, origin);
      return before === undefined
        ? { kind: "member-removed", user: change.user }
        : { kind: "member-role", user: change.user, role: before.role };
    }
    case "member-removed":
      await accounts.removeMember(viewer, { organization, user: change.user }, origin);
      return undefined;
    case "team-member-added":
      await accounts.addTeamMember(viewer, { organization, team: change.team }, change.user, origin);
      return { ...change, kind: "team-member-removed" };
    case "team-member-removed":
      await accounts.removeTeamMember(viewer, { organization, team: change.team }, change.user, origin);
      return { ...change, kind: "team-member-added" };
    case "team-deleted":
      await accounts.deleteTeam(viewer, { organization, team: change.team }, origin);
      return undefined;
    default:
      return applyGrantChange(order, change);
  }
}

async function applyGrantChange(
  { viewer, organization, origin }: ChangeOrder,
  change: Extract<AccessChange, { kind: `grant-${string}` | "visibility" }>,
): Promise<AccessChange | undefined> {
  const { accounts } = rooms();
  if (change.kind === "grant-created") {
    const { id } = await accounts.createGrant(viewer, organization, change.grant, origin);
    return { kind: "grant-removed", id };
  }
  // A repository's visibility is saved on its own page.
  if (change.kind === "visibility") throw new AccountError("NOT_ALLOWED");
  const before = (await accounts.listGrants(viewer, organization)).find(({ id }) => id === change.id);
  if (before === undefined) throw new AccountError("GRANT_UNKNOWN");
  const { principal, pattern, permissions } = before;
  if (change.kind === "grant-changed") {
    await accounts.changeGrant(viewer, organization, change, origin);
    return { ...change, permissions };
  }
  await accounts.removeGrant(viewer, organization, change.id, origin);
  return { kind: "grant-created", grant: { principal, pattern, permissions } };
}
