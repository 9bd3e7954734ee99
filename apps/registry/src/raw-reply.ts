import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { ShortReply } from "./reply.ts";

// For so long what the client still sends is thrown away: closing at once would take the answer away from it.
const lingerMs = 500;

/**
 * Writes a whole answer to a connection on which Node has not made a response, and ends the connection. Does nothing
 * when the connection cannot be written to any more.
 */
export function writeRawReply(socket: Duplex, { status, headers, body }: ShortReply): void {
  if (!socket.writable || socket.destroyed) return;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  lines.push("X-Content-Type-Options: nosniff", `Content-Length: ${body.byteLength}`, "Connection: close");
  socket.end(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]));
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
