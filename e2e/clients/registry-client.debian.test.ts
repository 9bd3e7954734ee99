import { openRegistryClient, type RegistryClient } from "@layerport/registry-client";
import { parseRepositoryName, parseTag, type RepositoryName } from "@layerport/registry-core";
import { artifact, blob, bytes, collect, concatenate, digestOf, image, index, push, sending } from "@layerport/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DebianRegistry, startDebianRegistry } from "./debian-registry.ts";

let debian: DebianRegistry;
let client: RegistryClient;
const repository: RepositoryName = parseRepositoryName("acme/team/api");
const amd64 = image({ platform: { os: "linux", architecture: "amd64" }, layers: ["base", "tools"] });
const arm = image({ platform: { os: "linux", architecture: "arm", variant: "v7" }, layers: ["base", "arm"] });
const both = index({ images: [amd64, arm] });
const docker = image({ docker: true, layers: ["base"] });
const large = blob(bytes(3 * 1024 * 1024));
const tags = ["1.0", "1.1", "B", "a", "docker", "latest"];

beforeAll(async () => {
  debian = await startDebianRegistry();
  client = openRegistryClient({ url: `http://${debian.address}`, allowPrivateAddresses: true });
  await push(client, repository, both, ["a", "B", "1.1", "1.0", "latest"]);
  await push(client, repository, docker, ["docker"]);
  await push(client, parseRepositoryName("acme/other"), image(), ["v1"]);
  const { content, descriptor } = large;
  await client.putBlob(repository, descriptor.digest, { bytes: sending(content), length: content.length });
}, 60_000);
afterAll(async () => {
  await client?.close();
  await debian?.close();
});

async function readBlob(...asked: Parameters<RegistryClient["openBlob"]>): Promise<Uint8Array> {
  const opened = await client.openBlob(...asked);
  return collect(opened.chunks());
}

