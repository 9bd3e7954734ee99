import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be stopped in the middle of what a client sends. */
export interface Choke {
  /** As in `localhost:41234`. */
  readonly host: string;
  /** Lets so many more bytes of what clients send through, then none; resolves when that is reached. */
  arm(afterBytes: number): Promise<void>;
  /** Breaks every connection and lets later ones through. */
  release(): void;
  close(): Promise<void>;
}

/** Opens a way to whatever port `target` names when a client connects. */
export async function openChoke(target: () => number): Promise<Choke> {
  const sockets = new Set<Socket>();
  let left = Number.POSITIVE_INFINITY;
  let reached = () => {};

  const server = createServer((client) => {
    const upstream = connect(target(), "127.0.0.1");
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      // A connection that a kill broke is what this is for.
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    upstream.pipe(client);
    client.on("data", (bytes) => {
      upstream.write(bytes);
      left -= bytes.byteLength;
      if (left <= 0) {
        client.pause();
        reached();
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const release = () => {
    left = Number.POSITIVE_INFINITY;
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: `localhost:${typeof address === "object" && address ? address.port : 0}`,
    arm(afterBytes) {
      left = afterBytes;
      return new Promise((resolve) => {
        reached = resolve;
      });
    },
    release,
    async close() {
      release();
      server.close();
      await once(server, "close");
    },
  };
}
