import { parseRepositoryName } from "@layerport/registry-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { Viewer } from "./accounts.ts";
import { origin, password, repository, startInstance } from "./test-instance.ts";

const instance = await startInstance();
const { accounts, database } = instance;
let owner: Viewer;
let stranger: Viewer;

const create = (name: string, by = owner) => accounts.createOrganization(by, { name }, origin);

beforeAll(async () => {
  owner = await instance.addUser("owner");
  stranger = await instance.addUser("stranger");
});

describe("names are rows: an organization that was renamed", () => {
  it("changes in nothing but its name, and is described by either", async () => {
    const { id } = await create("acme");
    const row = () => database.query({ text: "SELECT * FROM organization WHERE id = $1::uuid", values: [id] });
    const [before] = await row();
    const renamed = await accounts.renameOrganization(owner, "acme", "globex", origin);
    expect(renamed).toMatchObject({ id, name: "globex", formerNames: ["acme"], role: "owner" });
    expect(await row()).toEqual([{ ...before, name: "globex" }]);
    expect(await accounts.describeOrganization(owner, "acme")).toEqual(renamed);
    const [record] = await database.query<{ target: string; before: unknown; after: unknown }>({
      text: "SELECT target, before, after FROM audit_record WHERE action = 'organization.renamed'",
    });
    expect(record).toEqual({ target: "globex", before: { name: "acme" }, after: { name: "globex" } });
  });

  it("gives its members by the old name what it gives by the new one", async () => {
    const { may } = accounts.rightsOf(owner.identity);
    instance.visibilities.set(repository("globex/api"), "private");
    for (const name of ["acme/api", "globex/api"]) expect(await may(parseRepositoryName(name), "pull")).toBe(true);
    const outside = accounts.rightsOf(stranger.identity);
    for (const name of ["acme/api", "globex/api"]) {
      expect(await outside.may(parseRepositoryName(name), "pull")).toBe(false);
    }
  });

  it.each(["acme", "globex"])("T64: leaves the name %s to nobody else", async (name) => {
    await expect(create(name, stranger)).rejects.toMatchObject({ code: "NAME_TAKEN", status: 409 });
    await expect(
      accounts.createUser(instance.administrator, { name, email: "x@example.test", password }),
    ).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await create("other");
    await expect(accounts.renameOrganization(owner, "other", name)).rejects.toMatchObject({ code: "NAME_TAKEN" });
    await accounts.deleteOrganization(owner, "other", origin);
    await database.query({ text: "DELETE FROM organization_alias WHERE name = 'other'" });
  });

  it("takes its old name back, and then keeps the other", async () => {
    expect(await accounts.renameOrganization(owner, "globex", "acme", origin)).toMatchObject({
      name: "acme",
      formerNames: ["globex"],
    });
    await expect(create("globex", stranger)).rejects.toMatchObject({ code: "NAME_TAKEN" });
  });

  it("keeps one owner of a name when several want it at once", async () => {
    for (const name of ["first", "second", "third"]) await create(name);
    const settled = await Promise.allSettled([
      accounts.renameOrganization(owner, "first", "prize", origin),
      accounts.renameOrganization(owner, "second", "prize", origin),
      create("prize", stranger),
    ]);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const rejected = settled.filter((one) => one.status === "rejected").map(({ reason }) => reason as unknown);
    for (const reason of rejected) expect(reason).toMatchObject({ code: "NAME_TAKEN" });
  });

  it("never lets a name slip to another while it is given up", async () => {
    await create("leaving");
    const [renamed, created] = await Promise.allSettled([
      accounts.renameOrganization(owner, "leaving", "left", origin),
      create("leaving", stranger),
    ]);
    expect(renamed.status).toBe("fulfilled");
    expect(created).toMatchObject({ status: "rejected", reason: { code: "NAME_TAKEN" } });
  });

  it("is never the library's, nor a personal one's, nor a reader's doing", async () => {
    await expect(accounts.renameOrganization(instance.administrator, "library", "books")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await expect(accounts.renameOrganization(owner, "owner", "landlord")).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
    await accounts.addMember(owner, { organization: "acme", user: "stranger", role: "maintainer" }, origin);
    await expect(accounts.renameOrganization(stranger, "acme", "mine")).rejects.toMatchObject({ code: "NOT_ALLOWED" });
    await accounts.removeMember(owner, { organization: "acme", user: "stranger" }, origin);
  });
});

describe("T64, an organization that was deleted", () => {
  it("leaves its names to nobody for 90 days, answers like none, and is free after that", async () => {
    await create("ending");
    await accounts.renameOrganization(owner, "ending", "ended", origin);
    await accounts.deleteOrganization(owner, "ended", origin);
    for (const name of ["ending", "ended"]) {
      await expect(accounts.describeOrganization(owner, name)).rejects.toMatchObject({ code: "ORGANIZATION_UNKNOWN" });
      expect(await accounts.rightsOf(owner.identity).may(parseRepositoryName(`${name}/api`), "pull")).toBe(false);
      await expect(create(name)).rejects.toMatchObject({ code: "NAME_TAKEN", status: 409 });
    }
    await database.query({ text: "UPDATE organization_alias SET reserved_until = now() WHERE name = 'ended'" });
    expect(await create("ended", stranger)).toMatchObject({ name: "ended", role: "owner" });
  });

  it("had no repositories", async () => {
    const { id } = await create("stocked");
    await database.query({
      text: "INSERT INTO repository (organization_id, path, created_by) VALUES ($1::uuid, 'api', 'owner')",
      values: [id],
    });
    await expect(accounts.deleteOrganization(owner, "stocked")).rejects.toMatchObject({
      code: "ORGANIZATION_NOT_EMPTY",
      status: 409,
    });
  });
});
