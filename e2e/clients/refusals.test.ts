import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RealImage, realImage } from "../images/index.ts";
import { sharedLayerport } from "../stack.ts";
import { formatCredentials, sharedPeople } from "./people.ts";
import { type Credentials, openRegistryTools, type RegistryTools } from "./registry-tools.ts";

const stack = sharedLayerport();
const { administrator, stranger, tokens } = sharedPeople();
const owner = `${stack.host}/${administrator.username}`;
const secret = `${owner}/secret:test`;

let image: RealImage;
let tools: RegistryTools;
beforeAll(async () => {
  image = await realImage("busybox");
  tools = await openRegistryTools({ registries: [stack.host] });
  expect((await push(secret, administrator)).stderr).toBe("");
  await tools.must("skopeo", ["copy", image.reference, `containers-storage:${secret}`]);
}, 300_000);
afterAll(() => tools?.close());

const push = (name: string, who: Credentials) =>
  tools.run("skopeo", [
    "copy",
    "--preserve-digests",
    "--dest-creds",
    formatCredentials(who),
    image.reference,
    `docker://${name}`,
  ]);

const podmanPush = (name: string, who: Credentials) =>
  tools.run("podman", ["push", "--creds", formatCredentials(who), secret, name]);

const inspect = (name: string, who: Credentials | undefined) =>
  tools.run("skopeo", ["inspect", ...(who ? ["--creds", formatCredentials(who)] : ["--no-creds"]), `docker://${name}`]);

const podmanPull = (name: string, who: Credentials) =>
  tools.run("podman", ["pull", "--quiet", "--creds", formatCredentials(who), name]);

const login = (tool: "skopeo" | "podman", { username, password }: Credentials) =>
  tools.run(tool, ["login", "--username", username, "--password-stdin", stack.host], { stdin: password });

/** Fails for everything that would tell a person nothing about what to do. */
async function expectRefusal(outcome: ReturnType<RegistryTools["run"]>, sentence: string): Promise<void> {
  const { exitCode, stderr } = await outcome;
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain("internal error");
  expect(exitCode).not.toBe(0);
}

describe("a client that cannot say who it is", () => {
  it.each(["skopeo", "podman"] as const)(
    "%s logs in with the right password and not with a wrong one",
    async (tool) => {
      await expectRefusal(
        login(tool, { ...administrator, password: "no quiet river at all" }),
        "invalid username/password",
      );
      expect(await login(tool, administrator)).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining("Login Succeeded"),
      });
      await tools.must(tool, ["logout", stack.host]);
    },
  );

  it("is told at a push that its password is wrong", async () => {
    const outcome = push(`${owner}/new:test`, { ...administrator, password: "no quiet river at all" });
    await expectRefusal(outcome, "the user name, the password or the token is wrong");
  });

  it.each([
    ["expired", "this access token has expired; create a new one in the portal"],
    ["revoked", "this access token was revoked; create a new one in the portal"],
  ] as const)("is told that its access token is %s, at a login, a pull and a push", async (token, sentence) => {
    // At a login these two keep the registry's words to themselves.
    await expectRefusal(login("skopeo", tokens[token]), "invalid username/password");
    await expectRefusal(login("podman", tokens[token]), "invalid username/password");
    await expectRefusal(inspect(secret, tokens[token]), sentence);
    await expectRefusal(podmanPull(secret, tokens[token]), sentence);
    await expectRefusal(push(`${owner}/new:test`, tokens[token]), sentence);
    await expectRefusal(podmanPush(`${owner}/new:test`, tokens[token]), sentence);
  });
});

describe("a client without the right", () => {
  it("pulls with a token that may pull, and is told that it may not push or delete with it", async () => {
    expect((await inspect(secret, tokens.readOnly)).exitCode).toBe(0);
    await expectRefusal(push(`${owner}/new:test`, tokens.readOnly), "you have no right to push to ada/new");
    await expectRefusal(podmanPush(`${owner}/new:test`, tokens.readOnly), "you have no right to push to ada/new");
    const creds = formatCredentials(tokens.readOnly);
    const deletion = tools.run("skopeo", ["delete", "--creds", creds, `docker://${secret}`]);
    await expectRefusal(deletion, "you have no right to delete from ada/secret");
    expect((await inspect(secret, administrator)).exitCode).toBe(0);
  });

  it("is told so at a push to somebody else's organization, and nothing is there afterwards", async () => {
    const sentence = "ada/theirs is private or does not exist, and you have no right to it";
    await expectRefusal(push(`${owner}/theirs:test`, stranger), sentence);
    await expectRefusal(podmanPush(`${owner}/theirs:test`, stranger), sentence);
    await expectRefusal(inspect(`${owner}/theirs:test`, administrator), "repository name not known to registry");
  });

  it("is told so at a pull, in the same words whether the repository is private or absent", async () => {
    const words = async (path: string, who: Credentials | undefined) => {
      const { exitCode, stderr } = await inspect(`${owner}/${path}:test`, who);
      expect(exitCode).toBe(1);
      return stderr.replace(/time="[^"]*" /, "").replaceAll(path, "it");
    };
    for (const who of [stranger, undefined]) {
      const ofPrivate = await words("secret", who);
      expect(ofPrivate).toContain("ada/it is private or does not exist");
      expect(await words("absent", who)).toBe(ofPrivate);
    }
    await expectRefusal(
      podmanPull(secret, stranger),
      "ada/secret is private or does not exist, and you have no right to it",
    );
    await expectRefusal(inspect(secret, undefined), "ada/secret is private or does not exist: sign in first");
  });

  it("is told at a push to an organization that does not exist that there is none", async () => {
    const name = `${stack.host}/nobody/new:test`;
    await expectRefusal(push(name, administrator), "there is no organization nobody; create it in the portal first");
    await expectRefusal(podmanPush(name, administrator), "there is no organization nobody");
    // Who has no right there learns no more than of any other repository.
    await expectRefusal(push(name, stranger), "nobody/new is private or does not exist, and you have no right to it");
  });
});
