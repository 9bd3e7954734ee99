import { parseTag } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { bytes, digestOf } from "../bytes.ts";
import { blob, image, index, push, pushBlob } from "../image.ts";
import {
  byDigest,
  byTag,
  type ContractBench,
  expectBytes,
  expectContent,
  expectRefusal,
  pushOf,
  race,
} from "./contract-bench.ts";

/** Deleting tags, manifests and blobs. */
export function promiseDeletes(bench: ContractBench): void {
  const fixture = image({ layers: ["base", "tools"] });

  const begin = async (...tags: readonly string[]) => {
    const registry = bench.registry();
    const repository = bench.repository();
    await push(registry, repository, fixture, tags);
    return { registry, repository };
  };

  describe("deleting a tag", () => {
    it("leaves the manifest and its other tags, and is final at once", async () => {
      const { registry, repository } = await begin("v1", "latest");
      await registry.deleteTag(repository, parseTag("latest"));
      await expectRefusal(registry.getManifest(repository, byTag("latest")), "MANIFEST_UNKNOWN", 404);
      await expect(registry.resolveManifest(repository, byTag("latest"))).rejects.toMatchObject({ status: 404 });
      await expectRefusal(registry.deleteTag(repository, parseTag("latest")), "MANIFEST_UNKNOWN", 404);
      expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual(["v1"]);
      for (const reference of [byTag("v1"), byDigest(fixture.digest)]) {
        expect(await registry.getManifest(repository, reference)).toMatchObject({ digest: fixture.digest });
      }
    });

    it("leaves a name that may be used again", async () => {
      const { registry, repository } = await begin("v1");
      await registry.deleteTag(repository, parseTag("v1"));
      const other = index({ images: [fixture] });
      await registry.putManifest(repository, pushOf(other, { tags: [parseTag("v1")], mayOverwrite: false }));
      expect(await registry.resolveManifest(repository, byTag("v1"))).toMatchObject({ digest: other.digest });
    });

    it("of 5 deletes of one tag at once one is answered", async () => {
      const { registry, repository } = await begin("v1");
      const { answers, codes } = await race(
        Array.from({ length: 5 }, () => registry.deleteTag(repository, parseTag("v1"))),
      );
      expect(answers).toHaveLength(1);
      expect(codes).toEqual(Array(4).fill("MANIFEST_UNKNOWN"));
    });

    it("of another repository has no effect here", async () => {
      const { registry, repository } = await begin("v1");
      const other = await begin("v1");
      await other.registry.deleteTag(other.repository, parseTag("v1"));
      expect(await registry.resolveManifest(repository, byTag("v1"))).toMatchObject({ digest: fixture.digest });
    });
  });

  describe("deleting a manifest", () => {
    it("takes every tag that points at it, leaves others, and is final at once", async () => {
      const { registry, repository } = await begin("v1", "latest");
      const other = index({ images: [fixture] });
      await push(registry, repository, other, ["index"]);
      await registry.deleteManifest(repository, fixture.digest);
      for (const reference of [byTag("v1"), byTag("latest"), byDigest(fixture.digest)]) {
        await expectRefusal(registry.getManifest(repository, reference), "MANIFEST_UNKNOWN", 404);
        await expect(registry.resolveManifest(repository, reference)).rejects.toMatchObject({ status: 404 });
      }
      await expectRefusal(registry.deleteManifest(repository, fixture.digest), "MANIFEST_UNKNOWN", 404);
      expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual(["index"]);
      expect(await registry.getManifest(repository, byTag("index"))).toMatchObject({ digest: other.digest });
    });

    it("that is an index leaves the manifests that it lists", async () => {
      const { registry, repository } = await begin();
      const list = index({ images: [fixture] });
      await push(registry, repository, list, ["index"]);
      await registry.deleteManifest(repository, list.digest);
      expect(await registry.getManifest(repository, byDigest(fixture.digest))).toMatchObject({
        digest: fixture.digest,
      });
    });

    it("named by sha512 takes that manifest only", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const named = image({ algorithm: "sha512" });
      await push(registry, repository, named, ["v1"]);
      await expectRefusal(registry.deleteManifest(repository, digestOf(named.content)), "MANIFEST_UNKNOWN", 404);
      await registry.deleteManifest(repository, named.digest);
      await expectRefusal(registry.getManifest(repository, byTag("v1")), "MANIFEST_UNKNOWN", 404);
    });

    it("leaves a manifest that may be pushed again", async () => {
      const { registry, repository } = await begin("v1");
      await registry.deleteManifest(repository, fixture.digest);
      await push(registry, repository, fixture, ["v1"]);
      const stored = await registry.getManifest(repository, byTag("v1"));
      expectBytes(stored.content, fixture.content);
      for (const part of fixture.blobs) {
        await expectContent(registry.openBlob(repository, part.descriptor.digest), part.content);
      }
    });

    it("of another repository has no effect here", async () => {
      const { registry, repository } = await begin("v1");
      const other = await begin("v1");
      await other.registry.deleteManifest(other.repository, fixture.digest);
      const stored = await registry.getManifest(repository, byTag("v1"));
      expectBytes(stored.content, fixture.content);
    });

    it("B52: that is not there is refused (MANIFEST_UNKNOWN)", async () => {
      const { registry, repository } = await begin();
      const absent = digestOf(bytes("never pushed"));
      await expectRefusal(registry.deleteManifest(repository, absent), "MANIFEST_UNKNOWN", 404);
      await expectRefusal(registry.deleteTag(repository, parseTag("absent")), "MANIFEST_UNKNOWN", 404);
    });

    it("of 5 deletes of one manifest at once one is answered, and no tag is left", async () => {
      const { registry, repository } = await begin("v1", "v2");
      const { answers, codes } = await race(
        Array.from({ length: 5 }, () => registry.deleteManifest(repository, fixture.digest)),
      );
      expect(answers).toHaveLength(1);
      expect(codes).toEqual(Array(4).fill("MANIFEST_UNKNOWN"));
      expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual([]);
    });

    it("I4: that races with a push of a tag to it never leaves the tag without a manifest", async () => {
      const { registry, repository } = await begin();
      for (let round = 0; round < 8; round += 1) {
        await push(registry, repository, fixture);
        const { codes } = await race<unknown>([
          registry.putManifest(repository, pushOf(fixture, { tags: [parseTag("v1")] })),
          registry.deleteManifest(repository, fixture.digest),
        ]);
        expect(codes).toEqual([]);
        const { entries } = await registry.listTags(repository, { limit: 10 });
        for (const tag of entries) await registry.getManifest(repository, byTag(tag));
        const isTagged = entries.length > 0;
        const { answers } = await race([registry.getManifest(repository, byDigest(fixture.digest))]);
        expect(answers).toHaveLength(isTagged ? 1 : 0);
      }
    });
  });

  describe("deleting a blob", () => {
    it("that no manifest names is final at once, and it may be put again", async () => {
      const { registry, repository } = await begin();
      const loose = blob(bytes("no manifest names this"));
      await pushBlob(registry, repository, loose);
      await registry.deleteBlob(repository, loose.descriptor.digest);
      await expectRefusal(registry.openBlob(repository, loose.descriptor.digest), "BLOB_UNKNOWN", 404);
      await expect(registry.resolveBlob(repository, loose.descriptor.digest)).rejects.toMatchObject({ status: 404 });
      await expectRefusal(registry.deleteBlob(repository, loose.descriptor.digest), "BLOB_UNKNOWN", 404);
      await pushBlob(registry, repository, loose);
      await expectContent(registry.openBlob(repository, loose.descriptor.digest), loose.content);
    });

    it("B52: that a manifest names as config or layer is refused (UNSUPPORTED), and it stays", async () => {
      const { registry, repository } = await begin("v1");
      for (const part of fixture.blobs) {
        await expectRefusal(registry.deleteBlob(repository, part.descriptor.digest), "UNSUPPORTED", 405);
        await expectContent(registry.openBlob(repository, part.descriptor.digest), part.content);
      }
    });

    it("B52: that an index lists, as build caches do, is refused (UNSUPPORTED)", async () => {
      const { registry, repository } = await begin();
      const cached = blob(bytes("a cached layer of an index"));
      await pushBlob(registry, repository, cached);
      await push(registry, repository, index({ descriptors: [cached.descriptor] }), ["cache"]);
      await expectRefusal(registry.deleteBlob(repository, cached.descriptor.digest), "UNSUPPORTED", 405);
    });

    it("is answered once the last manifest that names it is deleted", async () => {
      const { registry, repository } = await begin();
      const sibling = image({ layers: ["base"] });
      await push(registry, repository, sibling);
      const shared = sibling.layers[0]!.descriptor.digest;
      await registry.deleteManifest(repository, fixture.digest);
      await expectRefusal(registry.deleteBlob(repository, shared), "UNSUPPORTED", 405);
      await registry.deleteManifest(repository, sibling.digest);
      await registry.deleteBlob(repository, shared);
      await expectRefusal(registry.openBlob(repository, shared), "BLOB_UNKNOWN", 404);
    });

    it("T17: leaves the same blob of another repository", async () => {
      const { registry, repository } = await begin();
      const other = bench.repository();
      const loose = blob(bytes("in two repositories"));
      await pushBlob(registry, repository, loose);
      await pushBlob(registry, other, loose);
      await registry.deleteBlob(repository, loose.descriptor.digest);
      await expectRefusal(registry.openBlob(repository, loose.descriptor.digest), "BLOB_UNKNOWN", 404);
      await expectContent(registry.openBlob(other, loose.descriptor.digest), loose.content);
    });

    it("T15: that only another repository has is refused (BLOB_UNKNOWN), and it stays there", async () => {
      const { registry, repository } = await begin();
      const other = bench.repository();
      const theirs = blob(bytes(`only in ${other}`));
      await pushBlob(registry, other, theirs);
      await expectRefusal(registry.deleteBlob(repository, theirs.descriptor.digest), "BLOB_UNKNOWN", 404);
      await expectContent(registry.openBlob(other, theirs.descriptor.digest), theirs.content);
    });

    it("T15: that a manifest of another repository names is answered here", async () => {
      const { registry, repository } = await begin();
      const other = bench.repository();
      const unique = image({ layers: [`of ${other.slice(-13)}`] });
      await push(registry, other, unique);
      await pushBlob(registry, repository, unique.layers[0]!);
      await registry.deleteBlob(repository, unique.layers[0]!.descriptor.digest);
      await expectContent(registry.openBlob(other, unique.layers[0]!.descriptor.digest), unique.layers[0]!.content);
    });
  });

  it("nothing is deleted from a repository that nobody pushed to (NAME_UNKNOWN)", async () => {
    const registry = bench.registry();
    const repository = bench.repository();
    await expectRefusal(registry.deleteTag(repository, parseTag("v1")), "NAME_UNKNOWN", 404);
    await expectRefusal(registry.deleteManifest(repository, fixture.digest), "NAME_UNKNOWN", 404);
    await expectRefusal(registry.deleteBlob(repository, digestOf(bytes("x"))), "NAME_UNKNOWN", 404);
  });
}
