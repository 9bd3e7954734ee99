import { randomUUID } from "node:crypto";
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Actor, guard, type Registry, requirePermissions } from "@layerport/registry-core";
import type { Logger } from "pino";
import {
  authenticate,
  type Credential,
  type Gatehouse,
  type Principal,
  type PublicAddress,
  parseAuthorization,
} from "./authenticate.ts";
import { awaitContinue } from "./body.ts";
import { type Endpoint, parseEndpoint } from "./endpoint.ts";
import { errorReply } from "./error-reply.ts";
import { BackendError, FrontDoor, type FrontDoorOptions, peerAddress } from "./front-door.ts";
import { frontMethods, guardFront } from "./front-guard.ts";
import { getBase } from "./handlers/base.ts";
import { deleteBlob, getBlob } from "./handlers/blob.ts";
import { listRepositories } from "./handlers/catalog.ts";
import { deleteManifest, getManifest, putManifest } from "./handlers/manifest.ts";
import { listReferrers } from "./handlers/referrers.ts";
import { listTags } from "./handlers/tags.ts";
import {
  appendChunk,
  cancelUpload,
  completeUpload,
  getUpload,
  mountBlob,
  putBlob,
  startUpload,
} from "./handlers/upload.ts";
import { HttpRefusal } from "./http-refusal.ts";
import type { Metrics } from "./metrics.ts";
import { Operations } from "./operations.ts";
import { writeRawReply } from "./raw-reply.ts";
import { type Exchange, type Reply, sendReply, textReply } from "./reply.ts";
import { parseRequestTarget, type RequestTarget } from "./request-target.ts";
import { answerToken, tokenErrorReply } from "./token.ts";
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
  readonly logger: Logger;
}): DoorServer {
  return new Door(parts);
}

// What a log line and a metric say of paths that are no endpoint of the specification.
type RouteName = Endpoint["id"] | "token" | "operations" | "portal" | "worker" | "refused";

/** What every request of one door looks at. */
interface DoorState {
  isDraining: boolean;
}

/** What is known of a connection between its requests. */
interface Connection {
  /** The newest of its responses; a client may send its next request before it has read the answer to the last. */
  response: ServerResponse;
  /** How many requests are not answered yet. */
  open: number;
  /** Whether an answer was written that Node knows nothing of, so that no other may follow. */
  isRefused: boolean;
  /** Bytes that are counted already, for earlier requests. */
  bytesIn: number;
  bytesOut: number;
}

/** One request from its first line to its last byte. */
class Visit implements Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId = randomUUID();
  readonly startedAt = performance.now();
  host = "";
  route: RouteName = "refused";
  target: RequestTarget | undefined;
  endpoint: Endpoint | undefined;
  credential: Credential["kind"] = "none";
  principal: Principal | undefined;

  readonly #state: DoorState;

  constructor(request: IncomingMessage, response: ServerResponse, state: DoorState) {
    this.request = request;
    this.response = response;
    this.#state = state;
  }

  get isLast(): boolean {
    return this.#state.isDraining;
  }
}

class Door implements DoorServer {
  readonly server: Server;
  readonly #rooms: Rooms;
  readonly #settings: Settings;
  readonly #metrics: Metrics;
  readonly #logger: Logger;
  readonly #operations: Operations;
  readonly #frontDoor: FrontDoor;
  readonly #watchdog: ProgressWatchdog;
  readonly #joinedSockets = new Set<Socket>();
  readonly #connections = new WeakMap<Socket, Connection>();
  readonly #state: DoorState = { isDraining: false };

