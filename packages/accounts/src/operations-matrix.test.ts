import { beforeAll, describe, expect, it } from "vitest";
import { AccountError } from "./account-error.ts";
import type { Viewer } from "./accounts.ts";
import { origin, password, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts } = instance;

/** What a viewer is in the organization acme or in the instance. */
const viewerKinds = [
  "stranger",
  "member-without-role",
  "reader",
  "writer",
  "maintainer",
  "owner",
  "auditor",
  "administrator",
] as const;

type ViewerKind = (typeof viewerKinds)[number];

/** Who may do a thing in an organization, read off the matrix of rights and not off the code. */
const members: readonly ViewerKind[] = [
  "member-without-role",
  "reader",
  "writer",
  "maintainer",
  "owner",
  "auditor",
  "administrator",
];
const maintainersToo: readonly ViewerKind[] = ["maintainer", "owner", "auditor", "administrator"];
const owners: readonly ViewerKind[] = ["owner", "administrator"];
const overseers: readonly ViewerKind[] = ["auditor", "administrator"];
const administrators: readonly ViewerKind[] = ["administrator"];

type Call = (viewer: Viewer, organization: string) => Promise<unknown>;

/** What is asked for does not exist, so that whoever may ask is told that, and nothing is changed. */
const none = "nothing-of-this-name";
const id = "6e9a7a3e-0000-4000-8000-00000000a11c";
const principal = { kind: "team", name: none } as const;

const inOrganization: Readonly<Record<string, { readonly may: readonly ViewerKind[]; readonly call: Call }>> = {
  describeOrganization: { may: members, call: (viewer, acme) => accounts.describeOrganization(viewer, acme) },
  changeOrganization: { may: owners, call: (viewer, acme) => accounts.changeOrganization(viewer, acme, {}) },
  renameOrganization: { may: owners, call: (viewer, acme) => accounts.renameOrganization(viewer, acme, "taken") },
  deleteOrganization: { may: owners, call: (viewer, acme) => accounts.deleteOrganization(viewer, acme) },
  listMembers: { may: members, call: (viewer, acme) => accounts.listMembers(viewer, acme, { limit: 1 }) },
  addMember: {
    may: owners,
    call: (viewer, acme) => accounts.addMember(viewer, { organization: acme, user: none, role: undefined }),
  },
  removeMember: {
    may: owners,
    call: (viewer, acme) => accounts.removeMember(viewer, { organization: acme, user: none }),
  },
  listTeams: { may: members, call: (viewer, acme) => accounts.listTeams(viewer, acme) },
  describeTeam: {
    may: members,
    call: (viewer, acme) => accounts.describeTeam(viewer, { organization: acme, team: none }),
  },
  listTeamMembers: {
    may: members,
    call: (viewer, acme) => accounts.listTeamMembers(viewer, { organization: acme, team: none }, { limit: 1 }),
  },
  createTeam: { may: owners, call: (viewer, acme) => accounts.createTeam(viewer, acme, { name: "taken" }) },
  changeTeam: {
    may: owners,
    call: (viewer, acme) => accounts.changeTeam(viewer, { organization: acme, team: none }, { name: "x" }),
  },
  deleteTeam: { may: owners, call: (viewer, acme) => accounts.deleteTeam(viewer, { organization: acme, team: none }) },
  addTeamMember: {
    may: owners,
    call: (viewer, acme) => accounts.addTeamMember(viewer, { organization: acme, team: none }, none),
  },
  removeTeamMember: {
    may: owners,
    call: (viewer, acme) => accounts.removeTeamMember(viewer, { organization: acme, team: none }, none),
  },
  listGrants: { may: members, call: (viewer, acme) => accounts.listGrants(viewer, acme) },
  createGrant: {
    may: owners,
    call: (viewer, acme) =>
      accounts.createGrant(viewer, acme, { principal, pattern: "acme/**", permissions: ["pull"] }),
  },
  changeGrant: {
    may: owners,
    call: (viewer, acme) => accounts.changeGrant(viewer, acme, { id, permissions: ["pull"] }),
  },
  removeGrant: { may: owners, call: (viewer, acme) => accounts.removeGrant(viewer, acme, id) },
  listRobots: { may: maintainersToo, call: (viewer, acme) => accounts.listRobots(viewer, acme) },
  describeRobot: { may: maintainersToo, call: (viewer, acme) => accounts.describeRobot(viewer, acme, none) },
  createRobot: {
    may: owners,
    call: (viewer, acme) => accounts.createRobot(viewer, acme, { name: "taken", expiresInDays: 1, grants: [] }),
  },
  rotateRobotSecret: {
    may: owners,
    call: (viewer, acme) => accounts.rotateRobotSecret(viewer, acme, { robot: none, expiresInDays: 1 }),
  },
  revokeRobotSecret: {
    may: owners,
    call: (viewer, acme) => accounts.revokeRobotSecret(viewer, acme, { robot: none, id }),
  },
  suspendRobot: { may: owners, call: (viewer, acme) => accounts.suspendRobot(viewer, acme, none) },
  reinstateRobot: { may: owners, call: (viewer, acme) => accounts.reinstateRobot(viewer, acme, none) },
  deleteRobot: { may: owners, call: (viewer, acme) => accounts.deleteRobot(viewer, acme, none) },
  createInvitation: {
    may: owners,
    call: (viewer, acme) => accounts.createInvitation(viewer, { organization: acme, teams: [none] }),
  },
  listInvitations: { may: owners, call: (viewer, acme) => accounts.listInvitations(viewer, acme) },
  listUnused: { may: maintainersToo, call: (viewer, acme) => accounts.listUnused(viewer, acme) },
  explainAccess: {
    may: maintainersToo,
    call: (viewer, acme) => accounts.explainAccess(viewer, { kind: "anonymous" }, `${acme}/api`),
  },
  previewChange: {
    may: owners,
    call: (viewer, acme) => accounts.previewChange(viewer, acme, { kind: "team-deleted", team: none }),
  },
};

