import { setTimeout as delay } from "node:timers/promises";
import type { Viewer } from "@layerport/accounts";
import { bytes, digestOf, image, push } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { password, repository, startDoor, type TestDoor } from "./test-door.ts";

const name = repository("acme/web-shop");
const content = bytes("what is written in a loop");
const writePath = `/v2/${name}/blobs/uploads/?digest=${digestOf(content)}`;
const readPath = `/v2/${name}/manifests/latest`;
const scope = `repository:${name}:pull,push`;

let door: TestDoor;
/** Two registry processes, as they stand behind one address. */
let nodes: readonly Pick<TestDoor, "send">[];
let owner: Viewer;

beforeAll(async () => {
  door = await startDoor({ organizations: ["acme"] });
  nodes = [door, await door.startAnother()];
  owner = await door.viewerOf(await door.addUser("owner"));
  await door.accounts.createOrganization(owner, { name: "acme" });
  await push(door.registry, name, image(), ["latest"]);
});

/** A request that was accepted or not, and when it was sent. */
interface Attempt {
  readonly kind: "read" | "write";
  readonly sentAt: number;
  readonly isAccepted: boolean;
  readonly status: number;
}

interface Loop {
  readonly attempts: readonly Attempt[];
  stop(): Promise<void>;
}

/** Reads through one process and writes through the other, again and again, with one credential. */
function loop(credential: string, [reads, writes]: readonly Pick<TestDoor, "send">[]): Loop {
  const attempts: Attempt[] = [];
  let isStopped = false;
  const repeat = async (kind: Attempt["kind"], send: () => Promise<{ status: number }> | undefined) => {
    while (!isStopped) {
      const sentAt = performance.now();
      const status = (await send())?.status ?? 0;
      attempts.push({ kind, sentAt, status, isAccepted: status < 300 });
    }
  };
  const running = Promise.all([
    repeat("read", () => reads?.send("GET", readPath, { as: credential })),
    repeat("write", () => writes?.send("POST", writePath, { as: credential, body: content })),
  ]);
  return {
    attempts,
    async stop() {
      isStopped = true;
      await running;
    },
  };
}

const count = (attempts: readonly Attempt[], wanted: (attempt: Attempt) => boolean) => {
  const kinds = (["read", "write"] as const).map((kind) => attempts.filter((one) => one.kind === kind && wanted(one)));
  return Math.min(...kinds.map(({ length }) => length));
};

async function until(reached: () => boolean): Promise<void> {
  const endsAt = performance.now() + 15_000;
  while (!reached()) {
    if (performance.now() > endsAt) throw new Error("it was not reached in time");
    await delay(5);
  }
}

/** Every loop is accepted before the revocation, and nothing that is sent after its commit is accepted on either node. */
async function expectRevoked(credentials: ReadonlyMap<string, string>, revoke: () => Promise<unknown>): Promise<void> {
  const loops = [...credentials].flatMap(([kind, credential]) =>
    [nodes, nodes.toReversed()].map((order) => ({ kind, ...loop(credential, order) })),
  );
  try {
    await until(() => loops.every(({ attempts }) => count(attempts, ({ isAccepted }) => isAccepted) >= 2));
    await revoke();
    const committedAt = performance.now();
    await until(() => loops.every(({ attempts }) => count(attempts, ({ sentAt }) => sentAt > committedAt) >= 2));
    for (const { kind, attempts } of loops) {
      // Who goes on with a secret that nobody has is told after a while that these are too many guesses.
      const accepted = attempts.filter(
        ({ sentAt, status }) => sentAt > committedAt && status !== 401 && status !== 429,
      );
      expect([kind, accepted]).toEqual([kind, []]);
    }
  } finally {
    await Promise.all(loops.map((one) => one.stop()));
  }
}

interface Person {
  readonly viewer: Viewer;
  readonly tokenId: string;
  readonly credentials: ReadonlyMap<string, string>;
}

/** A member who may push, with each kind of credential. */
async function addPerson(user: string, right: "role" | "team"): Promise<Person> {
  const { accounts } = door;
  const withPassword = await door.addUser(user);
  const viewer = await door.viewerOf(withPassword);
  await accounts.addMember(owner, { organization: "acme", user, role: right === "role" ? "writer" : undefined });
  if (right === "team") {
    await accounts.createTeam(owner, "acme", { name: user });
    await accounts.addTeamMember(owner, { organization: "acme", team: user }, user);
    const principal = { kind: "team", name: user } as const;
    await accounts.createGrant(owner, "acme", { principal, pattern: "acme/web-*", permissions: ["push"] });
  }
  const made = { name: "loop", permissions: ["push"] as const, repositoryPatterns: ["acme/**"], expiresInDays: 1 };
  const { secret, accessToken } = await accounts.createAccessToken(viewer, made);
  const withToken = `${user}:${secret}`;
  return {
    viewer,
    tokenId: accessToken.id,
    credentials: new Map([
      ["password", withPassword],
      ["bearer token by password", await door.bearer(withPassword, scope)],
      ["access token", withToken],
      ["bearer token by access token", await door.bearer(withToken, scope)],
    ]),
  };
}

function only(credentials: ReadonlyMap<string, string>, part: string): ReadonlyMap<string, string> {
  return new Map([...credentials].filter(([kind]) => kind.endsWith(part)));
}

