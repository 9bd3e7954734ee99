import type { IncomingMessage, ServerResponse } from "node:http";
import type { OpenBlob } from "@layerport/registry-core";
import { discardBody, hasUnreadBody } from "./body.ts";

/** What a handler answers. */
export interface Reply {
  readonly status: number;
  /** Names and values in turn, ready to be written. `Content-Length` is added for a body of bytes. */
  readonly headers: readonly string[];
  readonly body?: Uint8Array | OpenBlob | undefined;
}

/** A reply whose body is at hand. */
export interface ShortReply extends Reply {
  readonly body: Uint8Array;
}

/** By this older Docker clients know that they may go on, at the root of the API and in a 401. */
export const apiVersion: readonly string[] = ["Docker-Distribution-Api-Version", "registry/2.0"];

/** A JSON document as a reply. */
export function jsonReply(status: number, value: unknown, headers: readonly string[] = []): ShortReply {
  return {
    status,
    headers: ["Content-Type", "application/json", ...headers],
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** A sentence as a reply. */
export function textReply(status: number, text: string, headers: readonly string[] = []): ShortReply {
  return {
    status,
    headers: ["Content-Type", "text/plain; charset=utf-8", ...headers],
    body: Buffer.from(`${text}\n`),
  };
}

/** One request and its response, on their way. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** The host by which the client reached us, from the list of those allowed; empty until it is checked. */
  readonly host: string;
  /** Whether the connection is to be closed after the reply because the process is ending. */
  readonly isLast: boolean;
}

/**
 * Writes a reply. A reply to HEAD keeps its headers and loses its body. Where the request's body was not read, because
 * it was refused, no more than a little of it is, and the connection is closed. Rejects when the body breaks off; the
 * connection must then be destroyed, so that the client sees an incomplete answer as one.
 */
export async function sendReply(exchange: Exchange, reply: Reply): Promise<void> {
  const { request, response } = exchange;
  const { body } = reply;
  const isBodyless = request.method === "HEAD" || body === undefined;
  const leavesBody = hasUnreadBody(request);

  const headers = [...reply.headers, "X-Request-Id", exchange.requestId, "X-Content-Type-Options", "nosniff"];
  if (body instanceof Uint8Array) headers.push("Content-Length", String(body.byteLength));
  if (exchange.isLast || leavesBody) headers.push("Connection", "close");
  response.writeHead(reply.status, headers);
  // What is left of a short body is read and forgotten; Node does so by itself only for one that nobody has begun.
  if (!leavesBody && !request.complete) request.resume();

  if (leavesBody) {
    // The client may still be writing: it must be able to, for a moment, or it would never read the answer.
    if (isBodyless || !(body instanceof Uint8Array)) response.flushHeaders();
    else response.write(body);
    if (body !== undefined && !(body instanceof Uint8Array)) await body.close();
    await discardBody(request);
    response.end();
    return;
  }
  if (isBodyless) {
    response.end();
    if (body !== undefined && !(body instanceof Uint8Array)) await body.close();
    return;
  }
  if (body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  if (body.content !== undefined) {
    response.end(body.content);
    return;
  }
  await body.copyTo(response);
  response.end();
}
