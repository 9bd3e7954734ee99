import {
  type Digest,
  formatDigest,
  joinRepositoryName,
  parseTag,
  type RepositoryName,
  splitRepositoryName,
} from "@layerport/registry-core";
import { blob, bytes, digestOf, image, imageManifest, index, push, pushBlob } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import type { PushEvent } from "./pushes.ts";
import { alice, refusalOf, testStore } from "./test-store.ts";

const bench = await testStore();
const { database, store, registry } = bench;
const base = image({ layers: ["base"] });

interface ManifestRow {
  readonly depth: number;
  readonly imageBytes: number | null;
  readonly os: string | null;
  readonly architecture: string | null;
  readonly variant: string | null;
}

async function rowOf(repository: RepositoryName, digest: Digest): Promise<ManifestRow> {
  const { path } = splitRepositoryName(repository);
  const [row] = await database.query<ManifestRow>({
    text: `SELECT depth, image_bytes AS "imageBytes", os, architecture, variant FROM manifest
      WHERE repository_id = (SELECT id FROM repository WHERE path = $1) AND digest = $2`,
    values: [path, digest],
  });
  if (!row) throw new Error("no such manifest");
  return row;
}

async function eventsOf(repository: RepositoryName): Promise<readonly string[]> {
  const events = await bench.events();
  return events.filter((event) => event.repository === repository).map(({ action, target }) => `${action} ${target}`);
}

function historyOf(repository: RepositoryName) {
  return database.query<{ tag: string; kind: string; before: string | null; after: string | null; by: string }>({
    text: `SELECT tag, kind, digest_before AS before, digest_after AS after, actor_name AS by FROM tag_event
      WHERE repository_id = (SELECT id FROM repository WHERE path = $1) ORDER BY id`,
    values: [splitRepositoryName(repository).path],
  });
}

const edition = (name: string) => index({ images: [base], annotations: { edition: name } });

