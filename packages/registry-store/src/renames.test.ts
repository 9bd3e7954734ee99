import {
  parseReference,
  parseRepositoryName,
  parseTag,
  RegistryError,
  type RepositoryName,
} from "@layerport/registry-core";
import { image, push, pushBlob } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { openCatalog } from "./catalog/catalog.ts";
import { alice, refusalOf, testStore } from "./test-store.ts";

const test = await testStore();
const { store, registry, database } = test;
const catalog = openCatalog(database, registry, {
  everything: true,
  publicRepositories: false,
  organizationIds: [],
  rules: [],
});
const latest = parseReference("latest");
const first = { limit: 10 };

async function pushed(): Promise<RepositoryName> {
  const name = test.repository();
  await push(registry, name, image({ layers: [name] }), ["latest"]);
  return name;
}

async function sentenceOf(refused: Promise<unknown>): Promise<string> {
  const [settled] = await Promise.allSettled([refused]);
  if (settled.status === "rejected" && RegistryError.is(settled.reason)) return settled.reason.message;
  throw new Error("nothing was refused", { cause: settled });
}

describe("names are rows: a repository that was renamed", () => {
  it("is pulled, listed and described by its former name as by its present one", async () => {
    const before = await pushed();
    const after = test.repository();
    const manifest = await registry.getManifest(before, latest);
    const { config } = image({ layers: [before] });
    await store.renameRepository(before, after, alice);
    for (const name of [before, after]) {
      expect((await registry.getManifest(name, latest)).digest).toBe(manifest.digest);
      expect((await registry.getManifest(name, { kind: "digest", digest: manifest.digest })).digest).toBe(
        manifest.digest,
      );
      expect((await registry.listTags(name, first)).entries).toEqual(["latest"]);
      expect((await registry.listReferrers(name, manifest.digest, first)).entries).toEqual([]);
      const { digest, size } = config.descriptor;
      expect((await registry.resolveBlob(name, digest)).size).toBe(size);
      expect((await catalog.describeRepository(name)).name).toBe(after);
      expect((await catalog.listTags(name, { ...first, order: "name" })).total).toBe(1);
    }
    expect(await store.findRepository(before)).toEqual({ visibility: "private", names: [after, before] });
    const names = (await store.repositoriesOf("acme" as never)).map((known) => known.names[0]);
    expect(names).toContain(after);
    expect(names).not.toContain(before);
  });

  it("changes in nothing but its path", async () => {
    const before = await pushed();
    const rows = () => database.query({ text: "SELECT * FROM repository WHERE path = $1", values: [pathOf(before)] });
    const [row] = await rows();
    const after = test.repository();
    await store.renameRepository(before, after, alice);
    const [renamed] = await database.query({
      text: "SELECT * FROM repository WHERE path = $1",
      values: [pathOf(after)],
    });
    expect(renamed).toEqual({ ...row, path: pathOf(after) });
    expect(await rows()).toEqual([]);
  });

  it("is neither pushed to nor deleted from by its former name, and the refusal names the present one", async () => {
    const before = await pushed();
    const after = test.repository();
    await store.renameRepository(before, after, alice);
    const made = image({ layers: ["new"] });
    const tag = parseTag("latest");
    // Asked for at once, and each of them awaited at once: one that is refused meanwhile is nobody's surprise.
    const sentences = await Promise.all(
      [
        registry.startUpload(before),
        pushBlob(registry, before, made.config),
        registry.mountBlob(before, made.config.descriptor.digest, { kind: "repository", repository: after }),
        registry.putManifest(before, {
          content: made.content,
          contentType: made.mediaType,
          tags: [tag],
          mayOverwrite: true,
        }),
        registry.deleteTag(before, tag),
        registry.deleteManifest(before, made.digest),
        registry.deleteBlob(before, made.config.descriptor.digest),
        store.setVisibility(before, "public", alice),
      ].map((refused: Promise<unknown>) => sentenceOf(refused)),
    );
    expect(new Set(sentences)).toEqual(new Set([`${before} is called ${after} now; use that name`]));
    expect((await registry.listTags(after, first)).entries).toEqual(["latest"]);
    const source = { kind: "repository", repository: before } as const;
    const { digest } = image({ layers: [before] }).config.descriptor;
    expect(await registry.mountBlob(test.repository(), digest, source)).toBeDefined();
  });

  it("leaves its former name to nobody else, and can take it back itself", async () => {
    const before = await pushed();
    const after = test.repository();
    const other = await pushed();
    await store.renameRepository(before, after, alice);
    expect(await refusalOf(store.renameRepository(other, before, alice))).toBe("DENIED");
    expect(await refusalOf(store.renameRepository(other, after, alice))).toBe("DENIED");
    await store.renameRepository(after, before, alice);
    expect(await store.findRepository(after)).toEqual({ visibility: "private", names: [before, after] });
    expect(await refusalOf(registry.startUpload(after))).toBe("DENIED");
    await registry.startUpload(before);
    const events = (await test.events()).filter(({ action }) => action === "repository.renamed");
    expect(events.at(-1)).toMatchObject({
      target: before,
      before: { name: after },
      after: { name: before },
      actor: alice,
    });
  });

  it("stays in its organization, and must exist", async () => {
    const name = await pushed();
    expect(await refusalOf(store.renameRepository(name, parseRepositoryName("globex/x"), alice))).toBe("DENIED");
    expect(await refusalOf(store.renameRepository(test.repository(), test.repository(), alice))).toBe("NAME_UNKNOWN");
  });

  it("of two renames to one name at the same moment lets one through", async () => {
    const [one, two, to] = [await pushed(), await pushed(), test.repository()];
    const settled = await Promise.allSettled([
      store.renameRepository(one, to, alice),
      store.renameRepository(two, to, alice),
    ]);
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

function pathOf(name: RepositoryName): string {
  return name.slice("acme/".length);
}