const inInstance: typeof inOrganization = {
  listUsers: { may: overseers, call: (viewer) => accounts.listUsers(viewer, { limit: 1 }) },
  describeUser: { may: overseers, call: (viewer) => accounts.describeUser(viewer, none) },
  createUser: {
    may: administrators,
    call: (viewer) => accounts.createUser(viewer, { name: "taken", email: "taken@example.test", password }),
  },
  suspendUser: { may: administrators, call: (viewer) => accounts.suspendUser(viewer, none) },
  reinstateUser: { may: administrators, call: (viewer) => accounts.reinstateUser(viewer, none) },
  changeUserRoles: {
    may: administrators,
    call: (viewer) => accounts.changeUserRoles(viewer, { name: none, roles: { isAuditor: true } }),
  },
  createPasswordReset: { may: administrators, call: (viewer) => accounts.createPasswordReset(viewer, none) },
  listUserAccessTokens: { may: overseers, call: (viewer) => accounts.listUserAccessTokens(viewer, none) },
  revokeUserAccessToken: {
    may: administrators,
    call: (viewer) => accounts.revokeUserAccessToken(viewer, { user: none, id }),
  },
  listUnusedAccessTokens: { may: overseers, call: (viewer) => accounts.listUnusedAccessTokens(viewer) },
  listAllOrganizations: { may: overseers, call: (viewer) => accounts.listAllOrganizations(viewer, { limit: 1 }) },
  takeOwnership: { may: administrators, call: (viewer) => accounts.takeOwnership(viewer, "library") },
  changeSettings: { may: administrators, call: (viewer) => accounts.changeSettings(viewer, {}) },
  completeSetup: { may: administrators, call: (viewer) => accounts.completeSetup(viewer) },
};

/** Verbs of which everybody has their own part only; each is a test of its own elsewhere, with another's id in it. */
const ownOnly = [
  "createAccessToken",
  "listAccessTokens",
  "revokeAccessToken",
  "restoreAccessToken",
  "createOrganization",
  "listOrganizations",
  "mayInOrganization",
  "revokeInvitation",
  "acceptInvitation",
  "changeProfile",
  "changeEmail",
  "changePassword",
  "renameUser",
  "listSessions",
  "endSession",
  "endOtherSessions",
];

/** Verbs that no person calls for themselves: the doors and the workshop do, or whoever holds a link or a password. */
const withoutViewer = [
  "actorOf",
  "allowsAnonymousPull",
  "authenticateBasic",
  "checkPassword",
  "checkSetupToken",
  "close",
  "createFirstAdministrator",
  "describeInvitation",
  "describePasswordReset",
  "describeSettings",
  "exchangeRefreshToken",
  "findViewer",
  "issueBearer",
  "issueRefreshToken",
  "acceptInvitationAsNewUser",
  "mayListRepositories",
  "readScope",
  "record",
  "removeEndedLinks",
  "removeEndedSessions",
  "removeExpiredRefreshTokens",
  "removeOldSignInAttempts",
  "requireStanding",
  "resetPassword",
  "rightsOf",
  "setupState",
  "signIn",
  "signOut",
  "subscribeEndedSessions",
  "verifyBearer",
];

