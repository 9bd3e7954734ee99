import { readdir, readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RealImage, type RealImageName, realImageNames, realImages } from "../images/index.ts";
import { digestOf } from "../images/oci-layout.ts";
import { type DebianRegistry, startDebianRegistry } from "./debian-registry.ts";
import { openRegistryTools, type RegistryTools } from "./registry-tools.ts";

let images: Readonly<Record<RealImageName, RealImage>>;
let registry: DebianRegistry;
let tools: RegistryTools;
beforeAll(async () => {
  images = await realImages();
  registry = await startDebianRegistry();
  tools = await openRegistryTools({ registries: [registry.address] });
}, 300_000);
afterAll(async () => {
  await tools?.close();
  await registry?.close();
});

describe("the registry tools", () => {
  it.each(realImageNames)("%s keeps its digest through skopeo's push to a registry", async (name) => {
    const pushed = `docker://${registry.address}/acme/${name}:test`;
    await tools.must("skopeo", ["copy", "--all", "--preserve-digests", images[name].reference, pushed]);
    const { stdout } = await tools.run("skopeo", ["inspect", "--raw", pushed]);
    expect(digestOf(stdout)).toBe(images[name].digest);
  });

  it.each(["podman", "buildah"] as const)("%s pulls what skopeo pushed, by tag and by digest", async (tool) => {
    const { reference, digest } = images["multi-arch"];
    const repository = `${registry.address}/acme/pulled-by-${tool}`;
    await tools.must("skopeo", ["copy", "--all", reference, `docker://${repository}:test`]);
    const byTag = await tools.must(tool, ["pull", "--quiet", `${repository}:test`]);
    expect(await tools.must(tool, ["pull", "--quiet", `${repository}@${digest}`])).toBe(byTag);
    const known = await tools.must(tool, ["images", "--format", "{{.Digest}}", `${repository}:test`]);
    expect(new Set(known.split("\n"))).toEqual(new Set([digest]));
  });

  it("podman runs a container of an image that it pulled", async () => {
    const pushed = `${registry.address}/acme/busybox:run`;
    await tools.must("skopeo", ["copy", images.busybox.reference, `docker://${pushed}`]);
    expect(await tools.must("podman", ["run", "--rm", "--quiet", pushed, "echo", "hello"])).toBe("hello");
  });

  it("keeps two sets apart: an image in one is unknown to the other", async () => {
    const other = await openRegistryTools({ registries: [registry.address] });
    try {
      await tools.must("skopeo", ["copy", images.busybox.reference, "containers-storage:localhost/mine:test"]);
      expect((await tools.run("podman", ["image", "exists", "localhost/mine:test"])).exitCode).toBe(0);
      expect((await other.run("podman", ["image", "exists", "localhost/mine:test"])).exitCode).toBe(1);
    } finally {
      await other.close();
    }
  });

  it("leaves no folder and no mount after close", async () => {
    const other = await openRegistryTools({ registries: [] });
    await other.must("skopeo", ["copy", images.busybox.reference, "containers-storage:localhost/mine:test"]);
    await other.must("buildah", ["mount", await other.must("buildah", ["from", "localhost/mine:test"])]);
    expect(await readFile("/proc/self/mountinfo", "utf8")).toContain(`${other.folder}/`);
    await other.close();
    expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(`${other.folder}/`);
    await expect(readdir(other.folder)).rejects.toThrow("ENOENT");
  });

  it("answers a client's refusal with its exit code and words", async () => {
    const outcome = await tools.run("skopeo", ["inspect", `docker://${registry.address}/acme/absent:test`]);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toContain("manifest unknown");
  });
});
