import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBackend, startDoor, type TestDoor } from "./test-door.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const seen: Seen[] = [];
let door: TestDoor;
let closing: TestDoor;
beforeAll(async () => {
  const portalUrl = await startBackend((request, response) => {
    if (request.url === "/slow-stream") {
      response.write("first ");
      setTimeout(() => response.end("last"), 200);
      return;
    }
    if (request.url === "/breaks") {
      response.writeHead(200, { "content-length": "100" });
      response.write("only this", () => response.destroy());
      return;
    }
    if (request.url === "/early") {
      response.writeHead(413, { "content-length": "0" }).end();
      return;
    }
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ method, url, headers, body: Buffer.concat(parts).toString() });
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.setHeader("keep-alive", "timeout=1");
      response.end("portal");
    });
  });
  door = await startDoor({ settings: { portalUrl, workerUrl: await startSocketBackend() } });
  closing = await startDoor();
});

async function lastSeen(): Promise<Seen> {
  const last = seen.at(-1);
  if (last === undefined) throw new Error("nothing was forwarded");
  return last;
}

describe("the front door", () => {
  it("forwards what is not the registry's own, and keeps several cookies apart", async () => {
    const answer = await door.send("POST", "/sign-in?next=%2Fhome", { body: "name=alice" });
    expect([answer.status, answer.text]).toEqual([200, "portal"]);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
    expect(await lastSeen()).toMatchObject({ method: "POST", url: "/sign-in?next=%2Fhome", body: "name=alice" });
  });

  it("T54 tells the portal the real peer, whatever the client says of itself", async () => {
    const headers = {
      "x-forwarded-for": "1.1.1.1",
      "x-forwarded-user": "root",
      "x-forwarded-host": "evil.test",
      "x-real-ip": "1.1.1.1",
      forwarded: "for=1.1.1.1",
      "x-webauth-user": "root",
      "x-request-id": "mine",
    };
    const answer = await door.send("GET", "/", { headers });
    const { headers: got } = await lastSeen();
    expect(got["x-forwarded-for"]).toBe("127.0.0.1");
    expect(got["x-forwarded-proto"]).toBe("http");
    expect(got["x-forwarded-host"]).toBe(door.host);
    expect(got.host).toBe(door.host);
    expect(got["x-request-id"]).toBe(answer.headers["x-request-id"]);
    expect(answer.headers["x-request-id"]).not.toBe("mine");
    for (const name of ["x-forwarded-user", "x-real-ip", "forwarded", "x-webauth-user"])
      expect(got[name]).toBeUndefined();
  });

  it("T49 drops the headers by which servers steer Next, and keeps those by which its pages navigate", async () => {
    const headers = {
      "x-middleware-subrequest": "middleware:middleware",
      "x-middleware-next": "1",
      "x-nextjs-data": "1",
      "x-next-revalidated-tags": "x",
      "x-invoke-path": "/admin",
      "x-matched-path": "/admin",
      "x-now-route-matches": "1",
      "x-prerender-revalidate": "x",
      "content-security-policy": "script-src 'nonce-mine'",
      "x-nonce": "mine",
      rsc: "1",
      "next-router-state-tree": "tree",
      "next-router-prefetch": "1",
      "next-url": "/home",
      "next-action": "abc",
      cookie: "session=1",
    };
    await door.send("GET", "/home", { headers });
    const { headers: got } = await lastSeen();
    const kept = ["rsc", "next-router-state-tree", "next-router-prefetch", "next-url", "next-action", "cookie"];
    for (const name of Object.keys(headers))
      expect([name, got[name] !== undefined]).toEqual([name, kept.includes(name)]);
  });

  it("passes an answer on while it comes in", async () => {
    const chunks = await new Promise<string[]>((resolve, reject) => {
      const parts: string[] = [];
      const socket = connect(door.port, "127.0.0.1", () => {
        socket.write(`GET /slow-stream HTTP/1.1\r\nHost: ${door.host}\r\nConnection: close\r\n\r\n`);
      });
      socket.on("data", (part) => parts.push(part.toString()));
      socket.on("error", reject);
      socket.on("close", () => resolve(parts));
    });
    const first = chunks.findIndex((part) => part.includes("first"));
    const last = chunks.findIndex((part) => part.includes("last"));
    expect(first).toBeGreaterThanOrEqual(0);
    expect(last).toBeGreaterThan(first);
  });

  it("keeps the connection of a client for its next request", async () => {
    const request = `GET /a HTTP/1.1\r\nHost: ${door.host}\r\n\r\n`;
    const text = await door.sendRaw(`${request}${request.replace("/a", "/b")}`, { untilMs: 600 });
    expect(text.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
    expect(text.toLowerCase()).not.toContain("timeout=1\r");
  });

  it("sends nothing into a connection to the portal that has been idle for as long as a server keeps one", async () => {
    const connections: unknown[] = [];
    const portalUrl = await startBackend((request, response) => {
      connections.push(request.socket);
      request.resume().on("end", () => response.end("read"));
    });
    const forwarding = await startDoor({ settings: { portalUrl } });
    const post = async () => (await forwarding.send("POST", "/form", { body: "name=alice" })).status;
    expect([await post(), await post()]).toEqual([200, 200]);
    await delay(4_500);
    expect(await post()).toBe(200);
    expect(connections[1]).toBe(connections[0]);
    expect(connections[2]).not.toBe(connections[1]);
  });

  it("asks a client that waits to go on, and forwards what it sends", async () => {
    const head = `POST /form HTTP/1.1\r\nHost: ${door.host}\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`;
    const text = await door.sendRaw(`${head}body`);
    expect(text).toContain("HTTP/1.1 100 Continue");
    expect(text).toContain("HTTP/1.1 200 OK");
    expect(await lastSeen()).toMatchObject({ body: "body" });
  });

  it("shows a half answer as one: the connection breaks", async () => {
    await expect(door.send("GET", "/breaks")).rejects.toThrow("aborted");
  });

  it("passes on a refusal that comes before the body is read", async () => {
    const headers = { "transfer-encoding": "chunked" };
    const answer = await door.send("POST", "/early", { body: Buffer.alloc(100_000), headers }).catch((error) => error);
    expect(answer.status ?? answer.code).toSatisfy((value: unknown) =>
      [413, "ECONNRESET", "EPIPE"].includes(value as string),
    );
  });

  it("says plainly that the portal is not there (503)", async () => {
    const answer = await closing.send("GET", "/");
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "2"]);
    expect(answer.text).toBe("Layerport: the portal is not running, or not yet.\n");
    expect(closing.logLines.join("")).toContain("ECONNREFUSED");
    expect((await closing.send("GET", "/live/x")).text).toContain("the worker is not running");
  });
});

