import { type IncomingMessage, type Server, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { openAccounts, readSecrets, type Viewer } from "@layerport/accounts";
import { openDatabase } from "@layerport/database";
import {
  formatDigest,
  parseRepositoryName,
  parseTag,
  type RepositoryName,
  type Visibility,
} from "@layerport/registry-core";
import type { PushEvent } from "@layerport/registry-store";
import { testDatabase, testSecrets } from "@layerport/testkit";
import { encode } from "next-auth/jwt";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { openLivePushes } from "./live-pushes.ts";
import { openLog } from "./log.ts";
import { openMetrics } from "./metrics.ts";
import { createWorkerServer } from "./server.ts";
import { openSessionCookies } from "./viewer-cookie.ts";

const publicUrl = "http://localhost:5000";
const password = "a long quiet river";
const origin = { address: "192.0.2.1" };
const database = openDatabase({ url: await testDatabase(), connections: 5 });
const secrets = readSecrets(testSecrets());
const visibilities = new Map<RepositoryName, Visibility>();
const accounts = openAccounts({
  database,
  secrets,
  publicUrl,
  findRepository: async (repository) => {
    const visibility = visibilities.get(repository);
    return visibility && { visibility, names: [repository] };
  },
  repositoriesOf: async () => [],
});
const metrics = openMetrics();
const log = openLog("silent");
const receivers = new Set<(push: PushEvent) => void>();
const missers = new Set<() => void>();
let isDraining = false;
const livePushes = openLivePushes({
  accounts,
  metrics,
  log,
  heartbeatMs: 200,
  recheckMs: 300,
  store: {
    subscribePushes(receive, missed) {
      receivers.add(receive);
      if (missed) missers.add(missed);
      return { close: async () => receivers.clear() };
    },
  },
});
const server: Server = createWorkerServer({
  accounts,
  livePushes,
  sessionCookies: openSessionCookies(publicUrl, secrets.sessionSecret),
  publicUrl,
  metrics,
  metricsToken: secrets.metricsToken,
  checkReadiness: () => database.ping(),
  isDraining: () => isDraining,
  log,
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;

const { session } = await accounts.createFirstAdministrator(
  { setupToken: secrets.setupToken ?? "", name: "ada", email: "ada@example.test", password },
  origin,
);
const administrator = await signedIn(session.id);
const mia = await addUser("mia");
const eve = await addUser("eve");

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

afterAll(async () => {
  await livePushes.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await accounts.close();
  await database.close();
});

async function signedIn(sessionId: string): Promise<Viewer> {
  const viewer = await accounts.findViewer(sessionId);
  if (viewer === undefined) throw new Error("nobody is signed in");
  return viewer;
}

async function addUser(name: string): Promise<Viewer> {
  await accounts.createUser(administrator, { name, email: `${name}@example.test`, password });
  return signIn(name);
}

async function signIn(nameOrEmail: string): Promise<Viewer> {
  return signedIn((await accounts.signIn({ nameOrEmail, password, ...origin })).session.id);
}

async function cookieOf(viewer: Viewer, secret = secrets.sessionSecret): Promise<string> {
  const token = await encode({ token: { sessionId: viewer.sessionId }, secret });
  return `theme=dark; next-auth.session-token=${token}; other=1`;
}

function pushTo(name: string, by = "somebody"): void {
  const push: PushEvent = {
    repository: parseRepositoryName(name),
    digest: formatDigest("sha256", "0".repeat(64)),
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    tags: [parseTag("latest")],
    at: new Date(0),
    by,
  };
  for (const receive of receivers) receive(push);
}

interface Listening {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: () => string;
  readonly pushes: () => string[];
  readonly ended: Promise<void>;
}

function listen(headers: Record<string, string> = {}, query = "", method = "GET"): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const request = sendRequest(
      { port, host: "127.0.0.1", path: `/live/pushes${query}`, headers, method },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        const ended = new Promise<void>((done) => response.once("close", done));
        closers.push(() => request.destroy());
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: () => text,
          pushes: () =>
            [...text.matchAll(/^event: push\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? "").repository),
          ended,
        });
      },
    );
    request.on("error", reject);
    request.end();
  });
}

async function until(isDone: () => boolean): Promise<void> {
  for (let tries = 0; !isDone(); tries += 1) {
    if (tries > 200) throw new Error("it did not happen within five seconds");
    await delay(25);
  }
}

