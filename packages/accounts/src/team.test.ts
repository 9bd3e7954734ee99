import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import { origin, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts, database } = instance;
let owner: Viewer;
let mia: Viewer;
let rival: Viewer;

const frontend = { organization: "acme", team: "frontend" };

beforeAll(async () => {
  [owner, mia, rival] = [
    await instance.addUser("owner"),
    await instance.addUser("mia"),
    await instance.addUser("rival"),
  ];
  await accounts.createOrganization(owner, { name: "acme" }, origin);
  await accounts.createOrganization(rival, { name: "globex" }, origin);
  await accounts.addMember(owner, { organization: "acme", user: "mia", role: undefined }, origin);
  await accounts.createTeam(owner, "acme", { name: "frontend", displayName: "Front end" }, origin);
});

describe("a team", () => {
  it("is made, changed and deleted by owners, and seen by every member", async () => {
    expect(await accounts.listTeams(mia, "acme")).toMatchObject([
      { name: "frontend", displayName: "Front end", description: undefined, memberCount: 0, grantCount: 0 },
    ]);
    const properties = { name: "ops", displayName: "Operations", description: "Who runs it." };
    await accounts.createTeam(owner, "acme", { name: "devops" }, origin);
    const changed = await accounts.changeTeam(owner, { organization: "acme", team: "devops" }, properties, origin);
    expect(changed).toMatchObject(properties);
    expect(await accounts.describeTeam(mia, { organization: "acme", team: "ops" })).toEqual(changed);
    await accounts.deleteTeam(owner, { organization: "acme", team: "ops" }, origin);
    await expect(accounts.describeTeam(mia, { organization: "acme", team: "ops" })).rejects.toMatchObject({
      code: "TEAM_UNKNOWN",
    });
    const actions = await database.query({
      text: "SELECT action FROM audit_record WHERE target IN ('ops', 'devops') ORDER BY sequence",
    });
    expect(actions).toEqual([{ action: "team.created" }, { action: "team.changed" }, { action: "team.deleted" }]);
  });

  it("takes in members of the organization only, once, and lists them in pages", async () => {
    await accounts.addTeamMember(owner, frontend, "mia", origin);
    await accounts.addTeamMember(owner, frontend, "mia", origin);
    await accounts.addTeamMember(owner, frontend, "owner", origin);
    for (const user of ["rival", "nobody", "a\0b"]) {
      await expect(accounts.addTeamMember(owner, frontend, user)).rejects.toMatchObject({ code: "USER_UNKNOWN" });
    }
    const first = await accounts.listTeamMembers(mia, frontend, { limit: 1 });
    expect(first).toMatchObject({ next: "mia", entries: [{ name: "mia" }] });
    const second = await accounts.listTeamMembers(mia, frontend, { limit: 1, after: first.next });
    expect(second).toMatchObject({ next: undefined, entries: [{ name: "owner" }] });
    const recorded = await database.query({
      text: "SELECT 1 AS one FROM audit_record WHERE action = 'team-member.added'",
    });
    expect(recorded).toHaveLength(2);
    await accounts.removeTeamMember(owner, frontend, "owner", origin);
    await expect(accounts.removeTeamMember(owner, frontend, "owner")).rejects.toMatchObject({ code: "USER_UNKNOWN" });
  });

  it("loses whoever leaves the organization", async () => {
    await accounts.removeMember(mia, { organization: "acme", user: "mia" }, origin);
    expect(await accounts.describeTeam(owner, frontend)).toMatchObject({ memberCount: 0 });
    await accounts.addMember(owner, { organization: "acme", user: "mia", role: "maintainer" }, origin);
    expect(await accounts.describeTeam(owner, frontend)).toMatchObject({ memberCount: 0 });
  });

  it.each([
    ["frontend", "TEAM_NAME_TAKEN"],
    ["", "TEAM_NAME_INVALID"],
    ["Front End", "TEAM_NAME_INVALID"],
    ["a/b", "TEAM_NAME_INVALID"],
    ["x".repeat(65), "TEAM_NAME_INVALID"],
  ])("is not called %j: %s", async (name, code) => {
    await expect(accounts.createTeam(owner, "acme", { name })).rejects.toMatchObject({ code });
  });

  it("T36, tenant boundary: is to a stranger, and to another organization's owner, like a team of no organization", async () => {
    for (const organization of ["acme", "nothing"]) {
      const address = { organization, team: "frontend" };
      for (const work of [
        () => accounts.listTeams(rival, organization),
        () => accounts.describeTeam(rival, address),
        () => accounts.listTeamMembers(rival, address, { limit: 5 }),
        () => accounts.createTeam(rival, organization, { name: "spies" }),
        () => accounts.changeTeam(rival, address, { name: "spies" }),
        () => accounts.deleteTeam(rival, address),
        () => accounts.addTeamMember(rival, address, "rival"),
        () => accounts.removeTeamMember(rival, address, "mia"),
      ]) {
        await expect(work()).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN", status: 404 });
      }
    }
    expect(await accounts.listTeams(owner, "acme")).toMatchObject([{ name: "frontend" }]);
  });

  it("is not changed by a maintainer, and there is none in a personal organization", async () => {
    for (const work of [
      () => accounts.createTeam(mia, "acme", { name: "mine" }),
      () => accounts.addTeamMember(mia, frontend, "mia"),
      () => accounts.deleteTeam(mia, frontend),
      () => accounts.createTeam(owner, "owner", { name: "mine" }),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "NOT_ALLOWED", status: 403 });
    }
  });
});
