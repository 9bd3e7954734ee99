import { randomUUID } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Actor, Registry } from "@layerport/registry-core";
import { answerEndpoint } from "./answer-endpoint.ts";
import { authenticate, type Gatehouse, type PublicAddress, parseAuthorization } from "./authenticate.ts";
import { awaitContinue } from "./body.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { Connections } from "./connections.ts";
import { type EndpointId, parseEndpoint } from "./endpoint.ts";
import { errorReply, refusalDocument } from "./error-reply.ts";
import { type Backend, BackendError, FrontDoor, type FrontDoorOptions } from "./front-door.ts";
import { guardFront, unreadableReply, unsupportedMethodReply } from "./front-guard.ts";
import { HttpRefusal } from "./http-refusal.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { Operations } from "./operations.ts";
import { writeRawReply } from "./raw-reply.ts";
import { type Reply, type ShortReply, sendReply, textReply } from "./reply.ts";
import { parseRequestTarget, type RequestTarget } from "./request-target.ts";
import { answerToken, tokenErrorReply } from "./token.ts";
import { Visit } from "./visit.ts";
import { type ProgressRule, ProgressWatchdog } from "./watchdog.ts";

/** The rooms behind the door. */
export interface Rooms {
  readonly registryFor: (actor: Actor) => Registry;
  readonly gatehouse: Gatehouse;
  /** Resolves when the database and the storage answer. */
  readonly checkReadiness: () => Promise<void>;
}

/** How the door is set up. */
export interface Settings extends Pick<FrontDoorOptions, "portalUrl" | "workerUrl" | "allowsPortalSockets"> {
  readonly address: PublicAddress;
  /** Every `Host` that is answered for, in lower case. */
  readonly allowedHosts: ReadonlySet<string>;
  readonly metricsToken: string | undefined;
  readonly progress: ProgressRule;
  /** How long the headers of a request may take to arrive. */
  readonly headersTimeoutMs: number;
  /** How many connections one address may have at once; 0 for any number. */
  readonly connectionsPerAddress: number;
}

/** The door, not listening yet. */
export interface DoorServer {
  readonly server: Server;
  /** Stops taking connections, lets what has begun finish within so many milliseconds, and closes the rest. */
  drain(withinMs: number): Promise<void>;
}

/** Makes the door: every request goes from raw target to endpoint, principal, guarded registry, handler and reply. */
export function createServer(parts: {
  readonly rooms: Rooms;
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly log: Log;
}): DoorServer {
  return new Door(parts);
}

// Requests of which the metrics say how many are under way.
const bringsBlob: ReadonlySet<string> = new Set<EndpointId>(["end-4b", "end-5", "end-6"]);

function ignore(): void {}

class Door implements DoorServer {
  readonly server: Server;
  readonly #rooms: Rooms;
  readonly #settings: Settings;
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #operations: Operations;
  readonly #frontDoor: FrontDoor;
  readonly #watchdog: ProgressWatchdog;
  readonly #joinedSockets = new Set<Socket>();
  readonly #connections = new Connections();
  readonly #limit: ConnectionLimit;
  readonly #state = { isDraining: false };

