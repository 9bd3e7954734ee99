import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realImage } from "../images/index.ts";
import { digestOf } from "../images/oci-layout.ts";
import { sharedLayerport } from "../stack.ts";
import { startDocker } from "./docker-daemon.ts";
import { sharedPeople } from "./people.ts";
import { type Credentials, openRegistryTools, type RegistryTools } from "./registry-tools.ts";

const stack = sharedLayerport();
const { administrator, stranger, tokens } = sharedPeople();
const owner = `${stack.host}/${administrator.username}`;

const { docker, reason } = await startDocker();
let tools: RegistryTools;
beforeAll(async () => {
  if (!docker) return;
  tools = await openRegistryTools({ registries: [stack.host] });
  await tools.login(stack.host, administrator);
}, 60_000);
afterAll(async () => {
  await docker?.close();
  await tools?.close();
});

if (docker) {
  describe("docker", () => {
    const login = ({ username, password }: Credentials) =>
      docker.run(["login", "--username", username, "--password-stdin", stack.host], { stdin: password });
    const expectRefusal = async (outcome: ReturnType<typeof docker.run>, sentence: string) => {
      const { exitCode, stderr } = await outcome;
      expect(stderr).toContain(sentence);
      expect(exitCode).toBe(1);
    };

    it("is told at a login why not", async () => {
      const wrong = { ...administrator, password: "no quiet river at all" };
      await expectRefusal(login(wrong), "unauthorized: the user name, the password or the token is wrong");
      await expectRefusal(login(tokens.expired), "unauthorized: this access token has expired");
      await expectRefusal(login(tokens.revoked), "unauthorized: this access token was revoked");
    });

    it.each(["busybox", "docker-schema2", "multi-arch"] as const)("pulls %s under its digest", async (name) => {
      const { reference, digest } = await realImage(name);
      const repository = `${owner}/docker-pulls-${name}`;
      await tools.must("skopeo", ["copy", "--all", "--preserve-digests", reference, `docker://${repository}:test`]);
      expect(await login(administrator)).toMatchObject({ exitCode: 0, stdout: "Login Succeeded\n" });
      expect(await docker.must(["pull", `${repository}:test`])).toContain(`Digest: ${digest}`);
      await docker.must(["pull", "--quiet", `${repository}@${digest}`]);
    });

    it("pushes what it pulled byte for byte, and runs what it pushed", async () => {
      const { reference, digest } = await realImage("docker-schema2");
      const from = `${owner}/docker-from:test`;
      const to = `${owner}/docker/to:test`;
      await tools.must("skopeo", ["copy", "--preserve-digests", reference, `docker://${from}`]);
      await login(administrator);
      await docker.must(["pull", "--quiet", from]);
      await docker.must(["tag", from, to]);
      expect(await docker.must(["push", to])).toContain(`test: digest: ${digest}`);
      expect(digestOf((await tools.run("skopeo", ["inspect", "--raw", `docker://${to}`])).stdout)).toBe(digest);
      await docker.must(["image", "rm", to, from]);
      expect(await docker.must(["run", "--rm", "--quiet", "--network", "none", to, "echo", "hello"])).toBe("hello");
    });

    it("is told why it may not push or pull", async () => {
      const { reference } = await realImage("busybox");
      const secret = `${owner}/docker-secret:test`;
      await tools.must("skopeo", ["copy", "--preserve-digests", reference, `docker://${secret}`]);
      await login(administrator);
      await docker.must(["pull", "--quiet", secret]);
      const nowhere = `${stack.host}/nobody/new:test`;
      await docker.must(["tag", secret, nowhere]);
      await expectRefusal(docker.run(["push", nowhere]), "there is no organization nobody");
      await login(stranger);
      await expectRefusal(docker.run(["push", secret]), "denied: you have no right to push to ada/docker-secret");
      const noRight = "is private or does not exist, and you have no right to it";
      await expectRefusal(docker.run(["pull", secret]), `ada/docker-secret ${noRight}`);
      await expectRefusal(docker.run(["pull", `${owner}/docker-absent:test`]), `ada/docker-absent ${noRight}`);
      await docker.must(["logout", stack.host]);
      await expectRefusal(docker.run(["push", secret]), "denied: sign in to push to ada/docker-secret");
      await expectRefusal(docker.run(["pull", secret]), "is private or does not exist: sign in first");
    });
  });
} else {
  it.skip(`docker pushes and pulls (not tried here: ${reason})`, () => {});
}
