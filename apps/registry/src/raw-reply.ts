import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

// For so long what the client still sends is thrown away: closing at once would take the answer away from it.
const lingerMs = 500;

/**
 * Writes a whole answer to a connection on which Node has not made a response, and ends the connection. Does nothing
 * when the connection cannot be written to any more.
 */
export function writeRawReply(socket: Duplex, status: number, text: string, headers: readonly string[] = []): void {
  if (!socket.writable || socket.destroyed) return;
  const lines = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`];
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  lines.push(
    "Content-Type: text/plain; charset=utf-8",
    "X-Content-Type-Options: nosniff",
    `Content-Length: ${Buffer.byteLength(text) + 1}`,
    "Connection: close",
  );
  socket.end(`${lines.join("\r\n")}\r\n\r\n${text}\n`);
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
