import type { RequestOrigin } from "@layerport/accounts";

/**
 * Where a request came from, for records. The portal listens on the loopback address only, and the front door in
 * front of it sets these headers anew, so what a client sent in them is not here.
 */
export function requestOrigin(headers: Headers): RequestOrigin & { readonly address: string } {
  return {
    address: headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() || "unknown",
    requestId: headers.get("x-request-id") ?? undefined,
    userAgent: headers.get("user-agent")?.slice(0, 300),
  };
}
