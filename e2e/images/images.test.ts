import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRegistryTools, type RegistryTools } from "../clients/registry-tools.ts";
import type { ImageConfig, ImageIndex, ImageManifest } from "./image.ts";
import { type RealImage, type RealImageName, realImageNames, realImages } from "./index.ts";
import { digestOf, mediaTypes, readJsonBlob } from "./oci-layout.ts";
import { listLayer } from "./read-layer.ts";

/** The images; the artifacts hold nothing that could be run. */
const runnable = realImageNames.filter((name) => !name.startsWith("artifact"));

let images: Readonly<Record<RealImageName, RealImage>>;
let tools: RegistryTools;
beforeAll(async () => {
  images = await realImages();
  tools = await openRegistryTools({ registries: [] });
}, 300_000);
afterAll(() => tools?.close());

describe("every real image", () => {
  it.each(realImageNames)("%s: each blob has the digest it is filed under", async (name) => {
    const { layout, transport } = images[name];
    const folder = transport === "oci" ? join(layout, "blobs", "sha256") : layout;
    const blobs = (await readdir(folder)).filter((path) => /^[0-9a-f]{64}/.test(path));
    expect(blobs.length).toBeGreaterThanOrEqual(2);
    for (const blob of blobs) {
      expect(digestOf(await readFile(join(folder, blob)))).toBe(`sha256:${blob.slice(0, 64)}`);
    }
  });

  it.each(realImageNames)(
    "%s: each descriptor says its blob's true size, and each layer its true tar",
    async (name) => {
      const { layout, transport, digest } = images[name];
      const read = (of: string) => readFile(join(layout, transport === "oci" ? `blobs/sha256/${of}` : of));
      const parse = async <Shape>(of: string): Promise<Shape> => {
        const value: Shape = JSON.parse((await read(of)).toString());
        return value;
      };
      const file = (of: string, isManifest: boolean) =>
        transport === "dir" && isManifest ? `${of.slice(7)}.manifest.json` : of.slice(7);
      const top = transport === "dir" ? "manifest.json" : file(digest, true);
      const { manifests, config, layers } = await parse<Partial<ImageIndex & ImageManifest>>(top);
      expect(digestOf(await read(top))).toBe(digest);
      for (const manifest of manifests ?? []) {
        expect((await read(file(manifest.digest, true))).byteLength).toBe(manifest.size);
      }
      for (const blob of config ? [config, ...(layers ?? [])] : []) {
        expect((await read(file(blob.digest, false))).byteLength).toBe(blob.size);
      }
    },
  );

  it.each(realImageNames)("%s: skopeo reads it and sees the same digest and media type", async (name) => {
    const { reference, digest, mediaType } = images[name];
    const raw = (await tools.run("skopeo", ["inspect", "--raw", reference])).stdout;
    const manifest: { mediaType: string } = JSON.parse(raw);
    expect([digestOf(raw), manifest.mediaType]).toEqual([digest, mediaType]);
  });

  it.each(runnable)("%s: skopeo finds the image of each platform", async (name) => {
    const { reference, platforms } = images[name];
    const found = await Promise.all(
      platforms.map(async (platform) => {
        const [, architecture = "", variant = ""] = platform.split("/");
        const own = ["--override-os", "linux", "--override-arch", architecture, "--override-variant", variant];
        const inspected: { Os: string; Architecture: string } = JSON.parse(
          await tools.must("skopeo", [...own, "inspect", reference]),
        );
        return `${inspected.Os}/${inspected.Architecture}`;
      }),
    );
    expect(found).toEqual(platforms.map((platform) => platform.split("/").slice(0, 2).join("/")));
  });
});

