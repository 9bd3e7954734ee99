import { memoryBlobStore } from "@layerport/blob-storage";
import { type Digest, splitDigest } from "@layerport/registry-core";
import { blob, bytes, digestOf, imageManifest, push, pushBlob, sending } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { refusalOf, replacing, servedAs, testStore } from "./test-store.ts";

const bench = await testStore();
const { database, blobs, store, registry } = bench;

interface Generation {
  readonly generation: string;
  readonly state: string;
  readonly promiseAge: number;
}

function generationsOf(digest: Digest): Promise<Generation[]> {
  return database.query<Generation>({
    text: `SELECT generation, state, extract(epoch FROM now() - last_promised_at)::float8 AS "promiseAge"
      FROM blob WHERE digest = $1 ORDER BY state`,
    values: [digest],
  });
}

async function setState(digest: Digest, state: string): Promise<void> {
  await database.query({ text: "UPDATE blob SET state = $2::blob_state WHERE digest = $1", values: [digest, state] });
}

async function storedKeys(digest: Digest): Promise<readonly string[]> {
  const generations: string[] = [];
  for await (const { key } of blobs.listKeys())
    if (key.hex === splitDigest(digest).hex) generations.push(key.generation);
  return generations;
}

describe("a blob that is pushed many times at once", () => {
  for (const [size, length] of [
    ["in Postgres", 5000],
    ["in blob storage", 70_000],
  ] as const) {
    it(`F47: has one live generation and nothing else, ${size}, and each repository has its link`, async () => {
      const part = blob(bytes(length));
      const { digest } = part.descriptor;
      const repositories = Array.from({ length: 10 }, () => bench.repository());
      const { registry: other } = await bench.reopen();
      await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          pushBlob(at % 2 === 0 ? registry : other, repositories[at % repositories.length]!, part),
        ),
      );
      const generations = await generationsOf(digest);
      expect(generations.map(({ state }) => state)).toEqual(["live"]);
      expect(await storedKeys(digest)).toEqual(length > 64 * 1024 ? [generations[0]!.generation] : []);
      for (const repository of repositories) expect(await servedAs(registry, repository, digest)).toBe(digest);
      const links = await database.query({ text: "SELECT FROM repository_blob WHERE digest = $1", values: [digest] });
      expect(links).toHaveLength(repositories.length);
    });
  }
});

describe("a blob that is no longer live", () => {
  for (const state of ["deleting", "trashed", "quarantined"]) {
    it(`F16 F17: is unknown to pulls, mounts and manifests while ${state}, and the next push stores it anew`, async () => {
      for (const length of [6000, 66_000]) {
        const repository = bench.repository();
        const part = blob(bytes(length + state.length));
        const { digest } = part.descriptor;
        await pushBlob(registry, repository, part);
        await setState(digest, state);
        expect(await refusalOf(registry.openBlob(repository, digest))).toBe("BLOB_UNKNOWN");
        expect(await refusalOf(registry.resolveBlob(repository, digest))).toBe("BLOB_UNKNOWN");
        const source = { kind: "repository", repository } as const;
        expect(await registry.mountBlob(bench.repository(), digest, source)).toBeUndefined();
        const { content, mediaType: contentType } = imageManifest(part, []);
        const put = registry.putManifest(repository, { content, contentType, tags: [], mayOverwrite: true });
        expect(await refusalOf(put)).toBe("MANIFEST_BLOB_UNKNOWN");
        await pushBlob(registry, repository, part);
        expect(await servedAs(registry, repository, digest)).toBe(digest);
        const states = (await generationsOf(digest)).map((generation) => generation.state);
        expect(states.sort()).toEqual([state, "live"].sort());
      }
    });
  }

  it("F07: was left pending by a push that died, which keeps nobody from pushing it", async () => {
    const repository = bench.repository();
    const part = blob(bytes(67_000));
    const { digest, size } = part.descriptor;
    await database.query({
      text: "INSERT INTO blob (generation, digest, size_bytes, state) VALUES (gen_random_uuid(), $1, $2, 'pending')",
      values: [digest, size],
    });
    await pushBlob(registry, repository, part);
    expect(await servedAs(registry, repository, digest)).toBe(digest);
    expect((await generationsOf(digest)).map(({ state }) => state)).toEqual(["pending", "live"]);
  });
});

