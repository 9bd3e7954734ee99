import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { blob, bytes, image, push, pushBlob } from "@layerport/testkit";
import { beforeAll, describe, expect, it } from "vitest";
import { endpointIds } from "./endpoint.ts";
import { basic, overriding, repository, startDoor, type TestDoor } from "./test-door.ts";

let door: TestDoor;
let alice: string;
beforeAll(async () => {
  door = await startDoor();
  alice = await door.addUser("alice");
  await push(door.registry, repository("alice/app"), image(), ["latest"]);
});

/** A request as text, with the Host that it needs. */
function raw(line: string, headers = "", body = ""): string {
  return `${line} HTTP/1.1\r\nHost: ${door.host}\r\nConnection: close\r\n${headers}\r\n${body}`;
}

async function sendRaw(text: string | Uint8Array): Promise<{ status: number; text: string; answers: number }> {
  const answer = await door.sendRaw(text);
  const lines = answer.match(/HTTP\/1\.1 \d{3}/g) ?? [];
  return { status: Number(lines[0]?.slice(9) ?? 0), text: answer, answers: lines.length };
}

it("has a test group for each endpoint of the specification", () => {
  const folder = join(import.meta.dirname, "handlers");
  const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  const text = tests.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
  expect(endpointIds.filter((id) => !text.includes(`describe("${id}"`))).toEqual([]);
});