describe("a stream of pushes", () => {
  it("tells at once what the viewer may pull, with how to come back and signs of life", async () => {
    const stream = await listen({ cookie: await cookieOf(mia) });
    expect(stream.status).toBe(200);
    expect(stream.headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    });
    pushTo("mia/api", "mia");
    await until(() => stream.pushes().length === 1);
    expect(stream.text()).toMatch(/^retry: 3000\n\n/);
    expect(JSON.parse(/data: (.*)/.exec(stream.text())?.[1] ?? "")).toEqual({
      repository: "mia/api",
      digest: `sha256:${"0".repeat(64)}`,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      tags: ["latest"],
      at: "1970-01-01T00:00:00.000Z",
      by: "mia",
    });
    await until(() => stream.text().includes(": still here\n\n"));
  });

  it("tenant boundary: tells nobody of a private repository that they may not pull, not even that it was pushed to", async () => {
    const streams = await Promise.all([
      listen({ cookie: await cookieOf(eve) }),
      listen({ cookie: await cookieOf(mia) }),
      listen(),
    ]);
    pushTo("mia/secret");
    pushTo("eve/own");
    await until(() => streams[0].pushes().length > 0 && streams[1].pushes().length > 0);
    expect(streams.map((stream) => stream.pushes())).toEqual([["eve/own"], ["mia/secret"], []]);
  });

  it("keeps the order of the pushes, and takes one repository's only where it is asked to", async () => {
    const all = await listen({ cookie: await cookieOf(mia) });
    const one = await listen({ cookie: await cookieOf(mia) }, "?repository=mia%2Fapi");
    const names = Array.from({ length: 30 }, (_, place) => (place % 3 === 0 ? "mia/api" : `mia/x${place}`));
    for (const name of names) pushTo(name);
    await until(() => all.pushes().length === 30);
    expect(all.pushes()).toEqual(names);
    expect(one.pushes()).toEqual(names.filter((name) => name === "mia/api"));
  });

  it("tells everybody when pushes may have gone untold, so that pages are looked at again", async () => {
    const stream = await listen({ cookie: await cookieOf(mia) });
    for (const missed of missers) missed();
    await until(() => stream.text().includes("event: missed\ndata: {}\n\n"));
    expect(stream.pushes()).toEqual([]);
  });

  it("tells strangers of public repositories, only where the instance lets them pull", async () => {
    visibilities.set(parseRepositoryName("mia/site"), "public");
    const stranger = await listen();
    const told = await listen({ cookie: await cookieOf(eve) });
    pushTo("mia/site");
    await until(() => told.pushes().length === 1);
    expect(stranger.pushes()).toEqual([]);
    await accounts.changeSettings(administrator, { anonymousPull: true });
    pushTo("mia/site");
    await until(() => stranger.pushes().length === 1);
    await accounts.changeSettings(administrator, { anonymousPull: false });
  });

  it("tells nothing more of an organization from the moment the viewer is no member of it", async () => {
    await accounts.createOrganization(mia, { name: "acme" });
    await accounts.addMember(mia, { organization: "acme", user: "eve", role: "reader" });
    const stream = await listen({ cookie: await cookieOf(eve) });
    pushTo("acme/api");
    await until(() => stream.pushes().length === 1);
    await accounts.removeMember(mia, { organization: "acme", user: "eve" });
    pushTo("acme/api");
    pushTo("eve/own");
    await until(() => stream.pushes().length === 2);
    expect(stream.pushes()).toEqual(["acme/api", "eve/own"]);
  });
});

describe("§6.5, a stream ends", () => {
  it("when its browser signs out, at once, and the other browsers' go on", async () => {
    const other = await signIn("mia");
    const ending = await listen({ cookie: await cookieOf(other) });
    const going = await listen({ cookie: await cookieOf(mia) });
    await accounts.signOut(other.sessionId);
    await ending.ended;
    expect((await listen({ cookie: await cookieOf(other) })).status).toBe(401);
    pushTo("mia/api");
    await until(() => going.pushes().length === 1);
  });

  it("when its user is suspended, with nothing told after it", async () => {
    const suspect = await addUser("suspect");
    const stream = await listen({ cookie: await cookieOf(suspect) });
    await accounts.suspendUser(administrator, "suspect");
    pushTo("suspect/x");
    await stream.ended;
    expect(stream.pushes()).toEqual([]);
  });

  it("when its session has expired, though nobody was told: it is looked up again and again", async () => {
    const late = await signIn("mia");
    const stream = await listen({ cookie: await cookieOf(late) });
    await database.query({
      text: "UPDATE browser_session SET expires_at = now() WHERE id = $1",
      values: [late.sessionId],
    });
    await expect(stream.ended).resolves.toBeUndefined();
  });

  it("when its client reads nothing, so that it fills no memory", async () => {
    const stream = await new Promise<IncomingMessage>((resolve) => {
      void cookieOf(mia).then((cookie) => {
        const request = sendRequest(
          { port, host: "127.0.0.1", path: "/live/pushes", headers: { cookie } },
          (response) => {
            response.pause();
            resolve(response);
          },
        );
        closers.push(() => request.destroy());
        request.end();
      });
    });
    const open = async () => Number(/^layerport_live_streams_open (\d+)$/m.exec(await metrics.format())?.[1]);
    const before = await open();
    for (let pushed = 0; pushed < 600 && (await open()) === before; pushed += 1) {
      pushTo("mia/api", "x".repeat(100_000));
      await delay(1);
    }
    expect(await open()).toBe(before - 1);
    stream.destroy();
  });
});

