import { connect } from "node:net";
import { blob, bytes, image, push, pushBlob } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { basic, overriding, repository, startDoor } from "./test-door.ts";

describe("progress", () => {
  const settings = { progress: { windowMs: 800, bytesPerSecond: 500 } };

  it("B14 T59 a body that comes too slowly is cut (408), one that keeps moving goes on past every limit", async () => {
    const shrunk = await startDoor({ settings: { ...settings, headersTimeoutMs: 600 } });
    const user = await shrunk.addUser("alice");
    const upload = async (bytesPerStep: number, steps: number) => {
      const start = await shrunk.send("POST", "/v2/alice/app/blobs/uploads/", { as: user });
      return new Promise<string>((resolve) => {
        const total = bytesPerStep * steps;
        const socket = connect(shrunk.port, "127.0.0.1");
        socket.write(
          `PATCH ${start.headers.location} HTTP/1.1\r\nHost: ${shrunk.host}\r\nConnection: close\r\n${basic(user)}Content-Length: ${total}\r\n\r\n`,
        );
        let sent = 0;
        const timer = setInterval(() => {
          if (sent >= total || socket.destroyed) clearInterval(timer);
          else socket.write(Buffer.alloc(bytesPerStep, "x"), () => (sent += bytesPerStep));
        }, 50);
        let text = "";
        socket.on("data", (data) => {
          text += data.toString();
        });
        socket.on("error", () => {});
        socket.on("close", () => {
          clearInterval(timer);
          resolve(text);
        });
      });
    };
    // 20 bytes a second, and 20,000; the second takes four windows, and five times as long as headers may.
    const [slow, steady] = await Promise.all([upload(1, 100), upload(1000, 64)]);
    expect(slow).toMatch(/^HTTP\/1\.1 408 /);
    expect(slow.toLowerCase()).toContain("connection: close");
    expect(steady).toMatch(/^HTTP\/1\.1 202 /);
  });

  it("T59 a client that does not read its answer is cut", async () => {
    const shrunk = await startDoor({ settings });
    const user = await shrunk.addUser("alice");
    const big = blob(bytes(16_000_000));
    await pushBlob(shrunk.registry, repository("alice/app"), big);
    const outcome = await new Promise<string>((resolve) => {
      const socket = connect(shrunk.port, "127.0.0.1");
      socket.write(
        `GET /v2/alice/app/blobs/${big.descriptor.digest} HTTP/1.1\r\nHost: ${shrunk.host}\r\n${basic(user)}\r\n`,
      );
      socket.once("data", () => socket.pause());
      const timer = setTimeout(() => resolve("still open"), 10_000);
      // A paused socket does not see its end, so the server's log tells of it.
      const poll = setInterval(() => {
        if (!shrunk.logLines.join("").includes('"status":499')) return;
        clearInterval(poll);
        clearTimeout(timer);
        socket.destroy();
        resolve("cut");
      }, 50);
    });
    expect(outcome).toBe("cut");
  });

  it("T59 a client that reads its answer slowly and steadily gets all of it, past every limit", async () => {
    const shrunk = await startDoor({ settings: { ...settings, headersTimeoutMs: 600 } });
    const user = await shrunk.addUser("alice");
    const big = blob(bytes(8_000_000));
    await pushBlob(shrunk.registry, repository("alice/app"), big);
    const received = await new Promise<Buffer>((resolve) => {
      const parts: Buffer[] = [];
      const socket = connect(shrunk.port, "127.0.0.1");
      socket.write(
        `GET /v2/alice/app/blobs/${big.descriptor.digest} HTTP/1.1\r\nHost: ${shrunk.host}\r\nConnection: close\r\n${basic(user)}\r\n`,
      );
      // 1.6 MB a second, of which the kernel has several in its hands: whole windows pass in which it takes nothing.
      socket.on("data", (part) => {
        parts.push(part);
        socket.pause();
        setTimeout(() => socket.resume(), part.length / 1_600);
      });
      socket.on("close", () => resolve(Buffer.concat(parts)));
    });
    const head = received.indexOf("\r\n\r\n") + 4;
    expect(received.subarray(head).equals(big.content)).toBe(true);
  }, 30_000);

  it("B14 T59 headers that come byte by byte are cut (408)", async () => {
    const shrunk = await startDoor({ settings: { headersTimeoutMs: 600 } });
    const text = await new Promise<string>((resolve) => {
      const socket = connect(shrunk.port, "127.0.0.1");
      const parts: string[] = [];
      const headers = `GET /livez HTTP/1.1\r\nHost: ${shrunk.host}\r\nX-Slow: ${"x".repeat(1000)}`;
      let at = 0;
      const timer = setInterval(() => socket.write(headers.charAt(at++)), 20);
      socket.on("data", (part) => parts.push(part.toString()));
      // The server may close while a byte is on its way.
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(timer);
        resolve(parts.join(""));
      });
    });
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("does not count the time in which the registry itself is slow", async () => {
    const slow = await startDoor({
      settings,
      wrapRegistry: (registry) =>
        overriding(registry, {
          async listTags(...parameters) {
            await new Promise((resolve) => setTimeout(resolve, 2_500));
            return registry.listTags(...parameters);
          },
        }),
    });
    const user = await slow.addUser("alice");
    await push(slow.registry, repository("alice/app"), image(), ["latest"]);
    expect((await slow.send("GET", "/v2/alice/app/tags/list", { as: user })).status).toBe(200);
  });
});
