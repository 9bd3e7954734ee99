import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Connection, locationOf } from "./connection.ts";
import type { FloodJob, IdleJob, Work } from "./job.ts";
import { mustBe, Timing } from "./timing.ts";

/** So many are opened at a time, which is what a listening socket keeps waiting. */
const openedAtOnce = 100;

/** Opens connections and keeps them. */
export async function idle(job: IdleJob): Promise<Work> {
  const timing = new Timing();
  const sockets: Socket[] = [];
  try {
    while (sockets.length < job.connections) {
      const begunAt = performance.now();
      const count = Math.min(openedAtOnce, job.connections - sockets.length);
      const opened = await Promise.all(Array.from({ length: count }, () => openUsed(job)));
      sockets.push(...opened);
      for (const _ of opened) timing.note(begunAt, 0);
    }
    await delay(job.forMs);
    const gone = sockets.filter((socket) => socket.destroyed || !socket.readable).length;
    if (gone > 0) throw new Error(`the registry closed ${gone} of ${sockets.length} idle connections`);
    return timing.work;
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** A connection on which one request was answered. */
function openUsed({ address, headers }: IdleJob): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once("error", reject);
    socket.once("data", () => {
      socket.resume();
      resolve(socket);
    });
    const lines = ["GET /v2/ HTTP/1.1", `Host: ${address.host}:${address.port}`, ...headers];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  });
}

const piece = Buffer.alloc(64 * 1024, "layer");

/** Sends parts of uploads that never end. They are started and cancelled one after the other, and sent all at once. */
export async function flood(job: FloodJob): Promise<Work> {
  const timing = new Timing();
  const connection = await Connection.open(job.address);
  try {
    const locations: string[] = [];
    while (locations.length < job.connections) {
      const started = await connection.send("POST", `/v2/${job.repository}/blobs/uploads/`, job.headers);
      mustBe(202, started);
      locations.push(locationOf(started));
    }
    const begunAt = performance.now();
    for (const sent of await Promise.all(locations.map((location) => sendPart(job, location)))) {
      timing.note(begunAt, sent);
    }
    for (const location of locations) mustBe(204, await connection.send("DELETE", location, job.headers));
  } finally {
    connection.close();
  }
  return timing.work;
}

/** Answers how many bytes the registry has taken from the connection. */
async function sendPart({ address, headers, declaredBytes, forMs }: FloodJob, location: string): Promise<number> {
  const socket = connect(address);
  let failure: Error | undefined;
  socket.on("error", (error) => {
    failure = error;
  });
  const lines = [`PATCH ${location} HTTP/1.1`, `Host: ${address.host}:${address.port}`, ...headers];
  lines.push("Content-Type: application/octet-stream", `Content-Length: ${declaredBytes}`);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const endsAt = performance.now() + forMs;
  while (performance.now() < endsAt && failure === undefined) {
    if (socket.writableLength < piece.length) socket.write(piece);
    // In small steps, so that the other connections get their turn as well.
    await delay(5);
  }
  const sent = socket.bytesWritten;
  socket.destroy();
  if (failure !== undefined) throw failure;
  return sent;
}