describe("T40 and T44, a stream is refused", () => {
  it.each([
    [{ "sec-fetch-site": "cross-site" }],
    [{ "sec-fetch-site": "same-site" }],
    [{ origin: "http://evil.test" }],
    [{ origin: "null" }],
    [{ origin: "http://localhost:5001" }],
    [{ origin: "http://evil.test", "sec-fetch-site": "same-origin" }],
  ] satisfies [Record<string, string>][])("to a page of another origin: %j", async (headers) => {
    const stream = await listen({ cookie: await cookieOf(mia), ...headers });
    expect(stream.status).toBe(403);
    expect(stream.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it.each([[{ "sec-fetch-site": "same-origin" }], [{ "sec-fetch-site": "none" }], [{ origin: publicUrl }]])(
    "not to a page of ours: %j",
    async (headers) => {
      expect((await listen({ cookie: await cookieOf(mia), ...headers })).status).toBe(200);
    },
  );

  it("to a cookie that the portal did not make, that names nothing, or whose session is unknown", async () => {
    const forged = await cookieOf(mia, "another secret than that of the portal");
    const nameless = `next-auth.session-token=${await encode({ token: {}, secret: secrets.sessionSecret })}`;
    const unknown = await cookieOf({ ...mia, sessionId: "00000000-0000-4000-8000-000000000000" });
    for (const cookie of [forged, nameless, unknown, "next-auth.session-token=", "next-auth.session-token=a.b.c"]) {
      expect((await listen({ cookie })).status).toBe(401);
    }
  });

  it("for what cannot be a repository's name, another method, and another path", async () => {
    expect((await listen({}, "?repository=../../etc")).status).toBe(400);
    const posted = await listen({}, "", "POST");
    expect([posted.status, posted.headers.allow]).toEqual([405, "GET"]);
    expect((await listen({}, "/../secret")).status).toBe(404);
  });

  it("to the 33rd of one person, and while the worker drains", async () => {
    const greedy = await addUser("greedy");
    const cookie = await cookieOf(greedy);
    const statuses = [];
    for (let place = 0; place < 33; place += 1) statuses.push((await listen({ cookie })).status);
    expect(statuses).toEqual([...Array<number>(32).fill(200), 503]);
    isDraining = true;
    expect((await listen({ cookie: await cookieOf(mia) })).status).toBe(503);
    isDraining = false;
  });
});

describe("the worker's own pages", () => {
  async function get(path: string, headers: Record<string, string> = {}) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  it("say that it lives and whether it can work", async () => {
    expect(await get("/livez")).toMatchObject({ status: 200 });
    expect(await get("/readyz")).toMatchObject({ status: 200 });
    isDraining = true;
    expect(await get("/livez")).toMatchObject({ status: 200 });
    expect(await get("/readyz")).toMatchObject({ status: 503, text: "draining\n" });
    isDraining = false;
  });

  it("show metrics to who has their token, and to nobody else", async () => {
    for (const authorization of ["", "Bearer", "Bearer wrong", `Basic ${secrets.metricsToken}`]) {
      const refused = await get("/metrics", { authorization });
      expect(refused.status).toBe(401);
      expect(refused.text).not.toContain("layerport_");
    }
    const shown = await get("/metrics", { authorization: `Bearer ${secrets.metricsToken}` });
    expect(shown.status).toBe(200);
    expect(shown.text).toContain("layerport_live_streams_open");
    expect(shown.headers.get("content-type")).toContain("text/plain");
  });
});