describe("what is recorded of a push", () => {
  it("I9: one record for each change, naming what it changed, and none for a push that changes nothing", async () => {
    const repository = bench.repository();
    await push(registry, repository, base, ["v1", "latest"]);
    await push(registry, repository, base, ["latest"]);
    await push(registry, repository, edition("2"), ["latest"]);
    await registry.deleteTag(repository, parseTag("v1"));
    await registry.deleteManifest(repository, edition("2").digest);
    expect(await eventsOf(repository)).toEqual([
      `repository.created ${repository}`,
      `manifest.pushed ${repository}@${base.digest}`,
      `tag.created ${repository}:v1`,
      `tag.created ${repository}:latest`,
      `manifest.pushed ${repository}@${edition("2").digest}`,
      `tag.moved ${repository}:latest`,
      `tag.removed ${repository}:v1`,
      `tag.removed ${repository}:latest`,
      `manifest.deleted ${repository}@${edition("2").digest}`,
    ]);
    const moved = (await bench.events()).find(({ action }) => action === "tag.moved");
    expect(moved).toMatchObject({
      actor: alice,
      organization: "acme",
      before: { digest: base.digest },
      after: { digest: edition("2").digest },
    });
  });

  it("the history of a tag has every change with its actor, in order", async () => {
    const repository = bench.repository();
    await push(registry, repository, base, ["v1"]);
    await push(registry, repository, base, ["v1"]);
    await push(registry, repository, edition("2"), ["v1"]);
    await registry.deleteManifest(repository, edition("2").digest);
    expect(await historyOf(repository)).toEqual([
      { tag: "v1", kind: "created", before: null, after: base.digest, by: "alice" },
      { tag: "v1", kind: "moved", before: base.digest, after: edition("2").digest, by: "alice" },
      { tag: "v1", kind: "removed", before: edition("2").digest, after: null, by: "alice" },
    ]);
  });

  it("F11 I9: where no record can be written nothing has changed", async () => {
    const repository = bench.repository();
    await push(registry, repository, base, ["v1"]);
    const before = await historyOf(repository);
    const { registry: unrecorded } = await bench.reopen({ record: () => Promise.reject(new Error("no record")) });
    const changes = [
      () => push(unrecorded, repository, edition("2"), ["v1", "v2"]),
      () => unrecorded.deleteTag(repository, parseTag("v1")),
      () => unrecorded.deleteManifest(repository, base.digest),
      () => unrecorded.startUpload(bench.repository()),
    ];
    for (const change of changes) await expect(change()).rejects.toThrow("no record");
    expect((await registry.listTags(repository, { limit: 10 })).entries).toEqual(["v1"]);
    const reference = { kind: "digest", digest: edition("2").digest } as const;
    expect(await refusalOf(registry.getManifest(repository, reference))).toBe("MANIFEST_UNKNOWN");
    expect(await historyOf(repository)).toEqual(before);
  });

  it("two first pushes at once make one repository, recorded once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const repository = bench.repository();
      const { registry: other } = await bench.reopen();
      const part = blob(bytes(`round ${round}`));
      await Promise.all([
        pushBlob(registry, repository, part),
        other.startUpload(repository),
        other.putManifest(repository, { ...contentOf(index()), tags: [], mayOverwrite: true }),
      ]);
      const created = (await eventsOf(repository)).filter((event) => event.startsWith("repository.created"));
      expect(created).toHaveLength(1);
      expect((await store.findRepository(repository))?.visibility).toBe("private");
    }
  });

  it("F46: every move of a tag that several processes push at once is in its history, and none is lost", async () => {
    const repository = bench.repository();
    await push(registry, repository, base);
    const { registry: other } = await bench.reopen();
    const editions = Array.from({ length: 16 }, (_, at) => edition(`race ${at}`));
    await Promise.all(editions.map((entry, at) => push(at % 2 ? registry : other, repository, entry, ["latest"])));
    const history = await historyOf(repository);
    expect(history.map(({ kind }) => kind)).toEqual(["created", ...Array(15).fill("moved")]);
    for (const [at, event] of history.entries()) expect(event.before).toBe(history[at - 1]?.after ?? null);
    const latest = await registry.resolveManifest(repository, { kind: "tag", tag: parseTag("latest") });
    expect(latest.digest).toBe(history.at(-1)?.after);
  });
});

