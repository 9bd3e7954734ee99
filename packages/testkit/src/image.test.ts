import { gunzipSync } from "node:zlib";
import { mediaTypes, parseManifest, parseRepositoryName, readImageConfig } from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { bytes, collect, concatenate, digestOf, sending, sendingThenFailing } from "./bytes.ts";
import { artifact, blob, image, index, type ManifestFixture, push } from "./image.ts";
import { memoryRegistry } from "./memory-registry.ts";
import { tar } from "./tar.ts";

const text = (content: Uint8Array) => new TextDecoder().decode(content);

/** Name and content of every file of an archive, each header's checksum checked. */
function filesOf(archive: Uint8Array): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (let at = 0; archive[at] !== 0; ) {
    const header = archive.slice(at, at + 512);
    const octal = (from: number, to: number) => Number.parseInt(text(header.subarray(from, to)), 8);
    const [size, checksum] = [octal(124, 136), octal(148, 156)];
    header.fill(0x20, 148, 156);
    expect(header.reduce((sum, byte) => sum + byte, 0)).toBe(checksum);
    expect(text(header.subarray(257, 263))).toBe("ustar\u0000");
    const name = text(header.subarray(0, 100)).replaceAll("\u0000", "");
    files[name] = text(archive.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

describe("an image made for a test", () => {
  const made = image({
    layers: ["base", "tools"],
    platform: { os: "linux", architecture: "arm", variant: "v7" },
    labels: { a: "b" },
    annotations: { title: "a test" },
  });

  it("has layers that are compressed archives with files in them", () => {
    const [base, tools] = made.layers.map((layer) => filesOf(gunzipSync(layer.content)));
    expect(base).toEqual({ "layers/base.txt": "the base layer\n", "bin/base": "base" });
    expect(Object.keys(tools ?? {})).toContain("bin/tools");
  });

  it("has a config that fits its layers", () => {
    expect(readImageConfig(made.config.content)).toMatchObject({
      platform: { os: "linux", architecture: "arm", variant: "v7" },
      entrypoint: ["/bin/tools"],
      labels: { a: "b" },
      history: [{ createdBy: "COPY base /" }, { createdBy: "COPY tools /" }],
    });
    const { rootfs } = JSON.parse(text(made.config.content));
    expect(rootfs.diff_ids).toEqual(made.layers.map((layer) => digestOf(gunzipSync(layer.content))));
  });

  it("has a manifest that names exactly these bytes", () => {
    const parsed = parseManifest(made.content, made.mediaType);
    expect(parsed).toMatchObject({
      kind: "image",
      mediaType: mediaTypes.ociManifest,
      config: made.config.descriptor,
      layers: made.layers.map((layer) => layer.descriptor),
      annotations: { title: "a test" },
    });
    expect(made.digest).toBe(digestOf(made.content));
    for (const { content, descriptor } of [made, ...made.blobs]) {
      expect(descriptor).toMatchObject({ digest: digestOf(content), size: content.length });
    }
  });

  it("is the same at every call, and shares layers of the same name with others", () => {
    expect(image().digest).toBe(image().digest);
    expect(image({ layers: ["other", "base"] }).layers[1]).toEqual(image().layers[0]);
    expect(image({ layers: ["other"] }).digest).not.toBe(image().digest);
  });

  it("may be Docker's, and may be named by sha512 throughout", () => {
    const docker = image({ docker: true });
    expect(parseManifest(docker.content, undefined).mediaType).toBe(mediaTypes.dockerManifest);
    expect(docker.config.descriptor.mediaType).toBe(mediaTypes.dockerConfig);
    const named = image({ algorithm: "sha512" });
    for (const { descriptor } of [named, ...named.blobs]) expect(descriptor.digest).toMatch(/^sha512:/);
  });
});

describe("an index and an artifact made for a test", () => {
  it("list, or point at, the manifests that they were given", () => {
    const windows = image({ platform: { os: "windows", architecture: "amd64", osVersion: "10.0.1" } });
    const parsed = parseManifest(index({ images: [windows] }).content, undefined);
    expect(parsed).toMatchObject({ kind: "index", manifests: [windows.descriptor] });
    const about = parseManifest(artifact({ subject: windows.descriptor, artifactType: "text/x" }).content, undefined);
    expect(about).toMatchObject({
      artifactType: "text/x",
      subject: { digest: windows.digest },
      config: { mediaType: mediaTypes.ociEmpty, digest: digestOf(bytes("{}")) },
    });
  });

  it("are pushed with all that they need", async () => {
    const registry = memoryRegistry({ organizations: ["acme"] }).registryFor();
    const repository = parseRepositoryName("acme/api");
    const nested: ManifestFixture = index({ images: [index({ images: [image()] }), artifact()] });
    const receipt = await push(registry, repository, nested, ["v1"]);
    expect(receipt).toMatchObject({ descriptor: { digest: nested.digest }, tags: ["v1"] });
    for (const { digest } of [image(), artifact(), index({ images: [image()] })]) {
      expect((await registry.getManifest(repository, { kind: "digest", digest })).digest).toBe(digest);
    }
  });
});

describe("bytes made for a test", () => {
  it("are as many as asked for, the same at every call, and look random", () => {
    expect(bytes(100_000)).toEqual(bytes(100_000));
    expect(bytes(0)).toHaveLength(0);
    expect(digestOf(bytes(1000))).not.toBe(digestOf(bytes(1001).subarray(0, 1000)));
    const counts = new Map<number, number>();
    for (const byte of bytes(256 * 100)) counts.set(byte, (counts.get(byte) ?? 0) + 1);
    expect(counts.size).toBe(256);
    expect(Math.max(...counts.values())).toBeLessThan(200);
  });

  it("arrive as they were sent, and a sender that breaks off fails after what it sent", async () => {
    const parts = [bytes("a"), bytes(0), bytes("bc")];
    expect(text(await collect(sending(...parts)))).toBe("abc");
    expect(text(concatenate(parts))).toBe("abc");
    const received: string[] = [];
    const broken = async () => {
      for await (const part of sendingThenFailing(new Error("broke off"), ...parts)) received.push(text(part));
    };
    await expect(broken()).rejects.toThrow("broke off");
    expect(received.join("")).toBe("abc");
  });

  it("make an archive whose files are those given, of any size", () => {
    const files = { empty: "", "a/b/c": "x".repeat(512), d: "y".repeat(513) };
    expect(filesOf(tar(files))).toEqual(files);
    expect(tar(files).length % 512).toBe(0);
    expect(() => tar({ ["x".repeat(101)]: "" })).toThrow("101 bytes");
    // Blobs are whatever they are given.
    expect(blob(tar(files)).descriptor.size).toBe(tar(files).length);
  });
});
