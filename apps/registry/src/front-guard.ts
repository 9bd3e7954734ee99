import type { IncomingMessage } from "node:http";
import { RegistryError } from "@layerport/registry-core";
import { refusalDocument } from "./error-reply.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { type ShortReply, textReply } from "./reply.ts";

/** Methods that any path behind this door may have. */
export const frontMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

const methods: ReadonlySet<string> = new Set(frontMethods.split(", "));
const maximumHeaders = 200;

/**
 * Refuses what Node's parser lets through: absolute-form targets, a second `Host`, a `Host` that is not ours, methods
 * that nothing here has, transfer codings that nobody here undoes, more headers than anybody needs. Answers the host by
 * which the client reached us.
 * @throws HttpRefusal, or UNSUPPORTED for the method
 */
export function guardFront(request: IncomingMessage, allowedHosts: ReadonlySet<string>): string {
  const { method = "", url = "", rawHeaders } = request;
  if (!methods.has(method)) throw unsupportedMethod(method);
  if (rawHeaders.length > maximumHeaders * 2) throw new HttpRefusal(431, `more than ${maximumHeaders} headers`);
  if (url.charCodeAt(0) !== 0x2f) throw new HttpRefusal(400, "the request target must be a path");
  let hosts = 0;
  let authorizations = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? "";
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
    else if (name.length === 13 && name.toLowerCase() === "authorization") authorizations += 1;
  }
  if (hosts !== 1) throw new HttpRefusal(400, "exactly one Host header is needed");
  if (authorizations > 1) throw new HttpRefusal(400, "more than one Authorization header");
  const coding = request.headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw new HttpRefusal(400, "chunked is the only transfer coding here");
  }
  const host = (request.headers.host ?? "").toLowerCase();
  if (!allowedHosts.has(host)) throw new HttpRefusal(421, "this server does not answer for that host");
  return host;
}

/** The refusal of a method that nothing here has. */
function unsupportedMethod(method: string): RegistryError {
  const name = /^[A-Z-]{1,20}$/.test(method) ? method : "this method";
  return new RegistryError("UNSUPPORTED", { allowed: frontMethods }, { message: `${name} is not possible here` });
}

/** How a request is answered that Node's parser could not read. */
export function unreadableReply(code: string | undefined): ShortReply {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return textReply(431, "the headers are too long");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return textReply(413, "a chunk extension is too long");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return textReply(408, "too slow");
    case "HPE_INVALID_URL":
      return refusalDocument(400, { code: "NAME_INVALID", message: "the path is not in its plain form" });
    case "HPE_INVALID_METHOD":
      return unsupportedMethodReply("");
    default:
      return textReply(400, "the request cannot be read");
  }
}

/** The refusal of a method on a connection that Node answers no more. */
export function unsupportedMethodReply(method: string): ShortReply {
  const { code, status, message } = unsupportedMethod(method);
  return refusalDocument(status, { code, message }, ["Allow", frontMethods]);
}
