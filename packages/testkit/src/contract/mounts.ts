import { describe, expect, it } from "vitest";
import { bytes, digestOf } from "../bytes.ts";
import { blob, image, push, pushBlob } from "../image.ts";
import { type ContractBench, expectContent, expectRefusal, isAnswered, pushOf } from "./contract-bench.ts";

/** Mounting blobs from other repositories. */
export function promiseMounts(bench: ContractBench): void {
  /** A blob that only one repository has. */
  const pushSecret = async () => {
    const repository = bench.repository();
    const secret = blob(bytes(`only in ${repository}`));
    await pushBlob(bench.registry(), repository, secret);
    return { source: { kind: "repository", repository } as const, secret, digest: secret.descriptor.digest };
  };

  describe("mounts", () => {
    it("a blob of the named repository is mounted and readable here, as long as it was", async () => {
      const registry = bench.registry();
      const { source, secret, digest } = await pushSecret();
      const repository = bench.repository();
      const mounted = await registry.mountBlob(repository, digest, source);
      expect(mounted).toMatchObject({ digest, size: secret.content.length });
      expect(await registry.resolveBlob(repository, digest)).toMatchObject({ digest, size: secret.content.length });
      await expectContent(registry.openBlob(repository, digest), secret.content);
    });

    it("a manifest may name blobs that were mounted", async () => {
      const registry = bench.registry();
      const [from, to] = [bench.repository(), bench.repository()];
      const fixture = image({ layers: ["base", "tools"] });
      await push(registry, from, fixture);
      for (const part of fixture.blobs) {
        const source = { kind: "repository", repository: from } as const;
        expect(await registry.mountBlob(to, part.descriptor.digest, source)).toBeDefined();
      }
      await expect(registry.putManifest(to, pushOf(fixture))).resolves.toMatchObject({
        descriptor: { digest: fixture.digest },
      });
    });

    it("a blob named by sha512 is mounted", async () => {
      const registry = bench.registry();
      const [from, to] = [bench.repository(), bench.repository()];
      const part = blob(bytes(70_000), undefined, "sha512");
      await pushBlob(registry, from, part);
      await registry.mountBlob(to, part.descriptor.digest, { kind: "repository", repository: from });
      await expectContent(registry.openBlob(to, part.descriptor.digest), part.content);
    });

    it("mounting twice, or what is here already, changes nothing", async () => {
      const registry = bench.registry();
      const { source, secret, digest } = await pushSecret();
      const repository = bench.repository();
      await registry.mountBlob(repository, digest, source);
      expect(await registry.mountBlob(repository, digest, source)).toMatchObject({ digest });
      await expectContent(registry.openBlob(repository, digest), secret.content);
    });

    it("a blob that nobody has, or a source that does not exist, gives nothing", async () => {
      const registry = bench.registry();
      const { source, digest } = await pushSecret();
      const target = bench.repository();
      const nowhere = { kind: "repository", repository: bench.repository() } as const;
      expect(await registry.mountBlob(target, digestOf(bytes("never put")), source)).toBeUndefined();
      expect(await registry.mountBlob(target, digest, nowhere)).toBeUndefined();
      const anybody = { kind: "any", mayRead: async () => true } as const;
      expect(await registry.mountBlob(target, digestOf(bytes("never put")), anybody)).toBeUndefined();
    });

    it("T15: a blob that the named repository lacks is not mounted from another that has it", async () => {
      const registry = bench.registry();
      const { digest } = await pushSecret();
      const [other, repository] = [bench.repository(), bench.repository()];
      await push(registry, other, image());
      await push(registry, repository, image());
      const source = { kind: "repository", repository: other } as const;
      expect(await registry.mountBlob(repository, digest, source)).toBeUndefined();
      await expectRefusal(registry.openBlob(repository, digest), "BLOB_UNKNOWN", 404);
    });

    bench.needs("mayRead", "without a source, a blob is mounted from any repository that may be read", async () => {
      const registry = bench.registry();
      const { secret, digest } = await pushSecret();
      const repository = bench.repository();
      const source = { kind: "any", mayRead: async () => true } as const;
      expect(await registry.mountBlob(repository, digest, source)).toMatchObject({ digest });
      await expectContent(registry.openBlob(repository, digest), secret.content);
    });

    bench.needs(
      "mayRead",
      "T15: without a source, a blob is not mounted from repositories that may not be read",
      async () => {
        const registry = bench.registry();
        const { digest, source } = await pushSecret();
        const repository = bench.repository();
        await push(registry, repository, image());
        const asked: string[] = [];
        const mayRead = async (candidate: string) => {
          asked.push(candidate);
          return false;
        };
        expect(await registry.mountBlob(repository, digest, { kind: "any", mayRead })).toBeUndefined();
        expect(asked).toEqual([source.repository]);
        await expectRefusal(registry.openBlob(repository, digest), "BLOB_UNKNOWN", 404);
      },
    );

    bench.needs("mayRead", "T15: one repository that may be read among several is found", async () => {
      const registry = bench.registry();
      const { secret, digest, source } = await pushSecret();
      const readable = bench.repository();
      await registry.mountBlob(readable, digest, source);
      await registry.mountBlob(bench.repository(), digest, source);
      const repository = bench.repository();
      const mayRead = async (candidate: string) => candidate === readable;
      expect(await registry.mountBlob(repository, digest, { kind: "any", mayRead })).toMatchObject({ digest });
      await expectContent(registry.openBlob(repository, digest), secret.content);
    });

    it("a mounted blob stays when the source deletes its own", async () => {
      const registry = bench.registry();
      const { source, secret, digest } = await pushSecret();
      const repository = bench.repository();
      await registry.mountBlob(repository, digest, source);
      await registry.deleteBlob(source.repository, digest);
      await expectContent(registry.openBlob(repository, digest), secret.content);
      await expectRefusal(registry.openBlob(source.repository, digest), "BLOB_UNKNOWN", 404);
    });

    it("F50: a mount that races with the delete of its source answers only what is readable", async () => {
      const registry = bench.registry();
      for (let round = 0; round < 8; round += 1) {
        const { source, secret, digest } = await pushSecret();
        const repository = bench.repository();
        await push(registry, repository, image());
        const [mounted] = await Promise.all([
          registry.mountBlob(repository, digest, source),
          registry.deleteBlob(source.repository, digest),
        ]);
        const isReadable = await isAnswered(
          expectContent(registry.openBlob(repository, digest), secret.content),
          "BLOB_UNKNOWN",
        );
        expect(isReadable).toBe(mounted !== undefined);
      }
    });

    bench.needs("unknownOrganization", "no blob is mounted where there is no organization (NAME_UNKNOWN)", async () => {
      const { source, digest } = await pushSecret();
      const mount = bench.registry().mountBlob(bench.repository("no-such-organization"), digest, source);
      await expectRefusal(mount, "NAME_UNKNOWN", 404);
    });
  });
}
