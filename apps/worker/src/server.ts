import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type Accounts, matchesSecret } from "@layerport/accounts";
import type { Logger } from "pino";
import { type Listener, type LivePushes, readRepository } from "./live-pushes.ts";
import type { Metrics } from "./metrics.ts";
import type { SessionCookies } from "./viewer-cookie.ts";

/** What the worker's door needs. */
export interface ServerOptions {
  readonly accounts: Pick<Accounts, "anonymous" | "findViewer">;
  readonly livePushes: LivePushes;
  readonly sessionCookies: SessionCookies;
  readonly publicUrl: string;
  readonly metrics: Metrics;
  readonly metricsToken: string;
  /** Resolves when the worker can do its work. */
  readonly checkReadiness: () => Promise<void>;
  readonly isDraining: () => boolean;
  readonly log: Logger;
}

/** The worker's door: it listens on the loopback address, behind the front door. */
export function createWorkerServer(options: ServerOptions): Server {
  // The front door ends an idle connection; one that ended here would lose the request that is on its way.
  const limits = { requestTimeout: 15_000, headersTimeout: 15_000, keepAliveTimeout: 65_000 };
  const server = createServer(limits, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      options.log.error({ err: error, requestId: requestIdOf(request) }, "a request failed");
      if (response.headersSent) response.destroy();
      else reply(response, 503, "try again soon", { "Retry-After": "5" });
    });
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  return server;
}

async function answer(options: ServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const target = request.url ?? "";
  const question = target.indexOf("?");
  const path = question === -1 ? target : target.slice(0, question);
  const parameters = new URLSearchParams(question === -1 ? "" : target.slice(question + 1));
  if (request.method !== "GET") return reply(response, 405, "only GET is answered here", { Allow: "GET" });
  switch (path) {
    case "/livez":
      return reply(response, 200, "alive");
    case "/readyz":
      return answerReadiness(options, response);
    case "/metrics":
      return answerMetrics(options, request, response);
    case "/live/pushes":
      return openStream(options, { request, response, parameters });
    default:
      return reply(response, 404, "there is nothing here");
  }
}

async function answerReadiness({ checkReadiness, isDraining, log }: ServerOptions, response: ServerResponse) {
  if (isDraining()) return reply(response, 503, "draining");
  try {
    await checkReadiness();
  } catch (error) {
    log.warn({ err: error }, "not ready");
    return reply(response, 503, "not ready");
  }
  return reply(response, 200, "ready");
}

async function answerMetrics(
  { metrics, metricsToken }: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const [, token] = /^bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token === undefined || !matchesSecret(metricsToken, token)) {
    return reply(response, 401, "metrics need their token", { "WWW-Authenticate": 'Bearer realm="metrics"' });
  }
  return reply(response, 200, await metrics.format(), { "Content-Type": metrics.contentType });
}

interface StreamRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: URLSearchParams;
}

async function openStream(options: ServerOptions, { request, response, parameters }: StreamRequest): Promise<void> {
  if (!isSameOrigin(request, options.publicUrl)) return reply(response, 403, "only pages of this Layerport may listen");
  const repository = readRepository(parameters);
  if (repository === "malformed") return reply(response, 400, "this is not a repository's name");
  const who = await findListener(options, request);
  // A browser gives up for good on this answer, which is right: the page must be opened again.
  if (who === undefined) return reply(response, 401, "the session has ended");
  if (options.isDraining() || !options.livePushes.hasRoom(who.key)) {
    return reply(response, 503, "too many streams are open", { "Retry-After": "10" });
  }
  if (!response.destroyed) options.livePushes.open({ ...who, repository }, response);
}

/** A signed-in person or a stranger; nobody for a session that has ended. */
async function findListener(
  { accounts, sessionCookies }: ServerOptions,
  request: IncomingMessage,
): Promise<Omit<Listener, "repository"> | undefined> {
  const { cookie } = request.headers;
  if (!sessionCookies.isPresent(cookie)) {
    return { identity: accounts.anonymous, sessionId: undefined, key: `stranger ${peerOf(request)}` };
  }
  const sessionId = await sessionCookies.findSessionId(cookie);
  const viewer = sessionId === undefined ? undefined : await accounts.findViewer(sessionId);
  return viewer && { identity: viewer.identity, sessionId: viewer.sessionId, key: viewer.id };
}

/**
 * T44: whether a page of ours asks. Browsers say where a request comes from in `Sec-Fetch-Site`; older ones send
 * `Origin` with what crosses origins. What sends neither is no browser, and carries no cookie of somebody else.
 */
function isSameOrigin(request: IncomingMessage, publicUrl: string): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const { origin } = request.headers;
  return origin === undefined || origin === publicUrl || URL.parse(origin)?.host === request.headers.host;
}

/** The peer of the front door, which sets this header anew. */
function peerOf(request: IncomingMessage): string {
  const forwarded = request.headers["x-forwarded-for"];
  return (typeof forwarded === "string" ? forwarded.split(",").at(-1)?.trim() : undefined) ?? "here";
}

function requestIdOf(request: IncomingMessage): string | undefined {
  const id = request.headers["x-request-id"];
  return typeof id === "string" ? id : undefined;
}

function reply(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(`${text}\n`);
}