describe("what is known of a manifest", () => {
  it("an image has its config's platform and its compressed bytes, however large the config is", async () => {
    const repository = bench.repository();
    for (const length of [10, 100_000]) {
      const platform = { os: "linux", architecture: "arm", variant: "v7", padding: "x".repeat(length) };
      const config = blob(bytes(JSON.stringify(platform)), base.config.descriptor.mediaType);
      const fixture = imageManifest(config, base.layers);
      await push(registry, repository, fixture);
      expect(await rowOf(repository, fixture.digest)).toEqual({
        depth: 0,
        imageBytes: config.content.length + base.layers[0]!.content.length,
        os: "linux",
        architecture: "arm",
        variant: "v7",
      });
    }
  });

  it("an index learns the size of its largest image once all have come, at once and in any order", async () => {
    const repository = bench.repository();
    const children = ["one", "two", "three"].map((name) => image({ layers: [name, "base"] }));
    const sizes = children.map((child) => child.blobs.reduce((sum, part) => sum + part.content.length, 0));
    const sparse = index({ images: children });
    const outer = index({ images: [sparse] });
    await registry.putManifest(repository, { ...contentOf(outer), tags: [], mayOverwrite: true });
    await registry.putManifest(repository, { ...contentOf(sparse), tags: [], mayOverwrite: true });
    expect(await rowOf(repository, sparse.digest)).toMatchObject({ depth: 1, imageBytes: null });
    expect(await rowOf(repository, outer.digest)).toMatchObject({ depth: 2, imageBytes: null });
    const { registry: other } = await bench.reopen();
    await Promise.all(children.map((child, at) => push(at % 2 ? registry : other, repository, child)));
    expect(await rowOf(repository, sparse.digest)).toMatchObject({ depth: 1, imageBytes: Math.max(...sizes) });
    expect(await rowOf(repository, outer.digest)).toMatchObject({ depth: 2, imageBytes: Math.max(...sizes) });
    await registry.deleteManifest(repository, children[0]!.digest);
    expect(await rowOf(repository, outer.digest)).toMatchObject({ depth: 2, imageBytes: null });
  });

  it("an attestation does not count as an image of its index", async () => {
    const repository = bench.repository();
    const child = image({ layers: ["attested"] });
    const attestation = {
      ...image({ layers: ["attestation"] }).descriptor,
      annotations: { "vnd.docker.reference.type": "attestation-manifest" },
    };
    const attested = index({ images: [child], descriptors: [attestation] });
    await push(registry, repository, attested);
    const { imageBytes } = await rowOf(repository, child.digest);
    expect(await rowOf(repository, attested.digest)).toMatchObject({ imageBytes });
  });

  it("B33: an index whose parents came first may not make them too deep (MANIFEST_INVALID)", async () => {
    const repository = bench.repository();
    const innermost = index({ annotations: { name: "innermost" } });
    const chain = [innermost];
    while (chain.length < 9) chain.push(index({ images: [chain.at(-1)!] }));
    const put = (fixture: (typeof chain)[number]) =>
      registry.putManifest(repository, { ...contentOf(fixture), tags: [], mayOverwrite: true });
    for (const fixture of chain.slice(1).reverse()) await put(fixture);
    expect(await refusalOf(put(innermost))).toBe("MANIFEST_INVALID");
    const reference = { kind: "digest", digest: innermost.digest } as const;
    expect(await refusalOf(registry.getManifest(repository, reference))).toBe("MANIFEST_UNKNOWN");
  });

  it("T01: the same bytes are not stored as two media types in one repository (MANIFEST_INVALID)", async () => {
    const repository = bench.repository();
    await push(registry, repository, base);
    const { mediaType: _, ...fields } = JSON.parse(Buffer.from(base.content).toString());
    const content = bytes(JSON.stringify(fields));
    const put = (contentType: string) =>
      registry.putManifest(repository, { content, contentType, tags: [], mayOverwrite: true });
    await put("application/vnd.oci.image.manifest.v1+json");
    expect(await refusalOf(put("application/vnd.docker.distribution.manifest.v2+json"))).toBe("MANIFEST_INVALID");
  });

  it("B27 B58: text that Postgres cannot hold is kept in the manifest's bytes, and breaks nothing", async () => {
    const repository = bench.repository();
    const annotations = { "a\0b": "\0", lone: "\ud800", __proto__x: "y" };
    const odd = imageManifest(
      blob(bytes(JSON.stringify({ os: "li\0nux", architecture: "\ud800" })), base.config.descriptor.mediaType),
      [blob(bytes("odd"), "application/x-\0odd")],
      { annotations, artifactType: "application/x-\0artifact", subject: base.descriptor },
    );
    await push(registry, repository, odd, ["odd"]);
    const stored = await registry.getManifest(repository, { kind: "tag", tag: parseTag("odd") });
    expect(digestOf(stored.content)).toBe(odd.digest);
    const { entries } = await registry.listReferrers(repository, base.digest, { limit: 10 });
    expect(entries[0]).toMatchObject({ digest: odd.digest, annotations: { "a\0b": "\0", __proto__x: "y" } });
    expect(await registry.listTags(repository, { limit: 10, after: "a\0" })).toMatchObject({ entries: ["odd"] });
  });
});