  constructor({ rooms, settings, metrics, log }: Parameters<typeof createServer>[0]) {
    this.#rooms = rooms;
    this.#settings = settings;
    this.#metrics = metrics;
    this.#log = log;
    this.#watchdog = new ProgressWatchdog(settings.progress);
    this.#limit = new ConnectionLimit(settings.connectionsPerAddress);
    const protocol = settings.address.url.startsWith("https:") ? "https" : "http";
    this.#frontDoor = new FrontDoor({ ...settings, protocol });
    this.#operations = new Operations({
      checkReadiness: () => this.#checkReadiness(),
      isDraining: () => this.#state.isDraining,
      metrics,
      metricsToken: settings.metricsToken,
    });
    this.server = this.#makeServer();
  }

  async drain(withinMs: number): Promise<void> {
    this.#state.isDraining = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    for (const socket of this.#joinedSockets) socket.end();
    const timer = setTimeout(() => {
      this.server.closeAllConnections();
      // Node's server has forgotten those that speak another protocol by now, and still waits for them.
      for (const socket of this.#joinedSockets) socket.destroy();
    }, withinMs);
    await closed;
    clearTimeout(timer);
    this.#watchdog.close();
    this.#frontDoor.close();
  }

  #makeServer(): Server {
    const server = createHttpServer({
      // No limit on the whole of a request: the watchdog cuts those that stand still, however long the others take.
      requestTimeout: 0,
      headersTimeout: this.#settings.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(5_000, this.#settings.headersTimeoutMs / 3),
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
      // The front guard asks for it, and answers as everything here is answered.
      requireHostHeader: false,
      shouldUpgradeCallback: (request) => this.#socketBackendOf(request) !== undefined,
    });
    server.on("connection", (socket) => this.#admit(socket));
    server.on("request", (request, response) => void this.#serve(request, response));
    server.on("checkContinue", (request, response) => {
      awaitContinue(request);
      void this.#serve(request, response);
    });
    server.on("checkExpectation", (request, response) => {
      void this.#serve(request, response, new HttpRefusal(417, "only 100-continue can be expected"));
    });
    server.on("upgrade", (request, socket, head) => void this.#join(request, socket as Socket, head));
    server.on("connect", (_request, socket) => writeRawReply(socket, unsupportedMethodReply("CONNECT")));
    server.on("clientError", (error, socket) => this.#refuseUnreadable(error, socket as Socket));
    return server;
  }

  /** Answers a connection too many before it has said anything, since what it would say may never come. */
  #admit(socket: Socket): void {
    if (this.#limit.admit(socket)) return;
    this.#connections.turnAway(socket);
    const refusal = { code: "TOOMANYREQUESTS", message: "too many connections from this address" };
    this.#refuseRaw(socket, refusalDocument(429, refusal, ["Retry-After", "5"]), "too many connections");
  }

  async #serve(request: IncomingMessage, response: ServerResponse, refusal?: HttpRefusal): Promise<void> {
    if (this.#connections.isTurnedAway(request.socket)) return;
    const visit = new Visit(request, response, this.#state);
    this.#connections.begin(request.socket, response);
    response.once("close", () => this.#account(visit));
    // Whoever writes learns what broke; an event that nobody listens to would end the process besides.
    response.on("error", ignore);
    this.#watchdog.watch(request, response, () => this.#cut(visit));
    try {
      if (refusal !== undefined) throw refusal;
      await this.#answer(visit);
    } catch (error) {
      await this.#refuse(visit, error);
    }
  }

  /** From request to reply. Whatever is thrown here is answered in `#serve`'s catch, the only one. */
  async #answer(visit: Visit): Promise<void> {
    const { request } = visit;
    visit.host = guardFront(request, this.#settings.allowedHosts);
    const target = parseRequestTarget(request.url ?? "");
    visit.target = target;
    const { path } = target;
    if (path === "/v2" || path.startsWith("/v2/")) {
      return sendReply(visit, await this.#answerRegistry(visit, target));
    }
    if (path === "/token") {
      visit.route = "token";
      const asked = { request, response: visit.response, query: target.query, origin: visit.origin };
      return sendReply(visit, await answerToken(this.#rooms.gatehouse, asked));
    }
    const answer = this.#operations.answer(path, request);
    if (answer !== undefined) {
      visit.route = "operations";
      return sendReply(visit, await answer);
    }
    visit.route = this.#frontDoor.backendOf(path);
    return this.#frontDoor.forward(visit, visit.route);
  }

  async #answerRegistry(visit: Visit, target: RequestTarget): Promise<Reply> {
    const { request, response } = visit;
    const endpoint = parseEndpoint(request.method ?? "", target);
    visit.endpoint = endpoint;
    visit.route = endpoint.id;
    const credential = parseAuthorization(request.headers.authorization);
    visit.credential = credential.kind;
    const { gatehouse, registryFor } = this.#rooms;
    const principal = await authenticate(gatehouse, credential, visit.origin);
    visit.principal = principal;
    const reply = answerEndpoint(registryFor(principal.actor), endpoint, { gatehouse, principal, request, response });
    return bringsBlob.has(endpoint.id) ? this.#uploading(reply) : reply;
  }

  async #uploading(reply: Promise<Reply>): Promise<Reply> {
    this.#metrics.uploadChanged(1);
    try {
      return await reply;
    } finally {
      this.#metrics.uploadChanged(-1);
    }
  }

  async #refuse(visit: Visit, error: unknown): Promise<void> {
    const { response, request } = visit;
    if (response.headersSent || response.destroyed) {
      const isPeerGone = request.socket.destroyed;
      if (!isPeerGone) this.#log.logger.warn({ ...visit.describe(), err: error }, "an answer broke off");
      // Half an answer must not look like a whole one.
      if (!response.writableFinished) response.destroy();
      return;
    }
    if (request.socket.destroyed || this.#connections.isRefused(request.socket)) return;
    const reply = this.#errorReply(visit, error);
    if (reply.status >= 500) this.#log.logger.error({ ...visit.describe(), err: error }, "a request failed");
    // Nothing is left to say to a client whose connection breaks now.
    await sendReply(visit, reply).catch(() => response.destroy());
  }

  #errorReply(visit: Visit, error: unknown): Reply {
    if (error instanceof BackendError)
      return textReply(error.status, `Layerport: ${error.message}.`, ["Retry-After", "2"]);
    const tokenReply = visit.route === "token" ? tokenErrorReply(error) : undefined;
    const { requestId, endpoint, credential, principal, host } = visit;
    const { address } = this.#settings;
    return tokenReply ?? errorReply(error, { requestId, endpoint, credential, principal, host, address });
  }

  /** Ends the exchange with a peer that has stood still for too long. */
  #cut(visit: Visit): void {
    const { response, request } = visit;
    if (response.headersSent) {
      request.socket.destroy();
      return;
    }
    const text = "too slow\n";
    response.writeHead(408, {
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Length": text.length,
      "X-Content-Type-Options": "nosniff",
      "X-Request-Id": visit.requestId,
      Connection: "close",
    });
    response.end(text, () => request.socket.destroySoon());
  }

  #socketBackendOf(request: IncomingMessage): Backend | undefined {
    if (request.headers.upgrade?.toLowerCase() !== "websocket" || request.method !== "GET") return undefined;
    return this.#frontDoor.socketBackendOf(request.url ?? "");
  }

  async #join(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    this.#joinedSockets.add(socket);
    socket.once("close", () => this.#joinedSockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const requestId = randomUUID();
    try {
      const host = guardFront(request, this.#settings.allowedHosts);
      parseRequestTarget(request.url ?? "");
      const backend = this.#socketBackendOf(request) ?? "worker";
      await this.#frontDoor.forwardSocket({ request, socket, head, requestId, host }, backend, (error) =>
        this.#log.logger.warn({ requestId, err: error }, "a socket could not be joined"),
      );
    } catch (error) {
      const status = error instanceof HttpRefusal ? error.status : 400;
      writeRawReply(socket, textReply(status, error instanceof Error ? error.message : "refused"));
    }
  }

  /** Answers what the parser could not read. */
  #refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
    if (error.code === "ECONNRESET" || !socket.writable || !this.#connections.refuse(socket)) {
      socket.destroy();
      return;
    }
    this.#refuseRaw(socket, unreadableReply(error.code), error.code ?? "unreadable");
  }

  #refuseRaw(socket: Socket, reply: ShortReply, reason: string): void {
    const { status } = reply;
    const requestId = randomUUID();
    writeRawReply(socket, { ...reply, headers: [...reply.headers, "X-Request-Id", requestId] });
    this.#metrics.count({ endpoint: "refused", status, seconds: 0, bytesIn: 0, bytesOut: 0 });
    this.#log.logger.info({ requestId, status, reason, address: socket.remoteAddress }, "refused");
  }

  async #checkReadiness(): Promise<void> {
    try {
      await this.#rooms.checkReadiness();
    } catch (cause) {
      this.#log.logger.warn({ err: cause }, "not ready");
      throw new Error("not ready", { cause });
    }
  }

  /** One log line and one count for each request. */
  #account(visit: Visit): void {
    const { request, response, startedAt, route } = visit;
    const ms = performance.now() - startedAt;
    const { bytesIn, bytesOut } = this.#connections.end(request.socket);
    // nginx's number for a client that went away: no other tells it from an answer.
    const status = response.writableFinished ? response.statusCode : 499;
    this.#metrics.count({ endpoint: route, status, seconds: ms / 1000, bytesIn, bytesOut });
    this.#log.logRequest({ ...visit.describe(), status, ms, bytesIn, bytesOut });
  }
}
