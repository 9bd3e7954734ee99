import { mediaTypes } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { bytes, digestOf } from "../bytes.ts";
import { artifact, image, index, push } from "../image.ts";
import { type ContractBench, expectRefusal, listAll, pushOf } from "./contract-bench.ts";

/** Listing what points at a manifest. */
export function promiseReferrers(bench: ContractBench): void {
  const subject = image();
  const sbom = "application/spdx+json";
  const signature = "application/vnd.example.signature";
  const about = (options: Parameters<typeof artifact>[0]) => artifact({ subject: subject.descriptor, ...options });

  const begin = async () => {
    const registry = bench.registry();
    const repository = bench.repository();
    await push(registry, repository, subject, ["v1"]);
    return { registry, repository };
  };

  describe("referrers", () => {
    it("a referrer is listed with its media type, size, type of artifact and annotations", async () => {
      const { registry, repository } = await begin();
      const referrer = about({ artifactType: sbom, annotations: { "org.example.title": "bill of materials" } });
      const receipt = await push(registry, repository, referrer);
      expect(receipt.subject).toBe(subject.digest);
      const { entries, next } = await registry.listReferrers(repository, subject.digest, { limit: 10 });
      expect(next).toBeUndefined();
      expect(entries).toHaveLength(1);
      expect(entries[0]).toMatchObject({
        mediaType: mediaTypes.ociManifest,
        digest: referrer.digest,
        size: referrer.content.length,
        artifactType: sbom,
        annotations: { "org.example.title": "bill of materials" },
      });
    });

    it("B32: a referrer is listed whether it came before its subject, after it, or alone", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const [before, after] = [about({ content: "before" }), about({ content: "after" })];
      const listed = async () =>
        (await registry.listReferrers(repository, subject.digest, { limit: 10 })).entries.map((entry) => entry.digest);
      await push(registry, repository, before);
      expect(await listed()).toEqual([before.digest]);
      await push(registry, repository, subject);
      await push(registry, repository, after);
      expect(await listed()).toEqual([before.digest, after.digest].sort());
    });

    it("a referrer that does not say its type has the type of its config", async () => {
      const { registry, repository } = await begin();
      await push(registry, repository, about({ configMediaType: signature }));
      const { entries } = await registry.listReferrers(repository, subject.digest, { limit: 10 });
      expect(entries.map((entry) => entry.artifactType)).toEqual([signature]);
    });

    it("an index is a referrer like any other, of its own type or of none", async () => {
      const { registry, repository } = await begin();
      const typed = index({ subject: subject.descriptor, artifactType: sbom });
      const untyped = index({ subject: subject.descriptor });
      await push(registry, repository, typed);
      await push(registry, repository, untyped);
      const { entries } = await registry.listReferrers(repository, subject.digest, { limit: 10 });
      const types = new Map(entries.map((entry) => [entry.digest, entry.artifactType]));
      expect(types.get(typed.digest)).toBe(sbom);
      expect(types.has(untyped.digest)).toBe(true);
      expect(types.get(untyped.digest)).toBeUndefined();
    });

    it("a filter leaves only referrers of that type, by whatever it was said", async () => {
      const { registry, repository } = await begin();
      const said = about({ artifactType: sbom });
      const byConfig = about({ configMediaType: sbom, content: "by config" });
      await push(registry, repository, said);
      await push(registry, repository, byConfig);
      await push(registry, repository, about({ artifactType: signature }));
      const list = async (artifactType: string) =>
        (await registry.listReferrers(repository, subject.digest, { limit: 10, artifactType })).entries;
      const boms = await list(sbom);
      expect(boms.map((entry) => entry.digest)).toEqual([said.digest, byConfig.digest].sort());
      expect(await list(signature)).toHaveLength(1);
      expect(await list("application/x-none")).toEqual([]);
    });

    it("referrers are listed in byte order and paged, filtered or not", async () => {
      const { registry, repository } = await begin();
      const made = Array.from({ length: 7 }, (_, at) =>
        about({ content: `number ${at}`, artifactType: at % 2 === 0 ? sbom : signature }),
      );
      for (const referrer of made) await push(registry, repository, referrer);
      const list = async (limit: number, artifactType?: string) => {
        const entries = await listAll<{ readonly digest: string }, (typeof subject)["digest"]>(
          (page) => registry.listReferrers(repository, subject.digest, { ...page, artifactType }),
          limit,
        );
        return entries.map((entry) => entry.digest);
      };
      const digests = made.map((referrer) => referrer.digest).sort();
      for (const limit of [1, 3, 7, 10]) expect(await list(limit)).toEqual(digests);
      const boms = made.filter((_, at) => at % 2 === 0).map((referrer) => referrer.digest);
      expect(await list(2, sbom)).toEqual(boms.sort());
    });

    it("F52: of 20 referrers pushed at once none is lost", async () => {
      const { registry, repository } = await begin();
      const shared = about({ content: "shared" });
      await push(registry, repository, shared);
      const made = Array.from({ length: 20 }, (_, at) =>
        artifact({ subject: subject.descriptor, content: "shared", annotations: { number: String(at) } }),
      );
      await Promise.all(made.map((referrer) => registry.putManifest(repository, pushOf(referrer))));
      const { entries } = await registry.listReferrers(repository, subject.digest, { limit: 100 });
      expect(entries.map((entry) => entry.digest)).toEqual([shared, ...made].map((entry) => entry.digest).sort());
    });

    it("a deleted referrer is no longer listed, and a deleted subject keeps its own", async () => {
      const { registry, repository } = await begin();
      const [kept, deleted] = [about({ content: "kept" }), about({ content: "deleted" })];
      await push(registry, repository, kept);
      await push(registry, repository, deleted);
      await registry.deleteManifest(repository, deleted.digest);
      await registry.deleteManifest(repository, subject.digest);
      const { entries } = await registry.listReferrers(repository, subject.digest, { limit: 10 });
      expect(entries.map((entry) => entry.digest)).toEqual([kept.digest]);
    });

    it("a referrer may have a referrer, and a subject named by sha512", async () => {
      const { registry, repository } = await begin();
      const first = about({ algorithm: "sha512" });
      const second = artifact({ subject: first.descriptor, content: "about the first" });
      await push(registry, repository, first);
      await push(registry, repository, second);
      const { entries } = await registry.listReferrers(repository, first.digest, { limit: 10 });
      expect(entries.map((entry) => entry.digest)).toEqual([second.digest]);
    });

    it("T15: referrers of another repository are not listed", async () => {
      const { registry, repository } = await begin();
      const other = bench.repository();
      await push(registry, other, subject);
      await push(registry, other, about({ artifactType: sbom }));
      expect((await registry.listReferrers(repository, subject.digest, { limit: 10 })).entries).toEqual([]);
    });

    it("B56: a digest that nobody pushed has no referrers", async () => {
      const { registry, repository } = await begin();
      for (const algorithm of ["sha256", "sha512"] as const) {
        const unknown = digestOf(bytes("never pushed"), algorithm);
        const page = await registry.listReferrers(repository, unknown, { limit: 10 });
        expect(page).toEqual({ entries: [], next: undefined });
      }
    });

    it("a repository that nobody pushed to has no list of referrers (NAME_UNKNOWN)", async () => {
      const list = bench.registry().listReferrers(bench.repository(), subject.digest, { limit: 10 });
      await expectRefusal(list, "NAME_UNKNOWN", 404);
    });
  });
}
