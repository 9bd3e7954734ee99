import { Agent, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { createProxyServer } from "httpxy";
import { tellToContinue } from "./body.ts";
import { writeRawReply } from "./raw-reply.ts";
import { type Exchange, textReply } from "./reply.ts";

/** Where everything that is not the registry's own is answered. */
export interface FrontDoorOptions {
  readonly portalUrl: string;
  readonly workerUrl: string;
  /** `http` or `https`, as clients see it. */
  readonly protocol: string;
  /** Whether the portal's development server may open sockets, by which pages reload themselves. */
  readonly allowsPortalSockets: boolean;
}

/** Which of the two answers. */
export type Backend = "portal" | "worker";

/** The portal or the worker did not answer, or broke off. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  readonly status: 502 | 503;

  constructor(backend: Backend, cause: unknown) {
    const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
    super(`the ${backend} ${isAbsent ? "is not running, or not yet" : "did not answer"}`, { cause });
    this.status = isAbsent ? 503 : 502;
  }
}

// Headers by which something between a client and an app says what it has decided. A client has no say in that.
const internalHeaders =
  /^(?:x-(?:forwarded|middleware|next|now|vercel|invoke|webauth|prerender)-|x-nextjs-|forwarded$|x-real-ip$|x-request-id$|x-nonce$|x-matched-path$|content-security-policy$)/;
// Next's own scripts send these two; the rest of their family comes from servers only.
const clientHeaders = new Set(["x-nextjs-request-id", "x-nextjs-html-request-id"]);
const hopByHopHeaders = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "te",
  "trailer",
  "upgrade",
];

// Shorter than Node's servers keep an idle connection, so that no request is sent into one that its other end is closing.
const idleConnectionMs = 4_000;
// How long the portal may stay silent before the client is told.
const portalSilenceMs = 300_000;

/** Forwards requests as they are, streaming both ways, to the portal or, below `/live/`, to the worker. */
export class FrontDoor {
  readonly #options: FrontDoorOptions;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 64, timeout: idleConnectionMs });
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  readonly #requests = createProxyServer();
  readonly #sockets = createProxyServer();

  constructor(options: FrontDoorOptions) {
    this.#options = options;
    this.#requests.on("proxyRes", (answer, request) => {
      const exchange = this.#exchanges.get(request);
      if (exchange === undefined) return;
      for (const name of hopByHopHeaders) delete answer.headers[name];
      answer.headers.connection = exchange.isLast || !exchange.response.shouldKeepAlive ? "close" : "keep-alive";
      answer.headers["x-request-id"] = exchange.requestId;
      answer.headers["x-content-type-options"] ??= "nosniff";
    });
  }

  /** Which backend takes a request for a path. */
  backendOf(path: string): Backend {
    return path.startsWith("/live/") ? "worker" : "portal";
  }

  /** Forwards one request; resolves when it is answered or its client has gone. @throws BackendError */
  async forward(exchange: Exchange, backend: Backend): Promise<void> {
    const { request, response } = exchange;
    this.#exchanges.set(request, exchange);
    stripHeaders(request);
    for (const name of [...hopByHopHeaders, "expect"]) delete request.headers[name];
    tellToContinue(request, response);
    try {
      await this.#requests.web(request, response, {
        target: this.#target(backend),
        agent: this.#agent,
        headers: this.#forwardedHeaders(exchange),
        ...(backend === "portal" ? { proxyTimeout: portalSilenceMs } : {}),
      });
    } catch (cause) {
      throw new BackendError(backend, cause);
    }
    // The backend answered before it had read everything: what is left cannot be told from a next request.
    if (!request.complete) request.destroy();
  }

  /** Which backend takes an upgrade of this path to a WebSocket, if any does. */
  socketBackendOf(path: string): Backend | undefined {
    if (path.startsWith("/live/")) return "worker";
    return this.#options.allowsPortalSockets && path.startsWith("/_next/") ? "portal" : undefined;
  }

  /** Joins a client's socket to one of the backend's; resolves when it has closed. `onError` is told what broke. */
  async forwardSocket(
    upgrade: { request: IncomingMessage; socket: Socket; head: Buffer; requestId: string; host: string },
    backend: Backend,
    onError: (error: BackendError) => void,
  ): Promise<void> {
    const { request, socket, head } = upgrade;
    stripHeaders(request);
    const written = socket.bytesWritten;
    const onFailure = (cause: Error, failed: IncomingMessage | undefined) => {
      if (failed !== request) return;
      const error = new BackendError(backend, cause);
      // Once the backend has said anything, the bytes on this connection are no longer ours.
      if (socket.bytesWritten === written) writeRawReply(socket, textReply(error.status, error.message));
      onError(error);
    };
    this.#sockets.on("error", onFailure);
    socket.once("close", () => this.#sockets.removeListener("error", onFailure));
    await this.#sockets.ws(
      request,
      socket,
      { target: this.#target(backend), headers: this.#forwardedHeaders(upgrade), upgradeTimeout: 10_000 },
      head,
    );
  }

  close(): void {
    this.#agent.destroy();
  }

  #target(backend: Backend): string {
    return backend === "worker" ? this.#options.workerUrl : this.#options.portalUrl;
  }

  #forwardedHeaders(from: { request: IncomingMessage; requestId: string; host: string }): Record<string, string> {
    return {
      "x-forwarded-for": peerAddress(from.request),
      "x-forwarded-proto": this.#options.protocol,
      "x-forwarded-host": from.host,
      "x-request-id": from.requestId,
    };
  }
}

/** The address of the peer, an IPv4 one in its plain form. */
export function peerAddress(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? "";
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

function stripHeaders(request: IncomingMessage): void {
  for (const name of Object.keys(request.headers)) {
    if (internalHeaders.test(name) && !clientHeaders.has(name)) delete request.headers[name];
  }
}
