import type { IncomingMessage, ServerResponse } from "node:http";
import { type IncomingBytes, maximumManifestBytes, RegistryError } from "@layerport/registry-core";
import { RequestBytes } from "./request-bytes.ts";

// A refused body of at most this many bytes is read and forgotten, so that the connection can go on.
const cheaplyDiscardedBytes = 64 * 1024;

// Of a longer one so much is read that the client can finish a write. Then it has so long to read the answer: closing
// while its bytes still come would reset the connection, and take away an answer that it has not read yet.
const discardedBytes = 256 * 1024;
const discardMs = 1000;

const waitingForContinue = new WeakSet<IncomingMessage>();

/** Marks a request whose client waits for `100 Continue` before it sends the body. */
export function awaitContinue(request: IncomingMessage): void {
  waitingForContinue.add(request);
}

/** Tells a client that waits for it to send its body. */
export function tellToContinue(request: IncomingMessage, response: ServerResponse): void {
  if (waitingForContinue.delete(request)) response.writeContinue();
}

/** The declared length of a body; `undefined` for a body without one, and for no body. */
export function declaredLength(request: IncomingMessage): number | undefined {
  const header = request.headers["content-length"];
  if (header === undefined) return undefined;
  const length = Number(header);
  if (!Number.isSafeInteger(length)) {
    throw new RegistryError("SIZE_INVALID", { contentLength: header }, { message: "Content-Length is out of range" });
  }
  return length;
}

/** Whether the client sends a body, be it an empty one. */
function hasBody(request: IncomingMessage): boolean {
  return request.headers["transfer-encoding"] !== undefined || request.headers["content-length"] !== undefined;
}

/**
 * The body of a request, streamed, or `undefined` when there is none. The client is told to send it when the first byte
 * is asked for, so a request that is refused before costs no transfer.
 */
export function incomingBytes(request: IncomingMessage, response: ServerResponse): IncomingBytes | undefined {
  const length = declaredLength(request);
  if (!hasBody(request) || length === 0) return undefined;
  const source = new RequestBytes(request);
  const bytes: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]() {
      tellToContinue(request, response);
      return source;
    },
  };
  return { bytes, length, release: source.release };
}

/** @throws UNSUPPORTED (415), since a digest names the bytes as they are stored, not as they were packed for a trip */
export function refuseContentEncoding(request: IncomingMessage): void {
  const encoding = request.headers["content-encoding"];
  if (encoding === undefined || encoding === "identity") return;
  throw new RegistryError(
    "UNSUPPORTED",
    { contentEncoding: encoding },
    { status: 415, message: "send the bytes as they are, without Content-Encoding" },
  );
}

/** A manifest's bytes. @throws MANIFEST_INVALID with status 413 when they are more than a manifest may have */
export async function readManifestBytes(request: IncomingMessage, response: ServerResponse): Promise<Uint8Array> {
  const incoming = incomingBytes(request, response);
  if (incoming === undefined) return new Uint8Array();
  if (incoming.length !== undefined && incoming.length > maximumManifestBytes) throw manifestTooLarge();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of incoming.bytes) {
    length += part.byteLength;
    if (length > maximumManifestBytes) throw manifestTooLarge();
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts, length);
}

/** A short body as text, or `undefined` when it is longer than `limit` bytes. */
export async function readShortBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
): Promise<string | undefined> {
  const incoming = incomingBytes(request, response);
  if (incoming === undefined) return "";
  if (incoming.length !== undefined && incoming.length > limit) return undefined;
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of incoming.bytes) {
    length += part.byteLength;
    if (length > limit) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts, length).toString("utf8");
}

/** Whether a body costs no more to read than to refuse: it is declared to be short, and on its way already. */
export function isCheaplyRead(request: IncomingMessage): boolean {
  if (waitingForContinue.has(request)) return false;
  return Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY) <= cheaplyDiscardedBytes;
}

/** Whether so much of a body is left unread that the connection cannot be used again. */
export function hasUnreadBody(request: IncomingMessage): boolean {
  if (request.complete || !hasBody(request)) return false;
  return !isCheaplyRead(request);
}

/** Reads a little of a body that nobody wants, and waits until its sender has gone, for a moment. Never rejects. */
export function discardBody(request: IncomingMessage): Promise<void> {
  // Such a client sends nothing more: it has been answered otherwise.
  if (waitingForContinue.has(request) || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let seen = 0;
    const timer = setTimeout(finish, discardMs);
    request.on("data", count);
    for (const event of ["end", "close", "error"]) request.once(event, finish);
    request.resume();

    function count(bytes: Uint8Array): void {
      seen += bytes.byteLength;
      if (seen > discardedBytes) request.pause();
    }
    function finish(): void {
      clearTimeout(timer);
      request.pause();
      request.removeListener("data", count);
      resolve();
    }
  });
}

function manifestTooLarge(): RegistryError {
  return new RegistryError(
    "MANIFEST_INVALID",
    { maximumBytes: maximumManifestBytes },
    { status: 413, message: `a manifest has at most ${maximumManifestBytes} bytes` },
  );
}
