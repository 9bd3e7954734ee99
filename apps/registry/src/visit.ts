import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Credential, Origin, Principal } from "./authenticate.ts";
import type { Endpoint, EndpointId } from "./endpoint.ts";
import { type Backend, peerAddress } from "./front-door.ts";
import type { Exchange } from "./reply.ts";
import type { RequestTarget } from "./request-target.ts";

/** What log lines and metrics call the way that a request took. */
export type RouteName = EndpointId | Backend | "token" | "operations" | "refused";

/** One request from its first line to its last byte, and what has been learnt of it so far. */
export class Visit implements Exchange {
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
  readonly #door: { readonly isDraining: boolean };

  constructor(request: IncomingMessage, response: ServerResponse, door: { readonly isDraining: boolean }) {
    this.request = request;
    this.response = response;
    this.#door = door;
  }

  get isLast(): boolean {
    return this.#door.isDraining;
  }

  /** Where the request came from, for the records of what it changes. */
  get origin(): Origin {
    const { request, requestId } = this;
    return { address: peerAddress(request), requestId, userAgent: request.headers["user-agent"]?.slice(0, 300) };
  }

  /** What log lines say of the request: never a credential, nor a query, which may hold one. */
  describe() {
    const { requestId, request, route, principal } = this;
    return {
      requestId,
      method: request.method ?? "",
      path: (this.target?.path ?? "").slice(0, 300),
      endpoint: route,
      principal: principal?.actor.name,
      address: peerAddress(request),
    };
  }
}