describe("the promise that a blob stays", () => {
  const age = async (digest: Digest) => (await generationsOf(digest))[0]!.promiseAge;
  const grow = (digest: Digest, hours: number) =>
    database.query({
      text: "UPDATE blob SET last_promised_at = now() - make_interval(hours => $2::int) WHERE digest = $1",
      values: [digest, hours],
    });

  it("I5: is renewed before a look-up, a mount or a push is answered, when it is older than a tenth of the grace", async () => {
    const repository = bench.repository();
    for (const length of [7000, 68_000]) {
      const part = blob(bytes(length));
      const { digest } = part.descriptor;
      await pushBlob(registry, repository, part);
      for (const promise of [
        () => registry.resolveBlob(repository, digest),
        () => registry.mountBlob(bench.repository(), digest, { kind: "repository", repository }),
        () => pushBlob(registry, repository, part),
      ]) {
        await grow(digest, 3);
        await promise();
        expect(await age(digest)).toBeLessThan(60);
      }
    }
  });

  it("is not written again while it is young", async () => {
    const repository = bench.repository();
    const part = blob(bytes(7001));
    const { digest } = part.descriptor;
    await pushBlob(registry, repository, part);
    await grow(digest, 2);
    await registry.resolveBlob(repository, digest);
    await pushBlob(registry, repository, part);
    expect(await age(digest)).toBeGreaterThan(7000);
  });

  it("is not given for a blob that the sweep took between the look-up and the renewal", async () => {
    const repository = bench.repository();
    const part = blob(bytes(7002));
    const { digest } = part.descriptor;
    await pushBlob(registry, repository, part);
    await grow(digest, 3);
    const promised = database.transaction(async (transaction) => {
      await transaction.query({ text: "UPDATE blob SET state = 'deleting' WHERE digest = $1", values: [digest] });
      const answer = refusalOf(registry.resolveBlob(repository, digest));
      // By now it has read the row as it was, and waits for this transaction.
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { answer };
    });
    expect(await (await promised).answer).toBe("BLOB_UNKNOWN");
  });
});

describe("stored bytes that are not as their row says", () => {
  it("I8: are not served: neither missing ones nor those of another length", async () => {
    const inner = memoryBlobStore();
    const { registry: other } = await bench.reopen({
      blobs: replacing(inner, {
        open: async (key, range) => {
          await inner.appendStaged(key.generation, 0, sending(bytes(10)));
          await inner.publish(key.generation, key);
          return inner.open(key, range);
        },
      }),
    });
    const repository = bench.repository();
    const part = blob(bytes(69_000));
    await pushBlob(registry, repository, part);
    await expect(other.openBlob(repository, part.descriptor.digest)).rejects.toThrow("another size");
    for (const generation of await storedKeys(part.descriptor.digest)) {
      await blobs.remove({ ...splitDigest(part.descriptor.digest), generation });
    }
    await expect(registry.openBlob(repository, part.descriptor.digest)).rejects.toThrow("are missing");
  });
});

