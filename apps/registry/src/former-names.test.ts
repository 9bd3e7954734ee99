import type { Viewer } from "@layerport/accounts";
import { parseReference, type RepositoryName, systemActor } from "@layerport/registry-core";
import { bytes, digestOf, image, push } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { password, repository, startDoor, type TestDoor } from "./test-door.ts";

let door: TestDoor;
let owner: Viewer;
let robot = "";
const content = bytes("what is pushed");
const shop = repository("acme/web-shop");
const upload = (name: string) => `/v2/${name}/blobs/uploads/?digest=${digestOf(content)}`;
const manifest = (name: string) => `/v2/${name}/manifests/latest`;

async function rename(from: RepositoryName, to: string): Promise<void> {
  await door.store?.renameRepository(from, repository(to), systemActor);
}

beforeAll(async () => {
  door = await startDoor({ isStored: true });
  owner = await door.viewerOf(await door.addUser("owner"));
  await door.addUser("stranger");
  await door.accounts.createOrganization(owner, { name: "acme" });
  await push(door.registry, shop, image({ layers: ["shop"] }), ["latest"]);
  const grants = [{ pattern: "acme/web-*", permissions: ["pull"] as const }];
  const { secret } = await door.accounts.createRobot(owner, "acme", { name: "ci", expiresInDays: 1, grants });
  robot = `acme+ci:${secret}`;
});

/** Pulls by a name, again and again, with the secret and with bearer tokens, until it is told to stop. */
function pullLoop(name: string) {
  const statuses: number[] = [];
  let isStopped = false;
  const running = (async () => {
    const { digest } = image({ layers: ["shop"] }).config.descriptor;
    while (!isStopped) {
      const bearer = await door.bearer(robot, `repository:${name}:pull`);
      for (const as of [robot, bearer]) {
        for (const path of [manifest(name), `/v2/${name}/blobs/${digest}`, `/v2/${name}/tags/list`]) {
          statuses.push((await door.send("GET", path, { as })).status);
        }
      }
    }
  })();
  return {
    statuses,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

describe("names are rows: while a robot pulls by the name that it was told", () => {
  it("its repository and its organization are renamed, twice each, and no pull fails", async () => {
    const { accounts } = door;
    const pulling = pullLoop(shop);
    const afterSome = async () => {
      const reached = pulling.statuses.length + 12;
      while (pulling.statuses.length < reached) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    await afterSome();
    await rename(shop, "acme/store");
    await afterSome();
    await accounts.renameOrganization(owner, "acme", "globex");
    await afterSome();
    await rename(repository("globex/store"), "globex/market");
    await afterSome();
    await accounts.renameOrganization(owner, "globex", "initech");
    await afterSome();
    await pulling.stop();
    expect(new Set(pulling.statuses)).toEqual(new Set([200]));
  });

  it("every name pulls the same, and the present one is what it is called", async () => {
    const names = [
      "acme/web-shop",
      "acme/store",
      "globex/store",
      "globex/market",
      "initech/market",
      "initech/web-shop",
    ];
    for (const name of names) {
      const answer = await door.send("GET", manifest(name), { as: robot });
      expect([name, answer.status, answer.headers["docker-content-digest"]]).toEqual([
        name,
        200,
        image({ layers: ["shop"] }).digest,
      ]);
    }
    expect((await door.store?.findRepository(shop))?.names[0]).toBe("initech/market");
  });

  it("T21: an access token for a pattern of old names is for the same repositories, and for no others", async () => {
    const limits = { name: "old", permissions: ["pull"] as const, expiresInDays: 1 };
    const tokenFor = async (pattern: string) => {
      const made = { ...limits, repositoryPatterns: [pattern] };
      return `owner:${(await door.accounts.createAccessToken(owner, made)).secret}`;
    };
    const [byOldName, byOther] = [await tokenFor("acme/web-*"), await tokenFor("acme/api")];
    for (const name of ["acme/web-shop", "initech/market"]) {
      expect((await door.send("GET", manifest(name), { as: byOldName })).status).toBe(200);
      expect((await door.send("GET", manifest(name), { as: byOther })).status).toBe(401);
    }
  });

  it("a push by an old name is refused and told the present one, where the pusher may know it (403)", async () => {
    const pusher = `owner:${password}`;
    for (const name of ["acme/web-shop", "initech/store"]) {
      const answer = await door.send("POST", upload(name), { as: pusher, body: content });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.text)).toEqual({
        errors: [
          {
            code: "DENIED",
            message: `${name} is called initech/market now; use that name`,
            detail: { name, present: "initech/market" },
          },
        ],
      });
      const deleted = await door.send("DELETE", manifest(name), { as: pusher });
      expect(deleted.status).toBe(403);
    }
    const fresh = await door.send("POST", upload("acme/new"), { as: pusher, body: content });
    expect([fresh.status, fresh.text.includes("initech/new")]).toEqual([403, true]);
    expect((await door.send("POST", upload("initech/market"), { as: pusher, body: content })).status).toBe(201);
  });

  it("T16: whoever may not push learns nothing of new names, alike for a renamed, an absent and no repository", async () => {
    for (const as of [robot, `stranger:${password}`, undefined]) {
      const texts = [];
      for (const name of ["acme/web-shop", "acme/absent", "nobody/absent"]) {
        const answer = await door.send("POST", upload(name), { as, body: content });
        expect(answer.status).toBe(401);
        texts.push(answer.text.replaceAll(name, "<name>"));
      }
      expect(new Set(texts).size).toBe(1);
      expect(texts[0]).not.toContain("initech");
    }
    for (const name of ["acme/web-shop", "initech/market"]) {
      expect((await door.send("GET", manifest(name), { as: `stranger:${password}` })).status).toBe(401);
    }
  });

  it("an explanation names the former name by which the grant goes", async () => {
    const subject = { kind: "robot", name: "initech+ci" } as const;
    const { permissions } = await door.accounts.explainAccess(owner, subject, "initech/market");
    expect(permissions[0]).toMatchObject({
      isAllowed: true,
      paths: [{ kind: "grant", pattern: "initech/web-*", formerName: expect.stringMatching(/\/web-shop$/) }],
    });
    expect(permissions[0]?.sentence).toMatch(
      /by a grant on initech\/web-\* \(the repository was called \w+\/web-shop\)\.$/,
    );
  });

  it("a person's own repositories go on by the old name too, and pushes by it are refused", async () => {
    const tool = repository("owner/tool");
    await push(door.registry, tool, image(), ["latest"]);
    const origin = { address: "192.0.2.1" };
    await door.accounts.renameUser(owner, { name: "landlord", password }, origin);
    for (const login of ["owner", "landlord"]) {
      const as = `${login}:${password}`;
      for (const name of ["owner/tool", "landlord/tool"]) {
        expect((await door.send("GET", manifest(name), { as })).status).toBe(200);
      }
      expect((await door.send("POST", upload("owner/tool"), { as, body: content })).status).toBe(403);
      expect((await door.send("POST", upload("landlord/tool"), { as, body: content })).status).toBe(201);
    }
    expect((await door.registry.getManifest(tool, parseReference("latest"))).digest).toBe(image().digest);
  });
});
