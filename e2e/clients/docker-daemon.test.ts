import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { realImage } from "../images/index.ts";
import { type DebianRegistry, startDebianRegistry } from "./debian-registry.ts";
import { type DockerDaemon, type DockerStart, startDocker } from "./docker-daemon.ts";
import { openRegistryTools, type RegistryTools } from "./registry-tools.ts";

let start: DockerStart;
let docker: DockerDaemon;
let registry: DebianRegistry | undefined;
let tools: RegistryTools;
let address = "";
beforeAll(async () => {
  start = await startDocker();
  if (start.docker) {
    docker = start.docker;
    registry = await startDebianRegistry();
    address = registry.address;
    tools = await openRegistryTools({ registries: [address] });
  }
}, 300_000);
afterAll(async () => {
  await start?.docker?.close();
  await tools?.close();
  await registry?.close();
});

describe("docker", () => {
  beforeEach(({ skip }) => {
    if (!start.docker) {
      skip(start.reason);
    }
  });

  it.each(["busybox", "docker-schema2", "multi-arch"] as const)("pulls %s by tag under its digest", async (name) => {
    const { reference, digest } = await realImage(name);
    const pulled = `${address}/acme/${name}`;
    await tools.must("skopeo", ["copy", "--all", "--preserve-digests", reference, `docker://${pulled}:test`]);
    await docker.must(["pull", "--quiet", `${pulled}:test`]);
    const digests: string[] = JSON.parse(
      await docker.must(["image", "inspect", "--format", "{{json .RepoDigests}}", `${pulled}:test`]),
    );
    expect(digests).toContain(`${pulled}@${digest}`);
  });

  it("pushes an image that it pulled, byte for byte", async () => {
    const { reference, digest } = await realImage("docker-schema2");
    const from = `${address}/acme/from:test`;
    const to = `${address}/acme/to`;
    await tools.must("skopeo", ["copy", "--preserve-digests", reference, `docker://${from}`]);
    await docker.must(["pull", "--quiet", from]);
    await docker.must(["tag", from, `${to}:test`]);
    expect(await docker.must(["push", `${to}:test`])).toContain(`test: digest: ${digest}`);
    await tools.must("skopeo", ["inspect", `docker://${to}@${digest}`]);
  });

  it("runs what it pulled", async () => {
    const { reference } = await realImage("busybox");
    const pulled = `${address}/acme/run:test`;
    await tools.must("skopeo", ["copy", "--preserve-digests", reference, `docker://${pulled}`]);
    expect(await docker.must(["run", "--rm", "--quiet", "--network", "none", pulled, "echo", "hello"])).toBe("hello");
  });
});
