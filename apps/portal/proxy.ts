import { type NextRequest, NextResponse } from "next/server";
import { isInternalRoute, referencePath } from "./server/repository-path.ts";
import { isFromElsewhere } from "./server/same-origin.ts";

/**
 * Gives each page a content security policy with a nonce of its own, and leads a pasted image reference to its page.
 * What a page of another site sends is refused. It decides nothing about who may see what: that is the guarded
 * catalog's part.
 *
 * No style attribute passes this policy, so what a server component draws has its measures in classes and SVG
 * attributes. Scripts may set styles, because the object model is not markup.
 */
export function proxy(request: NextRequest): NextResponse {
  // Next compares the origin of an action again, and next-auth asks for a token of its own.
  if (isFromElsewhere(request.method, request.headers, publicOrigin(request))) {
    return new NextResponse("This request was sent by a page of another site.\n", { status: 403 });
  }
  const { pathname, search } = request.nextUrl;
  const pasted = referencePath(pathname);
  if (pasted !== undefined) return NextResponse.redirect(new URL(pasted, publicOrigin(request)));

  if (isInternalRoute(pathname)) return new NextResponse("There is nothing at this address.", { status: 404 });

  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");

  const headers = new Headers(request.headers);
  // Next reads the nonce out of the request's policy and puts it on its own scripts.
  headers.set("Content-Security-Policy", policy);
  headers.set("x-nonce", nonce);
  headers.set("x-layerport-path", `${pathname}${search}`);

  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  // Next's rewrites tell its router in the browser that the page was drawn without a query, and it would not draw anew
  // for a link that changes nothing else. What is set here outlasts what they set.
  if (pathname.startsWith("/r/")) response.headers.set("x-nextjs-rewritten-query", request.nextUrl.search.slice(1));
  return response;
}

/** The address that the browser sees; this server's own is behind the front door. */
function publicOrigin(request: NextRequest): string {
  const host = request.headers.get("x-forwarded-host") ?? request.headers.get("host");
  const scheme = request.headers.get("x-forwarded-proto") ?? "http";
  return host === null ? request.nextUrl.origin : `${scheme}://${host}`;
}

function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  return [
    "default-src 'self'",
    // React rebuilds server stacks with eval while developing, never in production.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    // Next's development overlay writes style elements without a nonce.
    `style-src-elem 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'none'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    // No upgrade-insecure-requests: a first install answers on plain HTTP.
  ].join("; ");
}

export const config = { matcher: "/((?!_next/static|_next/image|favicon.ico|icon.svg).*)" };