describe("what a push that broke off leaves behind", () => {
  it("F05 F07: reserved blobs go with their objects after the grace, and live ones stay", async () => {
    const repository = bench.repository();
    const live = blob(bytes(71_000));
    await pushBlob(registry, repository, live);
    const digest = digestOf(bytes(71_001));
    const generation = "11111111-1111-4111-8111-111111111111";
    await database.query({
      text: `INSERT INTO blob (generation, digest, size_bytes, state, state_at)
        VALUES ($1::uuid, $2, 71001, 'pending', now() - interval '2 hours')`,
      values: [generation, digest],
    });
    await blobs.appendStaged(generation, 0, sending(bytes(71_001)));
    await blobs.publish(generation, { ...splitDigest(digest), generation });
    const hour = 60 * 60 * 1000;
    await store.removeUnfinishedBlobs(3 * hour);
    expect(await storedKeys(digest)).toEqual([generation]);
    expect(await store.removeUnfinishedBlobs(hour)).toBeGreaterThanOrEqual(1);
    expect(await storedKeys(digest)).toEqual([]);
    expect(await generationsOf(digest)).toEqual([]);
    expect(await servedAs(registry, repository, live.descriptor.digest)).toBe(live.descriptor.digest);
  });

  it("F05: staged bytes without a session go after the grace; those of a session stay", async () => {
    const orphan = "22222222-2222-4222-8222-222222222222";
    await blobs.appendStaged(orphan, 0, sending(bytes(100)));
    const repository = bench.repository();
    const content = bytes(72_000);
    const { id } = await registry.startUpload(repository);
    await registry.appendChunk(repository, id, { bytes: sending(content) });
    await store.removeUnfinishedBlobs(60_000);
    expect(await blobs.stagedLength(orphan)).toBe(100);
    await store.removeUnfinishedBlobs(0);
    expect(await blobs.stagedLength(orphan)).toBeUndefined();
    await registry.completeUpload(repository, id, digestOf(content));
    expect(await servedAs(registry, repository, digestOf(content))).toBe(digestOf(content));
  });

  it("F01: uploads that nobody goes on with are removed with their bytes, and no others", async () => {
    const repository = bench.repository();
    const begin = async () => {
      const { id } = await registry.startUpload(repository);
      await registry.appendChunk(repository, id, { bytes: sending(bytes(73_000)) });
      return id;
    };
    const [idle, active] = [await begin(), await begin()];
    const { id: writing } = await registry.startUpload(repository);
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    async function* slowly() {
      yield bytes(73_001);
      begun.resolve();
      await goOn.promise;
    }
    const slow = registry.appendChunk(repository, writing, { bytes: slowly() });
    await begun.promise;
    await database.query({
      text: "UPDATE upload_session SET last_active_at = now() - interval '8 days' WHERE id = ANY($1::uuid[])",
      values: [[idle, writing]],
    });
    expect(await store.removeStaleUploads(7 * 24 * 60 * 60 * 1000)).toBe(1);
    expect(await refusalOf(registry.getUpload(repository, idle))).toBe("BLOB_UPLOAD_UNKNOWN");
    expect(await registry.getUpload(repository, active)).toMatchObject({ length: 73_000 });
    goOn.resolve();
    expect(await slow).toMatchObject({ length: 73_001 });
    const staged: string[] = [];
    for await (const { id } of blobs.listStaged()) staged.push(id);
    expect(staged).toHaveLength(2);
  });
});

describe("a mount", () => {
  it("T15: without a source asks about one repository at a time, until one may be read", async () => {
    const part = blob(bytes(8000));
    const { digest } = part.descriptor;
    const sources = Array.from({ length: 60 }, () => bench.repository());
    for (const repository of sources) await pushBlob(registry, repository, part);
    const asked: string[] = [];
    const readable = sources[59]!;
    const mounted = await registry.mountBlob(bench.repository(), digest, {
      kind: "any",
      mayRead: async (candidate) => asked.push(candidate) > 0 && candidate === readable,
    });
    expect(mounted).toMatchObject({ digest });
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.at(-1)).toBe(readable);
  });

  it("that finds nothing makes no repository", async () => {
    const target = bench.repository();
    const from = bench.repository();
    await push(registry, from, imageManifest(blob(bytes("{}")), []));
    await registry.mountBlob(target, digestOf(bytes(8001)), { kind: "repository", repository: from });
    expect((await store.findRepository(target))?.visibility).toBeUndefined();
  });
});