describe("docker-registry, read over HTTP", () => {
  it.each([
    ["an image index", both, "latest"],
    ["a Docker image", docker, "docker"],
    ["an image of an index", amd64, undefined],
  ])("gives %s byte for byte, by tag and by digest", async (_kind, { digest, mediaType, content }, tag) => {
    const references = [
      { kind: "digest", digest } as const,
      ...(tag === undefined ? [] : [{ kind: "tag", tag: parseTag(tag) } as const]),
    ];
    for (const reference of references) {
      const stored = await client.getManifest(repository, reference);
      expect(stored).toMatchObject({ digest, mediaType });
      expect(Buffer.from(stored.content).equals(content)).toBe(true);
      const descriptor = await client.resolveManifest(repository, reference);
      expect(descriptor).toEqual({ digest, mediaType, size: content.length });
    }
  });

  it("says of manifests, blobs and repositories that are not there that they are unknown", async () => {
    const absent = digestOf(bytes("never pushed"));
    for (const reference of [
      { kind: "tag", tag: parseTag("absent") } as const,
      { kind: "digest", digest: absent } as const,
    ]) {
      await expect(client.getManifest(repository, reference)).rejects.toMatchObject({ code: "MANIFEST_UNKNOWN" });
      await expect(client.resolveManifest(repository, reference)).rejects.toMatchObject({ status: 404 });
    }
    await expect(client.openBlob(repository, absent)).rejects.toMatchObject({ code: "BLOB_UNKNOWN", status: 404 });
    await expect(client.resolveBlob(repository, absent)).rejects.toMatchObject({ code: "BLOB_UNKNOWN" });
    const nowhere = parseRepositoryName("no/where");
    await expect(client.listTags(nowhere, { limit: 5 })).rejects.toMatchObject({ code: "NAME_UNKNOWN", status: 404 });
  });

  it("gives blobs, whole and in part, as long as they say they are", async () => {
    const { content, descriptor } = large;
    const { digest } = descriptor;
    expect(await client.resolveBlob(repository, digest)).toMatchObject({ digest, size: content.length });
    expect(Buffer.from(await readBlob(repository, digest)).equals(content)).toBe(true);
    for (const [range, start, end] of [
      [{ kind: "from", start: 500, end: 1_500_000 }, 500, 1_500_000],
      [{ kind: "from", start: 3_000_000 }, 3_000_000, content.length - 1],
      [{ kind: "from", start: 3_000_000, end: 9_000_000 }, 3_000_000, content.length - 1],
      [{ kind: "last", length: 10 }, content.length - 10, content.length - 1],
    ] as const) {
      const opened = await client.openBlob(repository, digest, range);
      expect(opened).toMatchObject({ size: content.length, range: { start, end } });
      expect(Buffer.from(await collect(opened.chunks())).equals(content.subarray(start, end + 1))).toBe(true);
    }
    const beyond = client.openBlob(repository, digest, { kind: "from", start: content.length });
    await expect(beyond).rejects.toMatchObject({ code: "BLOB_UPLOAD_INVALID", status: 416 });
  });

  it("lists tags and repositories in pages, whether it pages them itself or not", async () => {
    expect(await client.listTags(repository, { limit: 100 })).toEqual({ entries: tags, next: undefined });
    for (const limit of [1, 2, 5, 6]) {
      const listed: string[] = [];
      let after: string | undefined;
      do {
        const { entries, next } = await client.listTags(repository, { limit, after });
        expect(entries.length).toBeLessThanOrEqual(limit);
        listed.push(...entries);
        after = next;
      } while (after !== undefined);
      expect(listed).toEqual(tags);
    }
    const first = await client.listRepositories({ limit: 1 });
    expect(first.entries).toEqual(["acme/other"]);
    expect((await client.listRepositories({ limit: 5, after: first.next })).entries).toEqual(["acme/team/api"]);
  });

  it("has no list of referrers, so the tag that stands for it is read", async () => {
    const subject = amd64.descriptor;
    expect(await client.listReferrers(repository, subject.digest, { limit: 5 })).toEqual({
      entries: [],
      next: undefined,
    });
    const referrer = artifact({ subject, artifactType: "application/spdx+json" });
    await push(client, repository, referrer);
    const listed = { ...referrer.descriptor, artifactType: "application/spdx+json" };
    const list = index({ descriptors: [listed] });
    const tag = parseTag(subject.digest.replace(":", "-"));
    await client.putManifest(repository, {
      ...list,
      contentType: list.mediaType,
      digest: undefined,
      tags: [tag],
      mayOverwrite: true,
    });
    const { entries } = await client.listReferrers(repository, subject.digest, { limit: 5 });
    expect(entries.map(({ digest, artifactType }) => [digest, artifactType])).toEqual([
      [referrer.digest, listed.artifactType],
    ]);
    await client.deleteManifest(repository, list.digest);
  });
});

describe("docker-registry, written over HTTP", () => {
  it("takes an upload in chunks, each where the last answer said, and goes on after one out of order", async () => {
    const [first, second] = [bytes(100_000), bytes(70_000)];
    const whole = concatenate([first, second]);
    const { id } = await client.startUpload(repository);
    const append = (content: Uint8Array, start: number) =>
      client.appendChunk(repository, id, { bytes: sending(content), length: content.length, start });
    expect(await append(first, 0)).toEqual({ id, length: first.length });
    await expect(append(second, 10)).rejects.toMatchObject({ code: "BLOB_UPLOAD_INVALID", status: 416 });
    expect(await client.getUpload(repository, id)).toEqual({ id, length: first.length });
    expect(await append(second, first.length)).toEqual({ id, length: whole.length });
    const { digest, size } = await client.completeUpload(repository, id, digestOf(whole));
    expect({ digest, size }).toEqual({ digest: digestOf(whole), size: whole.length });
    expect(Buffer.from(await readBlob(repository, digest)).equals(whole)).toBe(true);
  });

  it("mounts a blob from another repository, and gives nothing where there is none", async () => {
    const target = parseRepositoryName("acme/mounted");
    const { digest } = large.descriptor;
    const source = { kind: "repository", repository } as const;
    expect(await client.mountBlob(target, digest, source)).toMatchObject({ digest, size: large.content.length });
    expect(await client.mountBlob(target, digestOf(bytes("never pushed")), source)).toBeUndefined();
  });
});