describe("announcements of pushes", () => {
  /** Pushes until the listener hears of one, since listening begins a moment after it is asked for. */
  const listen = async () => {
    const heard: PushEvent[] = [];
    const subscription = store.subscribePushes((event) => heard.push(event));
    const repository = bench.repository();
    for (let at = 0; heard.length === 0; at += 1) {
      if (at > 200) throw new Error("nothing was announced");
      await push(registry, repository, edition(`try ${at}`), ["try"]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { heard, subscription };
  };
  const settle = () => new Promise((resolve) => setTimeout(resolve, 300));

  it("tell every process of a push that changed something, once, and of no other", async () => {
    const { heard, subscription } = await listen();
    const repository = bench.repository();
    const { registry: other } = await bench.reopen();
    await push(other, repository, base);
    const pushed = edition("announced");
    await push(other, repository, pushed, ["v1", "latest"]);
    await push(other, repository, pushed, ["v1", "latest"]);
    await settle();
    const mine = heard.filter((event) => event.repository === repository && event.digest === pushed.digest);
    expect(mine).toEqual([
      {
        repository,
        digest: pushed.digest,
        mediaType: pushed.mediaType,
        tags: ["v1", "latest"],
        at: expect.any(Date),
        by: "alice",
      },
    ]);
    expect(Math.abs(mine[0]!.at.getTime() - Date.now())).toBeLessThan(60_000);
    await subscription.close();
  });

  it("name only the first of very many tags, all of which are pointed", async () => {
    const { heard, subscription } = await listen();
    const repository = bench.repository();
    const tags = Array.from({ length: 100 }, (_, at) => `${String(at).padStart(3, "0")}-${"x".repeat(120)}`);
    await push(registry, repository, base);
    await push(registry, repository, edition("many"), tags);
    await settle();
    const event = heard.find(({ digest }) => digest === edition("many").digest);
    expect(event?.tags).toEqual(tags.slice(0, event?.tags.length));
    expect(event?.tags.length).toBeGreaterThan(10);
    expect((await registry.listTags(repository, { limit: 1000 })).entries).toEqual(tags);
    await subscription.close();
  });
});

describe("visibility", () => {
  it("is private at first, is read anew at each call, and each change of it is recorded once", async () => {
    const repository = bench.repository();
    expect((await store.findRepository(repository))?.visibility).toBeUndefined();
    expect(await refusalOf(store.setVisibility(repository, "public", alice))).toBe("NAME_UNKNOWN");
    await registry.startUpload(repository);
    expect((await store.findRepository(repository))?.visibility).toBe("private");
    const { store: other } = await bench.reopen();
    for (const visibility of ["public", "public", "private"] as const) {
      await other.setVisibility(repository, visibility, alice);
      expect((await store.findRepository(repository))?.visibility).toBe(visibility);
    }
    const changes = (await bench.events()).filter(({ action }) => action === "repository.visibility-changed");
    expect(changes.map(({ before, after }) => [before, after])).toEqual([
      [{ visibility: "private" }, { visibility: "public" }],
      [{ visibility: "public" }, { visibility: "private" }],
    ]);
  });

  it("of a repository without an organization is that of one in library", async () => {
    const repository = joinRepositoryName("library", "alpine");
    expect(repository).toBe("alpine");
    await registry.startUpload(repository);
    expect((await store.findRepository(repository))?.visibility).toBe("private");
    expect((await registry.listRepositories({ limit: 1000 })).entries).toContain("alpine");
  });
});

describe("a manifest by digest", () => {
  it("is served from another repository's bytes only where it was pushed (T15 T17)", async () => {
    const [here, there] = [bench.repository(), bench.repository()];
    const fixture = index({ annotations: { shared: "bytes" } });
    await push(registry, here, fixture);
    await push(registry, there, fixture);
    const reference = { kind: "digest", digest: fixture.digest } as const;
    await registry.getManifest(here, reference);
    await registry.deleteManifest(here, fixture.digest);
    expect(await refusalOf(registry.getManifest(here, reference))).toBe("MANIFEST_UNKNOWN");
    expect(await registry.getManifest(there, reference)).toMatchObject({ digest: fixture.digest });
    const absent = { kind: "digest", digest: formatDigest("sha256", "0".repeat(64)) } as const;
    expect(await refusalOf(registry.getManifest(there, absent))).toBe("MANIFEST_UNKNOWN");
  });
});

function contentOf(fixture: { readonly content: Uint8Array; readonly mediaType: string }) {
  return { content: fixture.content, contentType: fixture.mediaType };
}