describe("a second call", () => {
  it("answers the same images within a second", async () => {
    const startedAt = performance.now();
    expect(await realImages()).toEqual(images);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});

describe("multi-arch", () => {
  it("holds three platforms, and in the attested variant a statement about each", async () => {
    const plain = await readJsonBlob<ImageIndex>(images["multi-arch"].layout, images["multi-arch"].digest);
    const attested = images["multi-arch-attested"];
    const { manifests } = await readJsonBlob<ImageIndex>(attested.layout, attested.digest);
    const statements = manifests.filter(({ platform }) => platform?.architecture === "unknown");
    expect(plain.manifests.map(({ platform }) => platform?.architecture)).toEqual(["amd64", "arm64", "arm"]);
    expect(manifests.slice(0, 3)).toEqual(plain.manifests);
    expect(statements.map(({ annotations }) => annotations?.["vnd.docker.reference.digest"])).toEqual(
      plain.manifests.map(({ digest }) => digest),
    );
  });

  it("is the subject of the artifacts", async () => {
    for (const name of ["artifact-sbom", "artifact-signature"] as const) {
      const { subject, artifactType } = await readJsonBlob<ImageManifest>(images[name].layout, images[name].digest);
      expect(subject?.digest).toBe(images["multi-arch"].digest);
      expect(artifactType).toMatch(/^application\//);
    }
  });
});

describe("node-app", () => {
  it("stands on the Debian image's own layer and tells its whole history", async () => {
    const { layout, digest } = images["node-app"];
    const manifest = await readJsonBlob<ImageManifest>(layout, digest);
    const config = await readJsonBlob<ImageConfig>(layout, manifest.config.digest);
    const base = await readJsonBlob<ImageManifest>(images.debian.layout, images.debian.digest);
    expect(manifest.layers[0]).toEqual(base.layers[0]);
    expect(manifest.layers.length).toBeGreaterThanOrEqual(6);
    expect(config.history.filter((step) => !step.empty_layer)).toHaveLength(manifest.layers.length);
    expect(config.rootfs.diff_ids).toHaveLength(manifest.layers.length);
  });

  it("has the same configuration when its layers are packed by zstd", async () => {
    const gzip = await readJsonBlob<ImageManifest>(images["node-app"].layout, images["node-app"].digest);
    const zstd = await readJsonBlob<ImageManifest>(images.zstd.layout, images.zstd.digest);
    expect(zstd.config).toEqual(gzip.config);
    expect(new Set(zstd.layers.map(({ mediaType }) => mediaType))).toEqual(new Set([mediaTypes.layer.zstd]));
    expect(zstd.layers.map(({ digest }) => digest)).not.toEqual(gzip.layers.map(({ digest }) => digest));
  });

  it("marks deletions in its last layer", async () => {
    const { layout, digest } = images["node-app"];
    const last = (await readJsonBlob<ImageManifest>(layout, digest)).layers.at(-1);
    const paths = last ? await listLayer(layout, last) : [];
    expect(paths).toContain("usr/share/.wh.doc");
    expect(paths).toContain("app/node_modules/undici/docs/.wh..wh..opq");
  });
});

/** Needs what an ordinary container host has: root, or a user with subordinate ids. */
describe("in a container", () => {
  async function container(name: RealImageName): Promise<string> {
    const local = `containers-storage:localhost/${name}:test`;
    await tools.must("skopeo", ["copy", images[name].reference, local]);
    return tools.must("buildah", ["from", "--pull-never", `localhost/${name}:test`]);
  }

  it("busybox runs and answers to the names of its commands", async () => {
    const id = await container("busybox");
    expect(await tools.must("buildah", ["run", id, "echo", "hello"])).toBe("hello");
    expect(await tools.must("buildah", ["run", id, "env", "sh", "-c", "id -un"])).toBe("root");
  });

  it("debian runs its own package manager", async () => {
    const id = await container("debian");
    expect(await tools.must("buildah", ["run", id, "dpkg-query", "-W", "-f", "$" + "{Package}", "bash"])).toBe("bash");
  });

  it.each(["node-app", "zstd"] as const)("%s runs its program as its ordinary user", async (name) => {
    const id = await container(name);
    expect(await tools.must("buildah", ["run", id, "node", "server.mjs", "--version"])).toMatch(
      /^orders 1\.4\.2 on node \d+\.\d+\.\d+, function from undici$/,
    );
    expect(await tools.must("buildah", ["run", id, "id", "-un"])).toBe("node");
  });

  it("node-app shows none of the files that its last layer deletes, and all that it keeps", async () => {
    const id = await container("node-app");
    const list = async (path: string) => (await tools.must("buildah", ["run", id, "ls", "-A", path])).split("\n");
    expect(await list("/app")).toEqual(["README.md", "node_modules", "package.json", "server.mjs", "tools"]);
    expect(await list("/app/tools")).toEqual([""]);
    expect(await list("/app/node_modules/undici/docs")).toEqual(["REMOVED.md"]);
    expect(await list("/app/node_modules/undici")).toContain("index.js");
    expect(await list("/usr/share")).not.toContain("doc");
    expect(await list("/usr/share")).toContain("base-files");
  });
});
