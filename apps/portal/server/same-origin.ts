/** Methods that change nothing, so that it does not matter who sends them. */
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request that may change something was sent by a page of another site (T40). A browser says where a request
 * comes from; what carries a cookie and does not say it is no page of ours either.
 */
export function isFromElsewhere(method: string, headers: Headers, ownOrigin: string): boolean {
  if (safeMethods.has(method)) return false;
  const site = headers.get("sec-fetch-site");
  if (site !== null && site !== "same-origin" && site !== "none") return true;
  const origin = headers.get("origin");
  return origin === null ? headers.has("cookie") : origin !== ownOrigin;
}