const viewers = new Map<ViewerKind, Viewer>();

beforeAll(async () => {
  for (const kind of viewerKinds) {
    viewers.set(kind, kind === "administrator" ? instance.administrator : await instance.addUser(kind));
  }
  const owner = viewerOf("owner");
  await accounts.createOrganization(owner, { name: "acme" }, origin);
  await accounts.createOrganization(viewerOf("stranger"), { name: "taken" }, origin);
  await accounts.changeOrganization(owner, "acme", { defaultRole: "none" }, origin);
  for (const role of ["reader", "writer", "maintainer"] as const) {
    await accounts.addMember(owner, { organization: "acme", user: role, role }, origin);
  }
  const member = { organization: "acme", user: "member-without-role", role: undefined };
  await accounts.addMember(owner, member, origin);
  await accounts.createTeam(owner, "acme", { name: "taken" }, origin);
  await accounts.createRobot(owner, "acme", { name: "taken", expiresInDays: 1, grants: [] }, origin);
  const { id: organizationId } = await accounts.describeOrganization(owner, "acme");
  // With a repository it cannot be deleted, not even by its owner.
  await instance.database.query({
    text: "INSERT INTO repository (organization_id, path, created_by) VALUES ($1::uuid, 'api', 'owner')",
    values: [organizationId],
  });
  await accounts.changeUserRoles(instance.administrator, { name: "auditor", roles: { isAuditor: true } }, origin);
  const auditor = await accounts.findViewer(viewerOf("auditor").sessionId);
  if (auditor !== undefined) viewers.set("auditor", auditor);
});

function viewerOf(kind: ViewerKind): Viewer {
  const viewer = viewers.get(kind);
  if (viewer === undefined) throw new Error(`there is no ${kind} in this test`);
  return viewer;
}

/** The code that a call is refused with, where it is refused for who asks; "may" when it is not. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  const [settled] = await Promise.allSettled([call]);
  if (settled.status === "fulfilled") return "may";
  if (!AccountError.is(settled.reason)) throw new Error("it failed for no reason of rights", { cause: settled.reason });
  const { code } = settled.reason;
  return code === "NOT_ALLOWED" || code === "ORGANIZATION_UNKNOWN" ? code : "may";
}

describe("§6.2, the matrix of rights, for everything that a page can ask of accounts", () => {
  it("has a case for every verb that there is", () => {
    const verbs = Object.entries(accounts)
      .filter(([, value]) => typeof value === "function")
      .map(([name]) => name);
    const cases = [...Object.keys(inOrganization), ...Object.keys(inInstance), ...ownOnly, ...withoutViewer];
    expect(verbs.sort()).toEqual(cases.sort());
  });

  it.each(Object.entries(inOrganization))(
    "%s is allowed to whom the matrix says, in their organization",
    async (_, one) => {
      for (const kind of viewerKinds) {
        const refused = kind === "stranger" ? "ORGANIZATION_UNKNOWN" : "NOT_ALLOWED";
        const expected = one.may.includes(kind) ? "may" : refused;
        expect([kind, await refusalOf(one.call(viewerOf(kind), "acme"))]).toEqual([kind, expected]);
      }
    },
  );

  it.each(Object.entries(inOrganization))(
    "T36: %s answers for another tenant's organization as for none",
    async (_, one) => {
      for (const kind of viewerKinds.filter((known) => !overseers.includes(known) && known !== "stranger")) {
        for (const organization of ["taken", none, "library"]) {
          expect([kind, await refusalOf(one.call(viewerOf(kind), organization))]).toEqual([
            kind,
            "ORGANIZATION_UNKNOWN",
          ]);
        }
      }
    },
  );

  it.each(Object.entries(inInstance))("%s is allowed to whom the matrix says, in the instance", async (verb, one) => {
    for (const kind of viewerKinds) {
      // The library is nobody's to own, which is the same refusal as that of others.
      const isOfLibrary = verb === "takeOwnership" && kind === "administrator";
      const expected = one.may.includes(kind) && !isOfLibrary ? "may" : "NOT_ALLOWED";
      expect([kind, await refusalOf(one.call(viewerOf(kind), ""))]).toEqual([kind, expected]);
    }
  });
});
