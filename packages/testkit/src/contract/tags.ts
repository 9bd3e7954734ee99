import { parseTag } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { image, index, push } from "../image.ts";
import { byDigest, byTag, type ContractBench, expectRefusal, listAll, pushOf, race } from "./contract-bench.ts";

/** Pointing tags at manifests, and listing them. */
export function promiseTags(bench: ContractBench): void {
  const base = image();
  /** Manifests that need nothing but `base`, so that a case can push many of them. */
  const edition = (number: number) => index({ images: [base], annotations: { edition: String(number) } });
  const [one, two] = [edition(1), edition(2)];

  const begin = async () => {
    const registry = bench.registry();
    const repository = bench.repository();
    await push(registry, repository, base);
    const digestAt = async (tag: string) => (await registry.resolveManifest(repository, byTag(tag))).digest;
    return { registry, repository, digestAt };
  };
  const tags = (...texts: readonly string[]) => texts.map(parseTag);

  describe("tags", () => {
    it("one push points several tags at a manifest", async () => {
      const { registry, repository, digestAt } = await begin();
      const receipt = await push(registry, repository, one, ["1.2.3", "1.2", "1", "latest"]);
      expect(receipt.tags.toSorted()).toEqual(["1", "1.2", "1.2.3", "latest"]);
      for (const tag of ["1.2.3", "1.2", "1", "latest"]) expect(await digestAt(tag)).toBe(one.digest);
    });

    it("a tag named twice in one push is one tag", async () => {
      const { registry, repository, digestAt } = await begin();
      await push(registry, repository, one, ["latest", "latest"]);
      expect(await digestAt("latest")).toBe(one.digest);
      expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual(["latest"]);
    });

    it("a tag moves to the manifest pushed last, and the one before stays by digest", async () => {
      const { registry, repository, digestAt } = await begin();
      await push(registry, repository, one, ["latest", "v1"]);
      await push(registry, repository, two, ["latest"]);
      expect(await digestAt("latest")).toBe(two.digest);
      expect(await digestAt("v1")).toBe(one.digest);
      expect(await registry.getManifest(repository, byDigest(one.digest))).toMatchObject({ digest: one.digest });
    });

    it("tags that differ in case are different tags", async () => {
      const { registry, repository, digestAt } = await begin();
      await push(registry, repository, one, ["Latest"]);
      await push(registry, repository, two, ["latest"]);
      expect(await digestAt("Latest")).toBe(one.digest);
      expect(await digestAt("latest")).toBe(two.digest);
    });

    it("a tag of 128 characters is kept whole", async () => {
      const { registry, repository, digestAt } = await begin();
      const long = `_${"a.B-".repeat(31)}xyz`;
      expect(long).toHaveLength(128);
      await push(registry, repository, one, [long]);
      expect(await digestAt(long)).toBe(one.digest);
    });

    bench.needs("mayOverwrite", "B35 T19: a push that may not move tags creates new ones", async () => {
      const { registry, repository, digestAt } = await begin();
      await registry.putManifest(repository, pushOf(one, { tags: tags("v1"), mayOverwrite: false }));
      expect(await digestAt("v1")).toBe(one.digest);
    });

    bench.needs("mayOverwrite", "B35: a push that may not move tags is answered when nothing moves", async () => {
      const { registry, repository, digestAt } = await begin();
      await push(registry, repository, one, ["v1"]);
      const again = pushOf(one, { tags: tags("v1", "v1.0"), mayOverwrite: false });
      expect((await registry.putManifest(repository, again)).descriptor.digest).toBe(one.digest);
      expect(await digestAt("v1.0")).toBe(one.digest);
    });

    bench.needs(
      "mayOverwrite",
      "B35 T19: a push that would move a tag and may not changes nothing (DENIED)",
      async () => {
        const { registry, repository, digestAt } = await begin();
        await push(registry, repository, one, ["v1"]);
        for (const names of [tags("v1"), tags("new", "v1"), tags("v1", "new")]) {
          const put = registry.putManifest(repository, pushOf(two, { tags: names, mayOverwrite: false }));
          await expectRefusal(put, "DENIED", 403);
          expect(await digestAt("v1")).toBe(one.digest);
          await expectRefusal(registry.getManifest(repository, byTag("new")), "MANIFEST_UNKNOWN");
          await expectRefusal(registry.getManifest(repository, byDigest(two.digest)), "MANIFEST_UNKNOWN");
        }
      },
    );

    bench.needs(
      "mayOverwrite",
      "T19: of 50 creations of one tag at once one wins, the others change nothing",
      async () => {
        const { registry, repository, digestAt } = await begin();
        const editions = Array.from({ length: 50 }, (_, number) => edition(number));
        const { answers, codes } = await race(
          editions.map((entry) =>
            registry.putManifest(repository, pushOf(entry, { tags: tags("v1"), mayOverwrite: false })),
          ),
        );
        expect(codes).toEqual(Array(49).fill("DENIED"));
        const winner = answers[0]!.descriptor.digest;
        expect(await digestAt("v1")).toBe(winner);
        for (const { digest } of editions.filter((entry) => entry.digest !== winner)) {
          await expectRefusal(registry.getManifest(repository, byDigest(digest)), "MANIFEST_UNKNOWN");
        }
      },
    );

    it("I4: a tag that 20 pushes move at once ends at one of them, whole", async () => {
      const { registry, repository, digestAt } = await begin();
      const editions = Array.from({ length: 20 }, (_, number) => edition(number));
      await Promise.all(
        editions.map((entry) => registry.putManifest(repository, pushOf(entry, { tags: tags("latest") }))),
      );
      const digest = await digestAt("latest");
      expect(editions.map((entry) => entry.digest)).toContain(digest);
      expect(await registry.getManifest(repository, byTag("latest"))).toMatchObject({ digest });
    });

    it("I4: pushes that name the same tags in different order never leave them apart", async () => {
      const { registry, repository, digestAt } = await begin();
      for (let round = 0; round < 5; round += 1) {
        await Promise.all([
          registry.putManifest(repository, pushOf(one, { tags: tags("a", "b", "c") })),
          registry.putManifest(repository, pushOf(two, { tags: tags("c", "b", "a") })),
        ]);
        expect(new Set(await Promise.all(["a", "b", "c"].map(digestAt))).size).toBe(1);
      }
    });

    it("I4: a tag read after the answer to its push is at that push, whoever reads", async () => {
      const { registry, repository } = await begin();
      const readers = [registry, bench.registry({ kind: "user", id: "reader", name: "reader" })];
      for (let number = 0; number < 10; number += 1) {
        const { descriptor } = await push(registry, repository, edition(number), ["latest"]);
        for (const reader of readers) {
          expect((await reader.resolveManifest(repository, byTag("latest"))).digest).toBe(descriptor.digest);
          expect((await reader.getManifest(repository, byTag("latest"))).digest).toBe(descriptor.digest);
        }
      }
    });
  });

  describe("the list of tags", () => {
    // In byte order: digits, capitals, the underscore, small letters.
    const ordered = ["0.1.10", "0.1.2", "0.1.20", "1..2", "B", "Z", "_x", "a", "a-b", "a.b", "a_b", "b"];

    it("B55: is in byte order, whatever the order of the pushes", async () => {
      const { registry, repository } = await begin();
      for (const tag of ordered.toReversed()) await push(registry, repository, one, [tag]);
      expect(await registry.listTags(repository, { limit: 100 })).toEqual({ entries: ordered, next: undefined });
    });

    it("is the same in pages of any size", async () => {
      const { registry, repository } = await begin();
      await push(registry, repository, one, ordered);
      for (const limit of [1, 2, 5, 11, 12, 13]) {
        expect(await listAll((page) => registry.listTags(repository, page), limit)).toEqual(ordered);
      }
    });

    it("has no next page after the last, full or not", async () => {
      const { registry, repository } = await begin();
      await push(registry, repository, one, ["a", "b", "c", "d"]);
      expect((await registry.listTags(repository, { limit: 4 })).next).toBeUndefined();
      expect((await registry.listTags(repository, { limit: 2, after: "b" })).next).toBeUndefined();
      expect((await registry.listTags(repository, { limit: 3 })).next).toBeDefined();
    });

    it("B54: goes on after a name that is no tag", async () => {
      const { registry, repository } = await begin();
      await push(registry, repository, one, ["a", "c", "e"]);
      expect((await registry.listTags(repository, { limit: 10, after: "b" })).entries).toEqual(["c", "e"]);
      expect((await registry.listTags(repository, { limit: 10, after: "A" })).entries).toEqual(["a", "c", "e"]);
      expect((await registry.listTags(repository, { limit: 10, after: "zzz" })).entries).toEqual([]);
    });

    it("B53: is empty and has no next page when nothing is asked for", async () => {
      const { registry, repository } = await begin();
      await push(registry, repository, one, ["a"]);
      const page = await registry.listTags(repository, { limit: 0 });
      expect(page.entries).toEqual([]);
      expect(page.next).toBeUndefined();
    });

    it("is empty for a repository that has content but no tag", async () => {
      const { registry, repository } = await begin();
      expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual([]);
    });

    it("is unknown for a repository that nobody pushed to (NAME_UNKNOWN)", async () => {
      await expectRefusal(bench.registry().listTags(bench.repository(), { limit: 10 }), "NAME_UNKNOWN", 404);
    });
  });
}