  constructor({ rooms, settings, metrics, logger }: Parameters<typeof createServer>[0]) {
    this.#rooms = rooms;
    this.#settings = settings;
    this.#metrics = metrics;
    this.#logger = logger;
    this.#watchdog = new ProgressWatchdog(settings.progress);
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
    const timer = setTimeout(() => this.server.closeAllConnections(), withinMs);
    for (const socket of this.#joinedSockets) socket.end();
    await closed;
    clearTimeout(timer);
    for (const socket of this.#joinedSockets) socket.destroy();
    this.#watchdog.close();
    this.#frontDoor.close();
  }

  #makeServer(): Server {
    const server = createHttpServer({
      // No limit on the whole of a request: the watchdog cuts those that stand still, however long the others take.
      requestTimeout: 0,
      headersTimeout: 15_000,
      connectionsCheckingInterval: 5_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16 * 1024,
      // The front guard asks for it, and answers as everything here is answered.
      requireHostHeader: false,
      shouldUpgradeCallback: (request) => this.#socketBackendOf(request) !== undefined,
    });
    server.on("request", (request, response) => void this.#serve(request, response));
    server.on("checkContinue", (request, response) => {
      awaitContinue(request);
      void this.#serve(request, response);
    });
    server.on("checkExpectation", (request, response) => {
      void this.#serve(request, response, new HttpRefusal(417, "only 100-continue can be expected"));
    });
    server.on("upgrade", (request, socket, head) => void this.#join(request, socket as Socket, head));
    server.on("connect", (_request, socket) => {
      writeRawReply(socket, 405, "CONNECT is not possible here", ["Allow", frontMethods]);
    });
    server.on("clientError", (error, socket) => this.#refuseUnreadable(error, socket as Socket));
    return server;
  }

  async #serve(request: IncomingMessage, response: ServerResponse, refusal?: HttpRefusal): Promise<void> {
    const visit = new Visit(request, response, this.#state);
    this.#connectionOf(request.socket, response).open += 1;
    response.once("close", () => this.#account(visit));
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
      const origin = originOf(visit);
      const asked = { request, response: visit.response, query: target.query, origin };
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
    const principal = await authenticate(gatehouse, credential, originOf(visit));
    visit.principal = principal;
    const rights = gatehouse.rightsOf(principal.identity);
    const registry = guard(registryFor(principal.actor), rights);

    switch (endpoint.id) {
      case "end-1":
        return getBase(gatehouse, principal);
      case "end-2":
        return getBlob(registry, endpoint, request);
      case "end-3":
        return getManifest(registry, endpoint, request);
      case "end-4a":
      case "end-4c":
        return startUpload(registry, endpoint);
      case "end-4b":
        return this.#uploading(putBlob(registry, endpoint, { request, response }));
      case "end-5":
        return this.#uploading(appendChunk(registry, endpoint, { request, response }));
      case "end-6":
        return this.#uploading(completeUpload(registry, endpoint, { request, response }));
      case "end-7a":
      case "end-7b":
        // The guard would ask after the body was read, since it is handed over whole.
        await requirePermissions(rights, endpoint.repository, ["pull", "push"]);
        return putManifest(registry, endpoint, { request, response });
      case "end-8a":
      case "end-8b":
        return listTags(registry, endpoint);
      case "end-9":
        return deleteManifest(registry, endpoint);
      case "end-10":
        return deleteBlob(registry, endpoint);
      case "end-11":
        return mountBlob(registry, endpoint);
      case "end-12a":
      case "end-12b":
        return listReferrers(registry, endpoint);
      case "end-13":
        return getUpload(registry, endpoint);
      case "end-14":
        return cancelUpload(registry, endpoint);
      case "catalog":
        return listRepositories(registry, endpoint);
    }
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
      if (!isPeerGone) this.#logger.warn({ ...about(visit), err: error }, "an answer broke off");
      // Half an answer must not look like a whole one.
      if (!response.writableFinished) response.destroy();
      return;
    }
    if (request.socket.destroyed || this.#connections.get(request.socket)?.isRefused === true) return;
    const reply = this.#errorReply(visit, error);
    if (reply.status >= 500) this.#logger.error({ ...about(visit), err: error }, "a request failed");
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
    response.writeHead(408, [
      "Content-Length",
      String(text.length),
      "Content-Type",
      "text/plain",
      "X-Content-Type-Options",
      "nosniff",
      "X-Request-Id",
      visit.requestId,
      "Connection",
      "close",
    ]);
    response.end(text, () => request.socket.destroySoon());
  }

  #socketBackendOf(request: IncomingMessage): "portal" | "worker" | undefined {
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
        this.#logger.warn({ requestId, err: error }, "a socket could not be joined"),
      );
    } catch (error) {
      const status = error instanceof HttpRefusal ? error.status : 400;
      writeRawReply(socket, status, error instanceof Error ? error.message : "refused");
    }
  }

  /** Answers what the parser could not read. */
  #refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
    const connection = this.#connections.get(socket);
    // An answer may be on its way already: a second one would be read as part of it, or as the next.
    const isAnswering =
      connection !== undefined && (connection.open > 1 || (connection.open === 1 && connection.response.headersSent));
    if (isAnswering || error.code === "ECONNRESET" || !socket.writable) {
      socket.destroy();
      return;
    }
    if (connection !== undefined) connection.isRefused = true;
    const [status, text, headers] = unreadable(error.code);
    writeRawReply(socket, status, text, headers);
    this.#metrics.count({ endpoint: "refused", status, seconds: 0, bytesIn: 0, bytesOut: 0 });
    this.#logger.info({ status, reason: error.code, address: socket.remoteAddress }, "unreadable request");
  }

  async #checkReadiness(): Promise<void> {
    try {
      await this.#rooms.checkReadiness();
    } catch (cause) {
      this.#logger.warn({ err: cause }, "not ready");
      throw new Error("not ready", { cause });
    }
  }

