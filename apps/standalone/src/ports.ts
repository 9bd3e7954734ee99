import fs from "node:fs";
import { createServer } from "node:net";
import { errorCode, errorText, StartError } from "./start-error.ts";

/** Resolves when `host:port` can be listened on; throws a `StartError` that says why not. */
export async function requireFreePort(host: string, port: number): Promise<void> {
  try {
    await listenOnce(host, port);
  } catch (error) {
    const reason: Record<string, string> = {
      EADDRINUSE: `port ${port} is taken by another program; set LAYERPORT_PORT to a free one`,
      EACCES: `port ${port} needs more rights than this user has; set LAYERPORT_PORT to one above 1023`,
      EADDRNOTAVAIL: `this machine has no address ${host}; set LAYERPORT_HOST`,
      ENOTFOUND: `LAYERPORT_HOST names no address: ${host}`,
    };
    const text = reason[errorCode(error) ?? ""] ?? `port ${port} cannot be used: ${errorText(error)}`;
    throw new StartError(text, { cause: error });
  }
}

/** A port on 127.0.0.1 that nobody uses at this moment. */
export function findFreePort(): Promise<number> {
  return listenOnce("127.0.0.1", 0);
}

/**
 * The port that `file` remembers, if it is still free, otherwise a free one that is then remembered: so a
 * database tool's address keeps working from one start to the next.
 */
export async function rememberedPort(file: string): Promise<number> {
  const remembered = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : 0;
  // Whatever keeps a port from being listened on, it is not free.
  const isFree = remembered > 0 && (await listenOnce("127.0.0.1", remembered).catch(() => 0)) > 0;
  const port = isFree ? remembered : await findFreePort();
  fs.writeFileSync(file, `${port}\n`);
  return port;
}

function listenOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
