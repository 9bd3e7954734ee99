import { maximumManifestBytes, mediaTypes, parseTag } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { bytes, digestOf } from "../bytes.ts";
import { artifact, blob, image, imageManifest, index, type ManifestFixture, push, pushBlob } from "../image.ts";
import { byDigest, byTag, type ContractBench, expectBytes, expectRefusal, pushOf, race } from "./contract-bench.ts";

/** Putting, resolving and getting manifests. */
export function promiseManifests(bench: ContractBench): void {
  const amd64 = image({ platform: { os: "linux", architecture: "amd64" } });
  const arm = image({ platform: { os: "linux", architecture: "arm", variant: "v7" }, layers: ["base", "arm"] });
  const windows = image({ platform: { os: "windows", architecture: "amd64", osVersion: "10.0.20348.2" } });
  const notPushed = image({ layers: ["never pushed"] });

  const kinds: readonly (readonly [string, ManifestFixture])[] = [
    ["an OCI image", amd64],
    ["a Docker image", image({ docker: true, layers: ["base", "tools"] })],
    ["an image without layers", image({ layers: [] })],
    ["an image that has the same layer twice", image({ layers: ["base", "base"] })],
    ["an image with annotations", image({ annotations: { "org.opencontainers.image.title": "Zürich 🚢" } })],
    ["an artifact", artifact({ artifactType: "application/spdx+json", content: "{}" })],
    ["an image index", index({ images: [amd64, arm, windows] })],
    ["a Docker manifest list", index({ docker: true, images: [image({ docker: true })] })],
    ["an empty index", index()],
    ["an index of indexes", index({ images: [index({ images: [amd64] }), index({ images: [arm] })] })],
    ["a sparse index", index({ images: [amd64], descriptors: [notPushed.descriptor] })],
    ["a manifest with fields that nobody knows", image({ fields: { "x-layerport": [1, { deep: null }], extra: 1.5 } })],
    ["an image named by sha512, and its parts too", image({ algorithm: "sha512" })],
    ["an index named by sha512", index({ algorithm: "sha512", images: [image({ algorithm: "sha512" })] })],
  ];

  describe("manifests", () => {
    for (const [kind, fixture] of kinds) {
      it(`${kind} is served byte for byte, by digest and by tag`, async () => {
        const registry = bench.registry();
        const repository = bench.repository();
        const { digest, mediaType, content } = fixture;
        const receipt = await push(registry, repository, fixture, ["v1"]);
        expect(receipt.descriptor).toMatchObject({ digest, mediaType, size: content.length });
        expect(receipt.tags).toEqual(["v1"]);
        expect(receipt.subject).toBeUndefined();
        for (const reference of [byTag("v1"), byDigest(digest)]) {
          const stored = await registry.getManifest(repository, reference);
          expect(stored).toMatchObject({ digest, mediaType });
          expectBytes(stored.content, content);
          const descriptor = await registry.resolveManifest(repository, reference);
          expect(descriptor).toMatchObject({ digest, mediaType, size: content.length });
        }
      });
    }

    it("the white space, the order and the escapes of a manifest are kept", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, amd64);
      const { schemaVersion, mediaType, ...rest } = JSON.parse(Buffer.from(amd64.content).toString());
      const content = bytes(
        `\n${JSON.stringify({ ...rest, annotations: { a: "\u00e9" }, mediaType, schemaVersion }, null, "\t").replace("\u00e9", "\\u00e9")}\r\n `,
      );
      await registry.putManifest(repository, pushOf(amd64, { content, tags: [parseTag("odd")] }));
      const stored = await registry.getManifest(repository, byTag("odd"));
      expectBytes(stored.content, content);
      expect(stored.digest).toBe(digestOf(content));
    });

    it("a manifest that does not say its media type has the one it was sent with", async () => {
      const registry = bench.registry();
      for (const fixture of [amd64, index({ images: [amd64] })]) {
        const repository = bench.repository();
        await push(registry, repository, fixture);
        const { mediaType: _, ...rest } = JSON.parse(Buffer.from(fixture.content).toString());
        const content = bytes(JSON.stringify(rest));
        await registry.putManifest(repository, pushOf(fixture, { content, tags: [parseTag("untyped")] }));
        const stored = await registry.getManifest(repository, byTag("untyped"));
        expect(stored.mediaType).toBe(fixture.mediaType);
      }
    });

    it("a media type is served without the parameters that it was sent with", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, amd64);
      const contentType = `${amd64.mediaType}; charset=utf-8`;
      await registry.putManifest(repository, pushOf(amd64, { contentType, tags: [parseTag("typed")] }));
      expect(await registry.getManifest(repository, byTag("typed"))).toMatchObject({ mediaType: amd64.mediaType });
    });

    it("a manifest of exactly 4 MiB is served byte for byte", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const room = maximumManifestBytes - image({ annotations: { padding: "" } }).content.length;
      const fixture = image({ annotations: { padding: "x".repeat(room) } });
      expect(fixture.content.length).toBe(maximumManifestBytes);
      await push(registry, repository, fixture, ["large"]);
      const stored = await registry.getManifest(repository, byTag("large"));
      expectBytes(stored.content, fixture.content);
    });

    it("pushing the same manifest again changes nothing", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const first = await push(registry, repository, amd64, ["v1"]);
      expect(await push(registry, repository, amd64, ["v1"])).toEqual(first);
      expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual(["v1"]);
    });

    it("F47: the same manifest pushed 20 times at once is there, and every push is answered alike", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, amd64);
      const fixture = index({ images: [amd64], annotations: { pushed: "at once" } });
      const receipts = await Promise.all(
        Array.from({ length: 20 }, () =>
          registry.putManifest(repository, pushOf(fixture, { tags: [parseTag("latest")] })),
        ),
      );
      for (const receipt of receipts) expect(receipt).toEqual(receipts[0]);
      expect(await registry.resolveManifest(repository, byTag("latest"))).toMatchObject({ digest: fixture.digest });
    });

    it("a manifest without a tag is served by digest", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      expect((await push(registry, repository, amd64)).tags).toEqual([]);
      expect(await registry.getManifest(repository, byDigest(amd64.digest))).toMatchObject({ digest: amd64.digest });
      expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual([]);
    });

    it("T15: a manifest of another repository is unknown here (MANIFEST_UNKNOWN)", async () => {
      const registry = bench.registry();
      const [theirs, ours] = [bench.repository(), bench.repository()];
      const fixture = image({ annotations: { of: theirs } });
      await push(registry, theirs, fixture, ["secret"]);
      await push(registry, ours, amd64, ["v1"]);
      await expectRefusal(registry.getManifest(ours, byDigest(fixture.digest)), "MANIFEST_UNKNOWN", 404);
      await expectRefusal(registry.getManifest(ours, byTag("secret")), "MANIFEST_UNKNOWN", 404);
    });

    it("a tag or digest that was never pushed is unknown (MANIFEST_UNKNOWN)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, amd64, ["v1"]);
      for (const reference of [byTag("v2"), byTag("V1"), byDigest(notPushed.digest)]) {
        await expectRefusal(registry.getManifest(repository, reference), "MANIFEST_UNKNOWN", 404);
        await expect(registry.resolveManifest(repository, reference)).rejects.toMatchObject({ status: 404 });
      }
    });

    it("a manifest in a repository that nobody pushed to is unknown by that name (NAME_UNKNOWN)", async () => {
      const registry = bench.registry();
      for (const reference of [byTag("latest"), byDigest(amd64.digest)]) {
        await expectRefusal(registry.getManifest(bench.repository(), reference), "NAME_UNKNOWN", 404);
        await expect(registry.resolveManifest(bench.repository(), reference)).rejects.toMatchObject({ status: 404 });
      }
    });

    bench.needs("codesWithoutBody", "resolving tells a missing manifest from a missing repository", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, amd64);
      await expectRefusal(registry.resolveManifest(repository, byTag("latest")), "MANIFEST_UNKNOWN", 404);
      await expectRefusal(registry.resolveManifest(bench.repository(), byTag("latest")), "NAME_UNKNOWN", 404);
    });

    bench.needs("unknownOrganization", "no manifest goes where there is no organization (NAME_UNKNOWN)", async () => {
      const registry = bench.registry();
      const nowhere = bench.repository("no-such-organization");
      await expectRefusal(registry.putManifest(nowhere, pushOf(index())), "NAME_UNKNOWN", 404);
    });
  });

  describe("manifests that are refused", () => {
    it("B23: bytes that do not match the given digest (DIGEST_INVALID), and nothing is stored", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, amd64);
      const other = index({ images: [amd64] });
      for (const algorithm of ["sha256", "sha512"] as const) {
        const digest = digestOf(bytes("other bytes"), algorithm);
        const put = registry.putManifest(repository, pushOf(other, { digest, tags: [parseTag("v1")] }));
        await expectRefusal(put, "DIGEST_INVALID", 400);
        await expectRefusal(registry.getManifest(repository, byDigest(digest)), "MANIFEST_UNKNOWN");
      }
      await expectRefusal(registry.getManifest(repository, byDigest(other.digest)), "MANIFEST_UNKNOWN");
      await expectRefusal(registry.getManifest(repository, byTag("v1")), "MANIFEST_UNKNOWN");
    });

    const document = JSON.parse(Buffer.from(amd64.content).toString());
    const invalid: readonly (readonly [string, string, string | undefined])[] = [
      ["B25: no bytes", "", mediaTypes.ociManifest],
      ["B25: bytes that are not JSON", "image", mediaTypes.ociManifest],
      ["T01: an image that is an index too", JSON.stringify({ ...document, manifests: [] }), mediaTypes.ociManifest],
      ["B28: another media type than it says", JSON.stringify(document), mediaTypes.dockerManifest],
      ["B28: no media type at all", JSON.stringify({ ...document, mediaType: undefined }), undefined],
      ["T02: a key twice", JSON.stringify(document).replace("{", '{"schemaVersion":2,'), mediaTypes.ociManifest],
      ["T02: a key in another case", JSON.stringify({ ...document, Layers: [] }), mediaTypes.ociManifest],
      ["B30: Docker schema 1", JSON.stringify({ ...document, schemaVersion: 1 }), mediaTypes.ociManifest],
    ];
    for (const [title, text, contentType] of invalid) {
      it(`${title} (MANIFEST_INVALID), and nothing is stored`, async () => {
        const registry = bench.registry();
        const repository = bench.repository();
        await push(registry, repository, amd64);
        const content = bytes(text);
        const put = registry.putManifest(repository, pushOf(amd64, { content, contentType, tags: [parseTag("v1")] }));
        await expectRefusal(put, "MANIFEST_INVALID", 400);
        await expectRefusal(registry.getManifest(repository, byTag("v1")), "MANIFEST_UNKNOWN");
      });
    }

    it("a first push that is refused leaves no repository behind", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await expectRefusal(registry.putManifest(repository, pushOf(amd64)), "MANIFEST_BLOB_UNKNOWN", 400);
      await expectRefusal(registry.listTags(repository, { limit: 10 }), "NAME_UNKNOWN", 404);
    });

    it("B29: a config or layer of another size than the blob has (SIZE_INVALID), and nothing is stored", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await push(registry, repository, amd64);
      const resize = (part: typeof amd64.config) => ({
        ...part,
        descriptor: { ...part.descriptor, size: part.descriptor.size + 1 },
      });
      const lies = [
        imageManifest(resize(amd64.config), amd64.layers),
        imageManifest(amd64.config, amd64.layers.map(resize)),
      ];
      for (const lie of lies) {
        await expectRefusal(
          registry.putManifest(repository, pushOf(lie, { tags: [parseTag("v1")] })),
          "SIZE_INVALID",
          400,
        );
        await expectRefusal(registry.getManifest(repository, byDigest(lie.digest)), "MANIFEST_UNKNOWN");
      }
    });

    it("B33: indexes may be nested 8 deep, and not 9 (MANIFEST_INVALID)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      let nested: ManifestFixture = amd64;
      for (let depth = 1; depth <= 8; depth += 1) nested = index({ images: [nested] });
      await push(registry, repository, nested, ["deep"]);
      const tooDeep = index({ images: [nested] });
      await expectRefusal(registry.putManifest(repository, pushOf(tooDeep)), "MANIFEST_INVALID", 400);
      await expectRefusal(registry.getManifest(repository, byDigest(tooDeep.digest)), "MANIFEST_UNKNOWN");
      expect(await registry.resolveManifest(repository, byTag("deep"))).toMatchObject({ digest: nested.digest });
    });

    it("I2: a manifest that races with the delete of its layer is refused, or keeps the layer", async () => {
      const registry = bench.registry();
      for (let round = 0; round < 8; round += 1) {
        const repository = bench.repository();
        const layer = blob(bytes(`layer ${round} of ${repository}`));
        const fixture = imageManifest(amd64.config, [layer]);
        await Promise.all(fixture.blobs.map((part) => pushBlob(registry, repository, part)));
        const { codes } = await race<unknown>([
          registry.putManifest(repository, pushOf(fixture)),
          registry.deleteBlob(repository, layer.descriptor.digest),
        ]);
        const isStored = !codes.includes("MANIFEST_BLOB_UNKNOWN");
        expect(codes).toEqual([isStored ? "UNSUPPORTED" : "MANIFEST_BLOB_UNKNOWN"]);
        if (isStored) {
          await registry.getManifest(repository, byDigest(fixture.digest));
          await registry.resolveBlob(repository, layer.descriptor.digest);
        } else {
          await expectRefusal(registry.getManifest(repository, byDigest(fixture.digest)), "MANIFEST_UNKNOWN");
        }
      }
    });
  });
}
