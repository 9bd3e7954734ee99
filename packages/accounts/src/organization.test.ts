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
      defaultRole: "reader",
      memberCount: 2,
      owners: ["owner"],
      formerNames: [],
    });
    const { entries, total } = await accounts.listMembers(reader, "acme", { limit: 10 });
    expect(total).toBe(2);
    expect(entries.map(({ name, role, effectiveRole, teams }) => [name, role, effectiveRole, teams])).toEqual([
      ["owner", "owner", "owner", []],
      ["reader", "reader", "reader", []],
    ]);
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
        () => accounts.listMembers(stranger, name, { limit: 10 }),
        () => accounts.changeOrganization(stranger, name, { defaultRole: "maintainer" }),
        () => accounts.renameOrganization(stranger, name, "globex"),
        () => accounts.deleteOrganization(stranger, name),
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

describe("what an owner changes of an organization", () => {
  it("is its display name, its description and what every member may do, each recorded once", async () => {
    const { accounts, database } = instance;
    await accounts.createOrganization(owner, { name: "changing" }, origin);
    const changes = { displayName: " Changing Ltd ", description: "What changes.", defaultRole: "none" } as const;
    expect(await accounts.changeOrganization(owner, "changing", changes, origin)).toMatchObject({
      displayName: "Changing Ltd",
      description: "What changes.",
      defaultRole: undefined,
    });
    await accounts.changeOrganization(owner, "changing", { displayName: "Changing Ltd" }, origin);
    const [record, ...more] = await database.query<{ before: unknown; after: unknown }>({
      text: "SELECT before, after FROM audit_record WHERE action = 'organization.changed'",
    });
    expect(more).toEqual([]);
    expect(record?.before).toEqual({ displayName: null, description: null, defaultRole: "reader" });
    expect(record?.after).toEqual({ displayName: "Changing Ltd", description: "What changes.", defaultRole: null });
    await accounts.changeOrganization(owner, "changing", { displayName: "", description: "" }, origin);
    expect(await accounts.describeOrganization(owner, "changing")).toMatchObject({
      displayName: undefined,
      description: undefined,
    });
  });

  it("is never a default role of owner, nor text that is none, and never a reader's", async () => {
    const { accounts } = instance;
    for (const [changes, code] of [
      [{ defaultRole: "owner" as never }, "NOT_ALLOWED"],
      [{ defaultRole: "ADMIN" as never }, "NOT_ALLOWED"],
      [{ displayName: "two\nlines" }, "DISPLAY_NAME_INVALID"],
      [{ description: "x".repeat(501) }, "DESCRIPTION_INVALID"],
      [{ description: "a\0b" }, "DESCRIPTION_INVALID"],
    ] as const) {
      await expect(accounts.changeOrganization(owner, "acme", changes)).rejects.toMatchObject({ code });
    }
    await expect(accounts.changeOrganization(reader, "acme", { displayName: "x" })).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
  });

  it("tells a page what the viewer may do, and nothing of what the viewer may not see", async () => {
    const { accounts, administrator } = instance;
    const may = (viewer: Viewer) =>
      Promise.all(
        (["read", "read-robots", "change-members", "set-visibility"] as const).map((operation) =>
          accounts.mayInOrganization(viewer, "acme", operation),
        ),
      );
    expect(await may(owner)).toEqual([true, true, true, true]);
    expect(await may(reader)).toEqual([true, false, false, false]);
    expect(await may(stranger)).toEqual([false, false, false, false]);
    expect(await may(administrator)).toEqual([true, true, true, true]);
    expect(await accounts.mayInOrganization(owner, "owner", "change-members")).toBe(false);
    expect(await accounts.mayInOrganization(administrator, "nothing", "read")).toBe(false);
  });
});

describe("membership", () => {
  it("without a role of its own is the organization's default, and may be none", async () => {
    const { accounts } = instance;
    await accounts.createOrganization(owner, { name: "defaults" }, origin);
    await accounts.addMember(owner, { organization: "defaults", user: "reader", role: undefined }, origin);
    const roles = async () => {
      const { entries } = await accounts.listMembers(reader, "defaults", { limit: 5, search: "READ" });
      return entries.map(({ role, effectiveRole }) => [role, effectiveRole]);
    };
    expect(await roles()).toEqual([[undefined, "reader"]]);
    await accounts.changeOrganization(owner, "defaults", { defaultRole: "writer" }, origin);
    expect(await roles()).toEqual([[undefined, "writer"]]);
    await accounts.changeOrganization(owner, "defaults", { defaultRole: "none" }, origin);
    expect(await roles()).toEqual([[undefined, undefined]]);
    expect(await accounts.describeOrganization(reader, "defaults")).toMatchObject({ isMember: true, role: undefined });
    await expect(
      accounts.addMember(reader, { organization: "defaults", user: "reader", role: "reader" }),
    ).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await accounts.removeMember(reader, { organization: "defaults", user: "reader" }, origin);
    await expect(accounts.describeOrganization(reader, "defaults")).rejects.toMatchObject({
      code: "ORGANIZATION_UNKNOWN",
    });
  });

  it("is listed in pages by name, and shows when people were last seen to owners only", async () => {
    const { accounts } = instance;
    const first = await accounts.listMembers(owner, "acme", { limit: 1 });
    expect(first).toMatchObject({ total: 2, next: "owner", entries: [{ name: "owner" }] });
    const second = await accounts.listMembers(owner, "acme", { limit: 1, after: first.next });
    expect(second).toMatchObject({ total: 2, next: undefined, entries: [{ name: "reader" }] });
    await instance.database.query({ text: `UPDATE "user" SET last_active_at = now() WHERE name = 'owner'` });
    const seen = async (viewer: Viewer) => (await accounts.listMembers(viewer, "acme", { limit: 1 })).entries[0];
    expect((await seen(owner))?.lastActiveAt).toBeInstanceOf(Date);
    expect((await seen(reader))?.lastActiveAt).toBeUndefined();
    expect(await accounts.listMembers(owner, "acme", { limit: 5, search: "%_\0" })).toMatchObject({ total: 0 });
  });

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
      {
        action: "member.removed",
        actor: "owner",
        before: { role: "maintainer", teams: [], grants: 0 },
        after: null,
      },
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
