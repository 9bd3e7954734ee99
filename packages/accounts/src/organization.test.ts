import type { Role } from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import { origin, startInstance } from "./test-instance.ts";

const instance = await startInstance();
let owner: Viewer;
let reader: Viewer;
let stranger: Viewer;

function add(viewer: Viewer, user: string, role: Role, organization = "acme") {
  return instance.accounts.addMember(viewer, { organization, user, role }, origin);
}

beforeAll(async () => {
  [owner, reader, stranger] = [
    await instance.addUser("owner"),
    await instance.addUser("reader"),
    await instance.addUser("stranger"),
  ];
  await instance.accounts.createOrganization(owner, { name: "acme", displayName: "Acme" }, origin);
  await add(owner, "reader", "reader");
});

describe("an organization", () => {
  it("belongs to who made it, and shows its members to its members", async () => {
    const { accounts } = instance;
    expect(await accounts.describeOrganization(reader, "acme")).toMatchObject({
      name: "acme",
      kind: "shared",
      displayName: "Acme",
      role: "reader",
      members: [
        { name: "owner", displayName: undefined, role: "owner" },
        { name: "reader", displayName: undefined, role: "reader" },
      ],
    });
    expect((await accounts.listOrganizations(owner)).map(({ name, kind, role }) => [name, kind, role])).toEqual([
      ["acme", "shared", "owner"],
      ["owner", "personal", "owner"],
    ]);
  });

  it("T16, T36, tenant boundary: a stranger gets the same for another's organization as for none, whatever is asked", async () => {
    const { accounts } = instance;
    for (const name of ["acme", "reader", "nothing", "library", "No Name", "a\0b", ""]) {
      const member = { organization: name, user: "stranger", role: "owner" } as const;
      for (const work of [
        () => accounts.describeOrganization(stranger, name),
        () => accounts.addMember(stranger, member),
        () => accounts.removeMember(stranger, { organization: name, user: "owner" }),
      ]) {
        await expect(work()).rejects.toMatchObject({
          code: "ORGANIZATION_UNKNOWN",
          message: "there is no such organization, or you may not see it",
        });
      }
    }
    expect((await accounts.listOrganizations(stranger)).map(({ name }) => name)).toEqual(["stranger"]);
  });

  it("is seen and managed by administrators, who are no members", async () => {
    const { accounts, administrator } = instance;
    expect(await accounts.describeOrganization(administrator, "acme")).toMatchObject({ role: undefined });
    const names = (await accounts.listOrganizations(administrator)).map(({ name }) => name);
    expect(names).toEqual(["acme", "ada", "library", "owner", "reader", "stranger"]);
    await add(administrator, "stranger", "reader");
    await accounts.removeMember(administrator, { organization: "acme", user: "stranger" });
  });

  it.each([
    ["Acme", "NAME_INVALID"],
    ["acme/web", "NAME_INVALID"],
    ["v2", "NAME_RESERVED"],
    ["acme", "NAME_TAKEN"],
    ["reader", "NAME_TAKEN"],
  ])("is not made with the name %s: %s", async (name, code) => {
    await expect(instance.accounts.createOrganization(stranger, { name })).rejects.toMatchObject({ code });
  });
});

describe("membership", () => {
  it("is changed by owners only", async () => {
    const { accounts } = instance;
    await expect(add(reader, "stranger", "reader")).rejects.toMatchObject({ code: "NOT_ALLOWED", status: 403 });
    await expect(add(reader, "reader", "owner")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(accounts.removeMember(reader, { organization: "acme", user: "owner" })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
  });

  it("is of people who exist", async () => {
    const { accounts } = instance;
    await expect(add(owner, "nobody", "reader")).rejects.toMatchObject({ code: "USER_UNKNOWN" });
    await expect(accounts.removeMember(owner, { organization: "acme", user: "stranger" })).rejects.toMatchObject({
      code: "USER_UNKNOWN",
    });
  });

  it("in a personal organization is its one person's, whoever asks", async () => {
    await expect(add(reader, "owner", "reader", "reader")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await expect(add(instance.administrator, "owner", "reader", "reader")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
  });

  it("is recorded with the role before and after, once for each change", async () => {
    const { accounts, database } = instance;
    await add(owner, "stranger", "writer");
    await add(owner, "stranger", "writer");
    await add(owner, "stranger", "maintainer");
    await accounts.removeMember(owner, { organization: "acme", user: "stranger" }, origin);
    const records = await database.query({
      text: `SELECT action, actor_name AS actor, before, after FROM audit_record
        WHERE organization = 'acme' AND target = 'stranger' AND actor_name = 'owner' ORDER BY sequence`,
    });
    expect(records).toEqual([
      { action: "member.added", actor: "owner", before: null, after: { role: "writer" } },
      { action: "member.changed", actor: "owner", before: { role: "writer" }, after: { role: "maintainer" } },
      { action: "member.removed", actor: "owner", before: { role: "maintainer" }, after: null },
    ]);
  });

  it("keeps an owner, also when two owners remove each other at once", async () => {
    const { accounts } = instance;
    await expect(add(owner, "owner", "reader")).rejects.toMatchObject({ code: "LAST_OWNER" });
    await expect(accounts.removeMember(owner, { organization: "acme", user: "owner" })).rejects.toMatchObject({
      code: "LAST_OWNER",
    });
    await add(owner, "reader", "owner");
    const removals = await Promise.allSettled([
      accounts.removeMember(owner, { organization: "acme", user: "reader" }),
      accounts.removeMember(reader, { organization: "acme", user: "owner" }),
    ]);
    expect(removals.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});
