import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RealImage, realImage } from "../images/index.ts";
import { digestOf } from "../images/oci-layout.ts";
import { type Stack, startLayerport } from "../stack.ts";
import { type Choke, openChoke } from "./choke.ts";
import { manifestBytes } from "./manifest-bytes.ts";
import { makeAdministrator } from "./people.ts";
import { openRegistryTools, type RegistryTools } from "./registry-tools.ts";

const megabyte = 1_000_000;

// What a client has pushed to one host it mounts there from then on, so each test that needs uploads has layers, or a
// host, of its own.
let debian: RealImage;
let app: RealImage;
let zstd: RealImage;
let choke: Choke;
let stack: Stack;
let tools: RegistryTools;
let other: RegistryTools;
let owner = "";
beforeAll(async () => {
  debian = await realImage("debian");
  app = await realImage("node-app");
  zstd = await realImage("zstd");
  choke = await openChoke(() => stack.port);
  stack = await startLayerport({ env: { LAYERPORT_ALLOWED_HOSTS: choke.host } });
  const administrator = await makeAdministrator(stack);
  owner = administrator.username;
  tools = await openRegistryTools({ registries: [stack.host, choke.host] });
  other = await openRegistryTools({ registries: [stack.host] });
  for (const [set, host] of [
    [tools, stack.host],
    [tools, choke.host],
    [other, stack.host],
  ] as const) {
    expect((await set.login(host, administrator)).stderr).toBe("");
  }
}, 300_000);
afterAll(async () => {
  await tools?.close();
  await other?.close();
  await choke?.close();
  await stack?.stop();
});

const copy = (reference: string, to: string) => ["copy", "--all", "--preserve-digests", reference, to];

/** Pulls everything the name leads to; the client hashes each blob as it comes and refuses another one. */
async function expectWhole(image: RealImage, name: string): Promise<void> {
  const folder = join(tools.folder, `back-${name.replaceAll(/\W/g, "-")}`);
  await tools.must("skopeo", copy(`docker://${stack.host}/${name}`, `dir:${folder}`));
  expect(await readFile(join(folder, "manifest.json"))).toEqual(await manifestBytes(image));
}

async function expectAbsent(name: string): Promise<void> {
  const { exitCode, stderr } = await tools.run("skopeo", ["inspect", "--raw", `docker://${stack.host}/${name}`]);
  expect(stderr).toMatch(/manifest unknown|name unknown/);
  expect(exitCode).toBe(1);
}

/** Starts a push and resolves when Layerport holds part of the first layers and gets no more of them. */
async function pushHalf(
  image: RealImage,
  name: string,
): Promise<{ readonly kill: () => void; readonly ended: ReturnType<RegistryTools["run"]> }> {
  const killing = new AbortController();
  const isStuck = choke.arm(5 * megabyte);
  const ended = tools.run("skopeo", copy(image.reference, `docker://${choke.host}/${name}`), {
    signal: killing.signal,
  });
  await Promise.race([
    isStuck,
    ended.then(({ stderr }) => {
      throw new Error(`the push ended before its middle: ${stderr}`);
    }),
  ]);
  return { kill: () => killing.abort(), ended };
}

describe("two clients that push the same layers at once", () => {
  it("both succeed, to two tags and to one, and each pull gives whole images", async () => {
    const names = [`${owner}/same:one`, `${owner}/same:two`];
    const both = (first: string, second: string) =>
      Promise.all([
        tools.must("skopeo", copy(debian.reference, `docker://${stack.host}/${first}`)),
        other.must("skopeo", copy(debian.reference, `docker://${stack.host}/${second}`)),
      ]);
    await both(names[0] ?? "", names[1] ?? "");
    for (const name of names) await expectWhole(debian, name);
    await both(`${owner}/other:one`, `${owner}/other:one`);
    await expectWhole(debian, `${owner}/other:one`);
  });
});

describe("a push that was cut off", () => {
  it("by the end of its client shows nothing, and works when it is tried again", async () => {
    const name = `${owner}/client-killed:test`;
    const { kill, ended } = await pushHalf(app, name);
    kill();
    expect((await ended).exitCode).toBe(128 + 9);
    choke.release();
    await expectAbsent(name);
    await tools.must("skopeo", copy(app.reference, `docker://${choke.host}/${name}`));
    await expectWhole(app, name);
  });

  it("by a kill of every process of Layerport shows nothing, and works when it is tried again", async () => {
    const name = `${owner}/server-killed:test`;
    const { ended } = await pushHalf(zstd, name);
    await stack.killAll();
    choke.release();
    expect((await ended).exitCode).toBe(1);
    await stack.restart();
    await expectAbsent(name);
    await tools.must("skopeo", copy(zstd.reference, `docker://${stack.host}/${name}`));
    await expectWhole(zstd, name);
  });
});

describe("a push that was acknowledged", () => {
  it("is there whole after a kill of every process of Layerport at that moment (I1, I2)", async () => {
    const name = `${owner}/acknowledged:test`;
    await tools.must("skopeo", copy(app.reference, `docker://${stack.host}/${name}`));
    await stack.killAll();
    await stack.restart();
    const { stdout } = await tools.run("skopeo", ["inspect", "--raw", `docker://${stack.host}/${name}`]);
    expect(digestOf(stdout)).toBe(app.digest);
    await expectWhole(app, name);
  });
});
