import { describe, expect, it } from "vitest";
import type { Catalog } from "./catalog.ts";
import { guardCatalog } from "./guard-catalog.ts";
import type { Permission } from "./permission.ts";
import { parseReference } from "./reference.ts";
import { parseRepositoryName, type RepositoryName } from "./repository-name.ts";

const repository = parseRepositoryName("acme/api");
const reference = parseReference("latest");

// The type has a row for every method, so the compiler asks for the case of a new one; a test below asks too.
const cases: {
  readonly [Method in keyof Catalog]: {
    readonly parameters: Parameters<Catalog[Method]>;
    readonly namesRepository: boolean;
  };
} = {
  listRepositories: { parameters: [{ limit: 10, order: "name" }], namesRepository: false },
  describeRepository: { parameters: [repository], namesRepository: true },
  listTags: { parameters: [repository, { limit: 10, order: "version" }], namesRepository: true },
  describeImage: { parameters: [repository, reference, "linux/amd64"], namesRepository: true },
  listActivity: { parameters: [{ limit: 10 }], namesRepository: false },
};

const methods = Object.keys(cases) as readonly (keyof Catalog)[];
const guarded = methods.filter((method) => cases[method].namesRepository);

/** A catalog that answers its own name to everything and notes what it was asked. */
function noting() {
  const calls: { readonly method: string; readonly parameters: readonly unknown[] }[] = [];
  const catalog = new Proxy({} as Catalog, {
    get:
      (_, method) =>
      async (...parameters: readonly unknown[]) => {
        calls.push({ method: String(method), parameters });
        return `answer of ${String(method)}`;
      },
  });
  return { catalog, calls };
}

const holding =
  (...held: readonly Permission[]) =>
  async (name: RepositoryName, permission: Permission) =>
    name === repository && held.includes(permission);

function call(catalog: Catalog, method: keyof Catalog, first?: RepositoryName): Promise<unknown> {
  const run = catalog[method] as (...parameters: readonly unknown[]) => Promise<unknown>;
  const { parameters } = cases[method];
  return run.apply(catalog, first ? [first, ...parameters.slice(1)] : parameters);
}

describe("guardCatalog", () => {
  it("has a case here for every method that it guards", () => {
    expect(Object.keys(guardCatalog(noting().catalog, holding())).sort()).toEqual(methods.toSorted());
  });

  it.each(guarded)("%s hands the question on for a viewer who may pull", async (method) => {
    const { catalog, calls } = noting();
    expect(await call(guardCatalog(catalog, holding("pull")), method)).toBe(`answer of ${method}`);
    expect(calls).toEqual([{ method, parameters: cases[method].parameters }]);
  });

  it.each(guarded)("%s shows nothing to a viewer who may do anything but pull (NAME_UNKNOWN)", async (method) => {
    const { catalog, calls } = noting();
    const wrapped = guardCatalog(catalog, holding("push", "overwrite", "delete", "administer"));
    await expect(call(wrapped, method)).rejects.toMatchObject({ code: "NAME_UNKNOWN", status: 404 });
    expect(calls).toEqual([]);
  });

  it.each(guarded)(
    "T16: %s answers a private repository as it answers an absent one, by its name only",
    async (method) => {
      const { catalog } = noting();
      const wrapped = guardCatalog(catalog, holding());
      for (const name of [repository, parseRepositoryName("acme/absent")]) {
        await expect(call(wrapped, method, name)).rejects.toMatchObject({ code: "NAME_UNKNOWN", detail: { name } });
      }
    },
  );

  it.each(guarded)("%s fails when the rights cannot be read, and asks nothing", async (method) => {
    const { catalog, calls } = noting();
    const outage = new Error("the database is down");
    await expect(
      call(
        guardCatalog(catalog, () => Promise.reject(outage)),
        method,
      ),
    ).rejects.toBe(outage);
    expect(calls).toEqual([]);
  });

  it.each(methods.filter((method) => !cases[method].namesRepository))(
    "%s leaves the choice to the catalog, which was made for one viewer",
    async (method) => {
      const { catalog, calls } = noting();
      expect(await call(guardCatalog(catalog, holding()), method)).toBe(`answer of ${method}`);
      expect(calls).toEqual([{ method, parameters: cases[method].parameters }]);
    },
  );
});
