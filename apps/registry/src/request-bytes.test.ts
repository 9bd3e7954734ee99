import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { RequestBytes } from "./request-bytes.ts";

/** Runs `read` over a request that `write` sends. */
async function exchange(
  write: (request: ReturnType<typeof send>) => void,
  read: (request: IncomingMessage) => Promise<void>,
): Promise<void> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = send({ port: (server.address() as AddressInfo).port, method: "PUT" });
  client.on("error", () => {});
  try {
    const arrived = once(server, "request");
    write(client);
    const [request] = (await arrived) as [IncomingMessage];
    await read(request);
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

describe("RequestBytes", () => {
  it("gives a body whole and in order to a reader that is slower than the client", async () => {
    const sent = randomBytes(2_000_000);
    await exchange(
      (client) => client.end(sent),
      async (request) => {
        const hash = createHash("sha256");
        const bytes = new RequestBytes(request);
        let chunks = 0;
        for await (const chunk of bytes) {
          if (chunks++ % 8 === 0) await delay(2);
          hash.update(chunk);
          bytes.release(chunk);
        }
        expect(hash.digest("hex")).toBe(createHash("sha256").update(sent).digest("hex"));
      },
    );
  });

  it("frees the memory of a chunk that is released, and of no other bytes", async () => {
    await exchange(
      (client) => client.end(randomBytes(1_000_000)),
      async (request) => {
        const bytes = new RequestBytes(request);
        const foreign = new Uint8Array(100);
        bytes.release(foreign);
        expect(foreign.buffer.byteLength).toBe(100);
        const released: Uint8Array[] = [];
        for await (const chunk of bytes) {
          bytes.release(chunk);
          released.push(chunk);
        }
        expect(released.map(({ byteLength }) => byteLength)).toEqual(released.map(() => 0));
        expect(released.length).toBeGreaterThan(1);
      },
    );
  });

  it("holds little of a body that nobody reads", async () => {
    await exchange(
      (client) => client.end(randomBytes(50_000_000)),
      async (request) => {
        const bytes = new RequestBytes(request);
        await bytes.next();
        await delay(100);
        expect(request.isPaused()).toBe(true);
        const before = request.socket.bytesRead;
        await delay(100);
        expect(request.socket.bytesRead).toBe(before);
        expect(before).toBeLessThan(2_000_000);
      },
    );
  });

  it("says that the client went away, after all that it had sent", async () => {
    await exchange(
      (client) => {
        client.setHeader("Content-Length", "1000");
        client.write("begun");
      },
      async (request) => {
        const bytes = new RequestBytes(request);
        expect(Buffer.from((await bytes.next()).value ?? []).toString()).toBe("begun");
        const next = bytes.next();
        request.socket.destroy();
        await expect(next).rejects.toThrow(/aborted|went away/);
        await expect(bytes.next()).rejects.toThrow(/aborted|went away/);
      },
    );
  });

  it("leaves the request alive when its reader stops early", async () => {
    await exchange(
      (client) => client.end(randomBytes(1_000_000)),
      async (request) => {
        for await (const chunk of new RequestBytes(request)) if (chunk.byteLength > 0) break;
        expect(request.destroyed).toBe(false);
        expect(request.isPaused()).toBe(true);
        request.resume();
        await once(request, "end");
      },
    );
  });
});
