import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { startDoor, type TestDoor } from "./test-door.ts";

const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});

/** A connection from an address of this machine, which has said nothing yet. */
async function open(door: TestDoor, localAddress = "127.0.0.1"): Promise<Socket> {
  const socket = connect({ port: door.port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {});
  sockets.add(socket);
  await once(socket, "connect");
  return socket;
}

/** What comes over a connection until it is closed. */
async function readToEnd(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (part) => {
    text += part.toString("latin1");
  });
  if (!socket.closed) await once(socket, "close");
  return text;
}

/** The answer to a request on a connection of its own, from this address. */
async function ask(door: TestDoor, localAddress: string): Promise<string> {
  const socket = await open(door, localAddress);
  socket.write(`GET /livez HTTP/1.1\r\nHost: ${door.host}\r\nConnection: close\r\n\r\n`);
  return readToEnd(socket);
}

describe("connections of one address", () => {
  it("T59 B49 are as many as it may have; one more is told so before it has said anything (429 Retry-After)", async () => {
    const door = await startDoor({ settings: { connectionsPerAddress: 3 } });
    const [first] = [await open(door), await open(door), await open(door)];
    const refused = await readToEnd(await open(door));
    expect(refused).toMatch(/^HTTP\/1\.1 429 Too Many Requests\r\n/);
    expect(refused).toContain("\r\nRetry-After: 5\r\n");
    expect(refused).toMatch(/\r\nX-Request-Id: [0-9a-f-]{36}\r\n/);
    expect(refused).toContain('"code":"TOOMANYREQUESTS"');
    // Who asks at once is told once, and no more.
    expect((await ask(door, "127.0.0.1")).match(/HTTP\/1\.1 \d{3}/g)).toEqual(["HTTP/1.1 429"]);
    expect(await ask(door, "127.0.0.2")).toMatch(/^HTTP\/1\.1 200 /);

    first.end();
    await expect.poll(() => ask(door, "127.0.0.1")).toMatch(/^HTTP\/1\.1 200 /);
    expect(door.logLines.join("")).toContain('"reason":"too many connections"');
  });

  it("T59 that say nothing, or a byte at a time, are all closed, and nobody else waits for them (408)", async () => {
    const door = await startDoor({ settings: { connectionsPerAddress: 200, headersTimeoutMs: 900 } });
    const slow = await Promise.all(Array.from({ length: 200 }, () => open(door)));
    // The other half say nothing at all.
    const dribbling = slow.slice(100);
    for (const socket of dribbling) socket.write("GET /livez HTTP/1.1\r\nX-Slow: ");
    const timer = setInterval(() => {
      for (const socket of dribbling) if (socket.writable) socket.write("x");
    }, 100);
    const answers = slow.map(readToEnd);
    expect(await ask(door, "127.0.0.2")).toMatch(/^HTTP\/1\.1 200 /);
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    clearInterval(timer);
    await expect.poll(() => ask(door, "127.0.0.1")).toMatch(/^HTTP\/1\.1 200 /);
  });
});