describe("WebSockets", () => {
  const upgrade = (path: string, extra = "") =>
    `GET ${path} HTTP/1.1\r\nHost: ${door.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${extra}\r\n`;

  it("are joined to the worker below /live/, with the real peer and a request id", async () => {
    const text = await door.sendRaw(upgrade("/live/builds/1", "X-Forwarded-For: 1.1.1.1\r\n"), { untilMs: 500 });
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    expect(text).toContain("hello 127.0.0.1 ");
    expect(text).toMatch(/[0-9a-f-]{36} \/live\/builds\/1/);
  });

  it("T34 are offered nowhere else: the request is one like any other", async () => {
    const text = await door.sendRaw(upgrade("/_next/webpack-hmr"), { untilMs: 500 });
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect((await lastSeen()).headers.upgrade).toBeUndefined();
  });

  it("T34 B7 B8 are refused to a foreign Host and for a path that two readers could read differently", async () => {
    expect(await door.sendRaw(upgrade("/live/x").replace(door.host, "evil.test"))).toMatch(/^HTTP\/1\.1 421 /);
    expect(await door.sendRaw(upgrade("/live/../admin"))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("end with a sentence when the worker is not there (503)", async () => {
    const text = await closing.sendRaw(upgrade("/live/x").replace(door.host, closing.host));
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text).toContain("the worker is not running");
  });

  it("pass on what the worker refuses", async () => {
    expect(await door.sendRaw(upgrade("/live/refused"))).toMatch(/^HTTP\/1\.1 403 /);
  });
});

/** A worker that takes sockets, says hello and whom it sees, and refuses one path. */
async function startSocketBackend(): Promise<string> {
  const server = createServer((_request, response) => response.end("worker"));
  server.on("upgrade", (request, socket) => {
    if (request.url === "/live/refused") {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash("sha1").update(key).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    const { "x-forwarded-for": address, "x-request-id": id } = request.headers;
    socket.write(["hello", address, id, request.url].join(" "));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