async function addRobot(robot: string) {
  const grants = [{ pattern: "acme/web-*", permissions: ["push"] as const }];
  const made = await door.accounts.createRobot(owner, "acme", { name: robot, expiresInDays: 1, grants });
  const login = `acme+${robot}:${made.secret}`;
  const credentials = new Map([
    ["secret", login],
    ["bearer token by secret", await door.bearer(login, scope)],
  ]);
  return { ...made, credentials };
}

describe("T18, §6.5: on two registry processes nothing sent after the commit is accepted", () => {
  it("when a user is suspended, by any credential", async () => {
    const { credentials } = await addPerson("suspended", "role");
    await expectRevoked(credentials, () => door.accounts.suspendUser(door.administrator, "suspended"));
  });

  it("when a member is removed, by any credential", async () => {
    const { credentials } = await addPerson("removed", "role");
    await expectRevoked(credentials, () =>
      door.accounts.removeMember(owner, { organization: "acme", user: "removed" }),
    );
  });

  it("when a member's role is lowered below what it takes, by any credential: writes end, reads go on", async () => {
    const { credentials } = await addPerson("lowered", "role");
    await door.accounts.addMember(owner, { organization: "acme", user: "lowered", role: "reader" });
    for (const credential of credentials.values()) {
      for (const node of nodes) {
        expect((await node.send("POST", writePath, { as: credential, body: content })).status).toBe(401);
        expect((await node.send("GET", readPath, { as: credential })).status).toBe(200);
      }
    }
  });

  it("when a member leaves the team that had the grant, by any credential, where members have no role", async () => {
    await door.accounts.changeOrganization(owner, "acme", { defaultRole: "none" });
    const { credentials } = await addPerson("teamless", "team");
    await expectRevoked(credentials, () =>
      door.accounts.removeTeamMember(owner, { organization: "acme", team: "teamless" }, "teamless"),
    );
  });

  it("when a grant is removed, by any credential", async () => {
    const { credentials } = await addPerson("ungranted", "team");
    const principal = { kind: "team", name: "ungranted" } as const;
    const [grant] = await door.accounts.listGrants(owner, "acme", { principal });
    await expectRevoked(credentials, () => door.accounts.removeGrant(owner, "acme", grant?.id ?? ""));
  });

  it("when an access token is revoked, by it and by the bearer tokens made with it, and by no other", async () => {
    const { viewer, tokenId, credentials } = await addPerson("revoked", "role");
    await expectRevoked(only(credentials, "access token"), () => door.accounts.revokeAccessToken(viewer, tokenId));
    for (const credential of only(credentials, "password").values()) {
      expect((await door.send("GET", readPath, { as: credential })).status).toBe(200);
    }
  });

  it("when a password is changed, by it and by the bearer tokens made with it; access tokens stay", async () => {
    const { viewer, credentials } = await addPerson("changed", "role");
    const change = { password, newPassword: "another long quiet river" };
    await expectRevoked(only(credentials, "password"), () =>
      door.accounts.changePassword(viewer, change, { address: "192.0.2.1" }),
    );
    expect((await door.send("GET", readPath, { as: credentials.get("access token") })).status).toBe(200);
  });

  it("when an administrator is none any more, in repositories of others", async () => {
    const login = await door.addUser("deputy");
    await door.accounts.changeUserRoles(door.administrator, { name: "deputy", roles: { isAdministrator: true } });
    const credentials = new Map([
      ["password", login],
      ["bearer token by password", await door.bearer(login, scope)],
    ]);
    await expectRevoked(credentials, () =>
      door.accounts.changeUserRoles(door.administrator, { name: "deputy", roles: { isAdministrator: false } }),
    );
  });

  it("and nothing fails while a robot's secret is rotated", async () => {
    const { credentials } = await addRobot("rotated");
    const loops = [...credentials.values()].map((credential) => loop(credential, nodes));
    await until(() => loops.every(({ attempts }) => count(attempts, () => true) >= 2));
    const fresh = await door.accounts.rotateRobotSecret(owner, "acme", { robot: "rotated", expiresInDays: 1 });
    loops.push(loop(`acme+rotated:${fresh.secret}`, nodes));
    await until(() => loops.every(({ attempts }) => count(attempts, () => true) >= 6));
    await Promise.all(loops.map((one) => one.stop()));
    for (const { attempts } of loops) expect(attempts.filter(({ isAccepted }) => !isAccepted)).toEqual([]);
  });

  it.each(["suspended", "revoked", "ungranted", "deleted"] as const)(
    "when a robot is %s, by its secret and by the bearer tokens made with it",
    async (cause) => {
      const { accounts } = door;
      const { robot, credentials } = await addRobot(cause);
      const revocations = {
        suspended: () => accounts.suspendRobot(owner, "acme", cause),
        revoked: () => accounts.revokeRobotSecret(owner, "acme", { robot: cause, id: robot.secrets[0]?.id ?? "" }),
        ungranted: () => accounts.removeGrant(owner, "acme", robot.grants[0]?.id ?? ""),
        deleted: () => accounts.deleteRobot(owner, "acme", cause),
      };
      await expectRevoked(credentials, revocations[cause]);
    },
  );
});