describe("bodies that nobody wants", () => {
  it("are not waited for: a client that asks first is refused before it sends (401)", async () => {
    const line = `POST /v2/alice/app/blobs/uploads/?digest=sha256:${"a".repeat(64)}`;
    const { status, text } = await sendRaw(raw(line, "Content-Length: 1000000000\r\nExpect: 100-continue\r\n"));
    expect(status).toBe(401);
    expect(text).not.toContain("100 Continue");
  });

  it("T08 are read a little, so that the client can read the answer, and then no more (401)", async () => {
    const sent = await new Promise<{ text: string; bytes: number }>((resolve) => {
      const socket = connect(door.port, "127.0.0.1");
      const part = Buffer.alloc(64 * 1024, "x");
      let text = "";
      const write = () => {
        while (!socket.destroyed && socket.write(part));
      };
      socket.write(
        `PATCH /v2/alice/app/blobs/uploads/01234567-89ab-cdef-0123-456789abcdef HTTP/1.1\r\nHost: ${door.host}\r\nContent-Length: 10000000000\r\n\r\n`,
      );
      socket.on("drain", write);
      socket.on("data", (data) => {
        text += data.toString();
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve({ text, bytes: socket.bytesWritten - socket.writableLength }));
      write();
    });
    expect(sent.text).toMatch(/^HTTP\/1\.1 401 /);
    expect(sent.text.toLowerCase()).toContain("connection: close");
    // What the kernel takes ahead of us is counted too; without the cut this would never end.
    expect(sent.bytes).toBeLessThan(64 * 1024 * 1024);
  });

  it("leave the connection usable when they are short", async () => {
    const refused = `POST /v2/alice/app/tags/list HTTP/1.1\r\nHost: ${door.host}\r\nContent-Length: 5\r\n\r\nhello`;
    const { text, answers } = await sendRaw(`${refused}${raw("GET /livez")}`);
    expect(answers).toBe(2);
    expect(text).toMatch(/405[\s\S]*200 OK/);
  });

  it("leave the connection usable when a short one is refused half read", async () => {
    const refusing = await startDoor({
      wrapRegistry: (registry) =>
        overriding(registry, {
          async appendChunk(_repository, _id, chunk) {
            for await (const part of chunk.bytes) throw new Error(`refused after ${part.length} bytes`);
            throw new Error("refused without a byte");
          },
        }),
    });
    const user = await refusing.addUser("alice");
    const start = await refusing.send("POST", "/v2/alice/app/blobs/uploads/", { as: user });
    const head = `PATCH ${start.headers.location} HTTP/1.1\r\nHost: ${refusing.host}\r\n${basic(user)}Content-Length: 2000\r\n\r\n`;
    const next = `GET /livez HTTP/1.1\r\nHost: ${refusing.host}\r\nConnection: close\r\n\r\n`;
    const text = await new Promise<string>((resolve) => {
      const parts: string[] = [];
      const socket = connect(refusing.port, "127.0.0.1", () => socket.write(`${head}${"x".repeat(1000)}`));
      setTimeout(() => socket.write(`${"x".repeat(1000)}${next}`), 300);
      socket.on("data", (part) => parts.push(part.toString()));
      socket.on("close", () => resolve(parts.join("")));
    });
    expect(text).toMatch(/HTTP\/1\.1 500[\s\S]*HTTP\/1\.1 200 OK/);
  });

  it("end the exchange quietly when the client leaves in the middle", async () => {
    const before = door.logLines.length;
    const start = await door.send("POST", "/v2/alice/app/blobs/uploads/", { as: alice });
    const line = `PATCH ${start.headers.location} HTTP/1.1\r\nHost: ${door.host}\r\n${basic(alice)}Content-Length: 1000\r\n\r\nabc`;
    await door.sendRaw(line, { untilMs: 100 });
    await expect.poll(() => door.logLines.slice(before).join("")).toContain('"status":499');
    expect(door.logLines.slice(before).join("")).not.toContain('"level":"error"');
  });
});

describe("failures", () => {
  const fail = (error: Error) =>
    startDoor({
      wrapRegistry: (registry) => overriding(registry, { listTags: () => Promise.reject(error) }),
    });

  it("B48 an outage is 503 with a request id and nothing else, and the log has the rest", async () => {
    const outage = Object.assign(new Error("password CANARY at 10.0.0.5"), { code: "ECONNREFUSED" });
    const failing = await fail(outage);
    const user = await failing.addUser("alice");
    const answer = await failing.send("GET", "/v2/alice/app/tags/list", { as: user });
    expect([answer.status, answer.headers["retry-after"]]).toEqual([503, "5"]);
    expect(JSON.parse(answer.text).errors[0]).toMatchObject({
      code: "UNAVAILABLE",
      detail: { requestId: answer.headers["x-request-id"] },
    });
    expect(answer.text).not.toContain("CANARY");
    expect(failing.logLines.join("")).toContain("10.0.0.5");
  });

  it("B48 a full disk is 507, and a bug 500, as quiet as the other", async () => {
    for (const [error, status] of [
      [Object.assign(new Error("CANARY"), { code: "ENOSPC" }), 507],
      [new TypeError("CANARY"), 500],
    ] as const) {
      const failing = await fail(error);
      const user = await failing.addUser("alice");
      const answer = await failing.send("GET", "/v2/alice/app/tags/list", { as: user });
      expect(answer.status).toBe(status);
      expect(answer.text).not.toContain("CANARY");
      expect(answer.text).not.toContain(".ts");
    }
  });

  it("I8 a blob that breaks off is a broken connection, never a short answer", async () => {
    const whole = blob(bytes(300_000));
    const failing = await startDoor({
      wrapRegistry: (registry) =>
        overriding(registry, {
          async openBlob(...parameters) {
            const open = await registry.openBlob(...parameters);
            return {
              ...open,
              content: undefined,
              async copyTo(destination) {
                destination.write(whole.content.subarray(0, 100_000));
                await new Promise((resolve) => setTimeout(resolve, 20));
                throw new Error("a read failed");
              },
            };
          },
        }),
    });
    const user = await failing.addUser("alice");
    await pushBlob(failing.registry, repository("alice/app"), whole);
    const asked = failing.send("GET", `/v2/alice/app/blobs/${whole.descriptor.digest}`, { as: user });
    await expect(asked).rejects.toThrow("aborted");
    await expect.poll(() => failing.logLines.join("")).toContain("a read failed");
  });
});

describe("draining", () => {
  it("F24 finishes what has begun, closes its connection, takes nothing new and says that it is not ready", async () => {
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const ending = await startDoor({
      wrapRegistry: (registry) =>
        overriding(registry, {
          async listTags(...parameters) {
            await gate;
            return registry.listTags(...parameters);
          },
        }),
    });
    const user = await ending.addUser("alice");
    await push(ending.registry, repository("alice/app"), image(), ["latest"]);
    const running = ending.sendRaw(
      `GET /v2/alice/app/tags/list HTTP/1.1\r\nHost: ${ending.host}\r\n${basic(user)}\r\n`,
    );
    const idle = ending.sendRaw(`GET /livez HTTP/1.1\r\nHost: ${ending.host}\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const drained = ending.door.drain(5_000);
    await expect(ending.send("GET", "/livez")).rejects.toThrow("ECONNREFUSED");
    expect(await idle).toMatch(/^HTTP\/1\.1 200 /);
    goOn();
    const answer = await running;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer.toLowerCase()).toContain("connection: close");
    await drained;
  });

  it("cuts what does not finish in time", async () => {
    const ending = await startDoor({
      wrapRegistry: (registry) => overriding(registry, { listTags: () => new Promise(() => {}) }),
    });
    const user = await ending.addUser("alice");
    const running = ending.send("GET", "/v2/alice/app/tags/list", { as: user });
    running.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    await ending.door.drain(100);
    await expect(running).rejects.toThrow("socket hang up");
  });
});

describe("the log", () => {
  it("has one line for each request, with who, what, how long and how much, and the id that the client got", async () => {
    const before = door.logLines.length;
    const answer = await door.send("GET", "/v2/alice/app/tags/list?n=1", { as: alice });
    await expect.poll(() => door.logLines.length).toBeGreaterThan(before);
    const lines = door.logLines.slice(before).map((line) => JSON.parse(line));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: "info",
      app: "registry",
      requestId: answer.headers["x-request-id"],
      method: "GET",
      path: "/v2/alice/app/tags/list",
      endpoint: "end-8b",
      status: 200,
      principal: "alice",
      address: "127.0.0.1",
    });
    expect(lines[0].ms).toBeGreaterThan(0);
    expect(lines[0].bytesIn).toBeGreaterThan(50);
    expect(lines[0].bytesOut).toBeGreaterThan(50);
  });
});
