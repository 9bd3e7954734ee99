import fs from "node:fs";
import { connect, createServer, type Server } from "node:net";
import os from "node:os";
import path from "node:path";
import { errorCode, StartError } from "./start-error.ts";

/** What came of asking for a folder: a lock, or the id of the process that has it. */
export type FolderLock =
  | { readonly isHeld: true; release(): void }
  | { readonly isHeld: false; readonly holder: string };

/**
 * Asks for a folder for this process alone.
 *
 * The lock is a socket whose name is the folder's identity. The kernel takes it back when this process ends,
 * however it ends, so there is no stale lock to judge and no moment in which two processes could both take one over.
 */
export async function lockFolder(directory: string): Promise<FolderLock> {
  const address = socketAddress(directory);
  const server = (await listen(address)) ?? (await listenInPlaceOfLeftover(address));
  if (!server) return { isHeld: false, holder: await askHolder(address) };
  server.unref();
  return { isHeld: true, release: () => void server.close() };
}

/** Takes the data folder, or throws a `StartError` that names the process that has it. Answers how to let go. */
export async function lockDataFolder(directory: string): Promise<() => void> {
  const lock = await lockFolder(directory);
  if (lock.isHeld) return () => lock.release();
  throw new StartError(`another Layerport (process ${lock.holder}) already runs on the data folder ${directory}`);
}

/** Only a socket that is a file can be left over; the kernel keeps no abstract one. */
async function listenInPlaceOfLeftover(address: string): Promise<Server | undefined> {
  if (address.startsWith("\0") || (await askHolder(address)) !== "") return undefined;
  fs.rmSync(address, { force: true });
  return listen(address);
}

function socketAddress(directory: string): string {
  const { dev, ino } = fs.statSync(directory);
  const name = `layerport-folder-${dev}-${ino}`;
  return process.platform === "linux" ? `\0${name}` : path.join(os.tmpdir(), `${name}.sock`);
}

/** Answers `undefined` when somebody else listens there. */
function listen(address: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on("error", () => socket.destroy()).end(String(process.pid)));
    server.once("error", (error) => (errorCode(error) === "EADDRINUSE" ? resolve(undefined) : reject(error)));
    server.listen(address, () => resolve(server));
  });
}

function askHolder(address: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(address);
    socket.setEncoding("utf8").setTimeout(2_000, () => socket.destroy());
    socket.on("data", (text: string) => {
      answer += text;
    });
    // A holder that is stopped or busy does not answer, and is still the holder.
    socket.on("timeout", () => resolve("unknown"));
    socket.on("error", () => resolve(""));
    socket.on("close", () => resolve(answer));
  });
}
