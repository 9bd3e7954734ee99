import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RealImage, type RealImageName, realImageNames, realImages } from "../images/index.ts";
import { digestOf, mediaTypes } from "../images/oci-layout.ts";
import { sharedLayerport } from "../stack.ts";
import { manifestBytes } from "./manifest-bytes.ts";
import { formatCredentials, makePublic, sharedPeople } from "./people.ts";
import { openRegistryTools, type RegistryTools } from "./registry-tools.ts";

const stack = sharedLayerport();
const people = sharedPeople();
const owner = `${stack.host}/${people.administrator.username}`;

let images: Readonly<Record<RealImageName, RealImage>>;
let tools: RegistryTools;
beforeAll(async () => {
  images = await realImages();
  tools = await openRegistryTools({ registries: [stack.host] });
  const { username, password } = people.administrator;
  await tools.must("skopeo", ["login", "--username", username, "--password-stdin", stack.host], { stdin: password });
}, 300_000);
afterAll(() => tools?.close());

async function push(image: RealImage, name: string): Promise<void> {
  await tools.must("skopeo", ["copy", "--all", "--preserve-digests", image.reference, `docker://${name}`]);
}

/** The manifest as the registry sends it, byte for byte. */
async function readManifest(name: string): Promise<string> {
  const { exitCode, stdout, stderr } = await tools.run("skopeo", ["inspect", "--raw", `docker://${name}`]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  return stdout;
}

function mediaTypeOf(manifest: string): unknown {
  return JSON.parse(manifest).mediaType;
}

async function ask(path: string): Promise<Response> {
  const credentials = Buffer.from(formatCredentials(people.administrator)).toString("base64");
  return fetch(`${stack.url}${path}`, { headers: { Authorization: `Basic ${credentials}` } });
}

describe("skopeo", () => {
  it.each(realImageNames)(
    "pushes %s and gets the same bytes back, of the manifest and of everything it names",
    async (name) => {
      const image = images[name];
      const pushed = `${owner}/${name}:test`;
      await push(image, pushed);
      const bytes = await manifestBytes(image);
      expect(Buffer.from(await readManifest(pushed))).toEqual(bytes);
      expect(Buffer.from(await readManifest(`${owner}/${name}@${image.digest}`))).toEqual(bytes);
      // The client hashes each blob as it comes and refuses another one.
      const folder = join(tools.folder, `back-${name}`);
      await tools.must("skopeo", ["copy", "--all", "--preserve-digests", `docker://${pushed}`, `dir:${folder}`]);
      expect(await readFile(join(folder, "manifest.json"))).toEqual(bytes);
    },
  );

  it.each(["deep/er/nested/name", "under_score/dots.and--dashes"])("pushes to the nested name %s", async (path) => {
    await push(images.busybox, `${owner}/${path}:test`);
    expect(digestOf(await readManifest(`${owner}/${path}:test`))).toBe(images.busybox.digest);
  });

  it("pushes to a name of one part, which is the same as library/ before it", async () => {
    await push(images.busybox, `${stack.host}/alone:test`);
    expect(digestOf(await readManifest(`${stack.host}/library/alone:test`))).toBe(images.busybox.digest);
  });

  it("takes layers over from another repository instead of sending them again", async () => {
    await push(images["node-app"], `${owner}/mount-from:test`);
    await push(images["node-app"], `${owner}/mount-to:test`);
    const { layers, config } = JSON.parse(await readManifest(`${owner}/mount-to:test`));
    const uploads = () => requestsTo(`/v2/${people.administrator.username}/mount-to/blobs/uploads/`);
    await expect.poll(async () => (await uploads()).length, { timeout: 10_000 }).toBeGreaterThanOrEqual(layers.length);
    const mounted = (await uploads()).filter(({ endpoint, status }) => endpoint === "end-11" && status === 201);
    expect(mounted).toHaveLength(layers.length);
    // The layers are some 60 MB; of the bytes sent, the configuration's are the most.
    const bytesIn = (await uploads()).reduce((sum, request) => sum + request.bytesIn, 0);
    expect(bytesIn).toBeLessThan(config.size + 200_000);
  });

  it("lists tags, and deletes a manifest with every tag of it and no other", async () => {
    const repository = `${owner}/to-delete`;
    for (const tag of ["one", "two"]) await push(images.busybox, `${repository}:${tag}`);
    await push(images["docker-schema2"], `${repository}:three`);
    const listTags = async () => JSON.parse(await tools.must("skopeo", ["list-tags", `docker://${repository}`])).Tags;
    expect(await listTags()).toEqual(["one", "three", "two"]);
    await tools.must("skopeo", ["delete", `docker://${repository}:one`]);
    expect(await listTags()).toEqual(["three"]);
    const { exitCode, stderr } = await tools.run("skopeo", [
      "inspect",
      `docker://${repository}@${images.busybox.digest}`,
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("manifest unknown");
    expect(digestOf(await readManifest(`${repository}:three`))).toBe(images["docker-schema2"].digest);
  });
});

describe("an artifact that names a subject", () => {
  it("is listed among the subject's referrers, all of them or those of one type", async () => {
    const repository = `${owner}/referrers`;
    const artifacts = [images["artifact-sbom"], images["artifact-signature"]];
    await push(images["multi-arch"], `${repository}:test`);
    for (const [index, artifact] of artifacts.entries()) await push(artifact, `${repository}:artifact-${index}`);
    const path = `/v2/${people.administrator.username}/referrers/referrers/${images["multi-arch"].digest}`;
    const read = async (query: string): Promise<{ digest: string; artifactType: string }[]> => {
      const response = await ask(`${path}${query}`);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe(mediaTypes.index);
      return (await response.json()).manifests;
    };
    const all = await read("");
    expect(new Set(all.map(({ digest }) => digest))).toEqual(new Set(artifacts.map(({ digest }) => digest)));
    const boms = await read(`?artifactType=${encodeURIComponent("application/spdx+json")}`);
    expect(boms.map(({ digest }) => digest)).toEqual([images["artifact-sbom"].digest]);
  });
});

describe.each(["podman", "buildah"] as const)("%s", (tool) => {
  it("pulls what skopeo pushed, by tag and by digest, and is content with the digest", async () => {
    const { digest } = images["multi-arch"];
    const repository = `${owner}/pulled-by-${tool}`;
    await push(images["multi-arch"], `${repository}:test`);
    const byTag = await tools.must(tool, ["pull", "--quiet", `${repository}:test`]);
    expect(await tools.must(tool, ["pull", "--quiet", `${repository}@${digest}`])).toBe(byTag);
    const known = await tools.must(tool, ["images", "--format", "{{.Digest}}", `${repository}:test`]);
    expect(new Set(known.split("\n"))).toEqual(new Set([digest]));
  });

  it.each([
    ["oci", mediaTypes.manifest],
    ["v2s2", mediaTypes.dockerManifest],
  ])("pushes back in the format %s, and another machine runs it", async (format, mediaType) => {
    const from = `${owner}/for-${tool}:test`;
    await push(images.busybox, from);
    await tools.must(tool, ["pull", "--quiet", from]);
    const to = `${owner}/pushed-by-${tool}-as-${format}:test`;
    const digestFile = join(tools.folder, `${tool}-${format}`);
    await tools.must(tool, ["push", "--quiet", "--format", format, "--digestfile", digestFile, from, to]);
    const manifest = await readManifest(to);
    expect(mediaTypeOf(manifest)).toBe(mediaType);
    expect(digestOf(manifest)).toBe((await readFile(digestFile, "utf8")).trim());
    const other = await openRegistryTools({ registries: [stack.host] });
    try {
      await other.login(stack.host, people.administrator);
      expect(await other.must("podman", ["run", "--rm", "--quiet", to, "echo", "hello"])).toBe("hello");
    } finally {
      await other.close();
    }
  });
});

describe("an image that a stranger wants", () => {
  const inspect = (name: string, ...who: string[]) =>
    tools.run("skopeo", ["inspect", "--raw", ...who, `docker://${name}`]);

  it("is pulled without an account when its repository was made public, and not a moment before", async () => {
    const name = `${owner}/opened:test`;
    await push(images.busybox, name);
    expect((await inspect(name, "--no-creds")).exitCode).toBe(1);
    await makePublic(stack, `${people.administrator.username}/opened`);
    expect(digestOf((await inspect(name, "--no-creds")).stdout)).toBe(images.busybox.digest);
    expect(digestOf((await inspect(name, "--creds", formatCredentials(people.stranger))).stdout)).toBe(
      images.busybox.digest,
    );
    const { exitCode, stderr } = await tools.run("skopeo", [
      "copy",
      "--dest-creds",
      formatCredentials(people.stranger),
      images.busybox.reference,
      `docker://${owner}/opened:other`,
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("you have no right to push to");
  });
});

interface LoggedRequest {
  readonly endpoint: string;
  readonly status: number;
  readonly bytesIn: number;
}

/** What the registry has logged of requests to this path. It writes in batches, so the newest may be missing. */
async function requestsTo(path: string): Promise<LoggedRequest[]> {
  const log = await readFile(join(stack.dataDir, "logs", "registry.log"), "utf8");
  return log
    .split("\n")
    .filter((line) => line.includes(`"path":"${path}`) && line.endsWith("}"))
    .map((line): LoggedRequest => JSON.parse(line));
}