  /** One log line and one count for each request. */
  #account(visit: Visit): void {
    const { request, response, startedAt, route } = visit;
    const ms = performance.now() - startedAt;
    const { bytesIn, bytesOut } = this.#closeRequest(request.socket);
    // nginx's number for a client that went away: no other tells it from an answer.
    const status = response.writableFinished ? response.statusCode : 499;
    this.#metrics.count({ endpoint: route, status, seconds: ms / 1000, bytesIn, bytesOut });
    this.#logger.info({ ...about(visit), status, ms: Math.round(ms * 100) / 100, bytesIn, bytesOut }, "request");
  }

  #connectionOf(socket: Socket, response: ServerResponse): Connection {
    const known = this.#connections.get(socket);
    const connection = known ?? { response, open: 0, isRefused: false, bytesIn: 0, bytesOut: 0 };
    if (known === undefined) this.#connections.set(socket, connection);
    connection.response = response;
    return connection;
  }

  /** Ends a request on its connection; answers the bytes that went over it since they were last taken. */
  #closeRequest(socket: Socket): { bytesIn: number; bytesOut: number } {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return { bytesIn: 0, bytesOut: 0 };
    connection.open -= 1;
    const bytesIn = socket.bytesRead - connection.bytesIn;
    const bytesOut = socket.bytesWritten - connection.bytesOut;
    connection.bytesIn += bytesIn;
    connection.bytesOut += bytesOut;
    return { bytesIn, bytesOut };
  }
}

/** What log lines say of a request: never a credential, nor a query, which may hold one. */
function about(visit: Visit): Readonly<Record<string, unknown>> {
  const { request, target, principal } = visit;
  return {
    requestId: visit.requestId,
    method: request.method,
    path: (target?.path ?? "").slice(0, 300),
    endpoint: visit.route,
    principal: principal?.actor.name,
    address: peerAddress(request),
  };
}

function originOf(visit: Visit) {
  const { request, requestId } = visit;
  return { address: peerAddress(request), requestId, userAgent: request.headers["user-agent"]?.slice(0, 300) };
}

function unreadable(code: string | undefined): readonly [number, string, readonly string[]] {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return [431, "the headers are too long", []];
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return [413, "a chunk extension is too long", []];
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return [408, "too slow", []];
    case "HPE_INVALID_METHOD":
      return [405, "this method is not possible here", ["Allow", frontMethods]];
    default:
      return [400, "the request cannot be read", []];
  }
}
