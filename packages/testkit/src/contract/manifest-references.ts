import { parseTag } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { bytes } from "../bytes.ts";
import { blob, image, imageManifest, index, push, pushBlob } from "../image.ts";
import { byDigest, byTag, type ContractBench, expectBytes, expectRefusal, pushOf } from "./contract-bench.ts";

/** What must be in a repository before a manifest that names it, and what need not be. */
export function promiseManifestReferences(bench: ContractBench): void {
  describe("what a manifest names", () => {
    it("B31: a missing config or layer is refused with exactly the missing digests (MANIFEST_BLOB_UNKNOWN)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const fixture = image({ layers: ["here", "missing", "missing", "missing too"] });
      await pushBlob(registry, repository, fixture.layers[0]!);
      const put = registry.putManifest(repository, pushOf(fixture, { tags: [parseTag("v1")] }));
      const { detail } = await expectRefusal(put, "MANIFEST_BLOB_UNKNOWN", 400);
      const missing = [fixture.config, fixture.layers[1]!, fixture.layers[3]!].map((part) => part.descriptor.digest);
      expect([...((detail?.digests as readonly string[] | undefined) ?? [])].sort()).toEqual(missing.sort());
      await expectRefusal(registry.getManifest(repository, byTag("v1")), "MANIFEST_UNKNOWN");
      await expectRefusal(registry.getManifest(repository, byDigest(fixture.digest)), "MANIFEST_UNKNOWN");
    });

    it("T15: a layer that only another repository has counts as missing (MANIFEST_BLOB_UNKNOWN)", async () => {
      const registry = bench.registry();
      const [theirs, ours] = [bench.repository(), bench.repository()];
      const fixture = image({ layers: [`of ${theirs.slice(-13)}`] });
      await push(registry, theirs, fixture);
      await pushBlob(registry, ours, fixture.config);
      const { detail } = await expectRefusal(registry.putManifest(ours, pushOf(fixture)), "MANIFEST_BLOB_UNKNOWN", 400);
      expect(detail?.digests).toEqual([fixture.layers[0]!.descriptor.digest]);
    });

    it("B34: a foreign layer need not be here, and its address is kept as it was", async () => {
      const registry = bench.registry();
      for (const mediaType of [
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
      ]) {
        const repository = bench.repository();
        const base = image();
        const elsewhere = blob(bytes("kept elsewhere"), mediaType);
        const urls = ["http://127.0.0.1/x"];
        const foreign = { ...elsewhere, descriptor: { ...elsewhere.descriptor, urls } };
        const fixture = imageManifest(base.config, [foreign, ...base.layers]);
        await push(registry, repository, base);
        await registry.putManifest(repository, pushOf(fixture, { tags: [parseTag("windows")] }));
        const stored = await registry.getManifest(repository, byTag("windows"));
        expectBytes(stored.content, fixture.content);
        await expectRefusal(registry.openBlob(repository, foreign.descriptor.digest), "BLOB_UNKNOWN", 404);
      }
    });

    it("B31: an index may come before its manifests, whose own pull is unknown until they come", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const child = image();
      const fixture = index({ images: [child] });
      await registry.putManifest(repository, pushOf(fixture, { tags: [parseTag("latest")] }));
      await expectRefusal(registry.getManifest(repository, byDigest(child.digest)), "MANIFEST_UNKNOWN", 404);
      await push(registry, repository, child);
      await registry.getManifest(repository, byDigest(child.digest));
      expect(await registry.resolveManifest(repository, byTag("latest"))).toMatchObject({ digest: fixture.digest });
    });

    it("an index may list blobs, as build caches do", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const cached = blob(bytes("a cached layer"));
      await pushBlob(registry, repository, cached);
      const fixture = index({ descriptors: [cached.descriptor] });
      await push(registry, repository, fixture, ["cache"]);
      expect(await registry.resolveManifest(repository, byTag("cache"))).toMatchObject({ digest: fixture.digest });
    });

    it("B32: a subject need not exist, and the receipt names it", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const subject = image({ layers: ["to come"] }).descriptor;
      const receipt = await push(registry, repository, image({ subject }));
      expect(receipt.subject).toBe(subject.digest);
      expect((await push(registry, repository, index({ subject }))).subject).toBe(subject.digest);
    });
  });
}
