import { AccountError } from "@layerport/accounts";
import { RegistryError } from "@layerport/registry-core";
import {
  type Credential,
  describeRefusal,
  formatChallenge,
  type Principal,
  type PublicAddress,
} from "./authenticate.ts";
import type { Endpoint } from "./endpoint.ts";
import { uploadHeaders } from "./handlers/upload.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { outageStatus } from "./outage.ts";
import { apiVersion, jsonReply, type ShortReply, textReply } from "./reply.ts";

/** How far a request came before it failed, as far as an answer may depend on it. */
export interface Situation {
  readonly requestId: string;
  readonly endpoint: Endpoint | undefined;
  readonly credential: Credential["kind"];
  readonly principal: Principal | undefined;
  readonly host: string;
  readonly address: PublicAddress;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

/** The one place where a failure becomes an answer. Of outages and bugs the client learns the request's id only. */
export function errorReply(error: unknown, situation: Situation): ShortReply {
  if (RegistryError.is(error)) return refusalReply(error, situation);
  if (AccountError.is(error)) return accountReply(error, situation);
  if (error instanceof HttpRefusal) return textReply(error.status, error.message);
  return failureReply(outageStatus(error), situation.requestId);
}

/** The document in which the specification wraps errors. */
export function refusalDocument(status: number, refusal: Refusal, headers: readonly string[] = []): ShortReply {
  const { code, message, detail = null } = refusal;
  return jsonReply(status, { errors: [{ code, message, detail }] }, headers);
}

/** The answer to an outage or a bug: whom to ask, and nothing about what happened. */
export function failureReply(outage: 503 | 507 | undefined, requestId: string): ShortReply {
  const detail = { requestId };
  if (outage === undefined) {
    return refusalDocument(500, { code: "UNAVAILABLE", message: `internal error, request ${requestId}`, detail });
  }
  const message = outage === 507 ? "the registry is out of space" : "the registry is unavailable; try again later";
  return refusalDocument(outage, { code: "UNAVAILABLE", message, detail }, ["Retry-After", "5"]);
}

function refusalReply(error: RegistryError, situation: Situation): ShortReply {
  const { code, status, detail } = error;
  if (code === "UNAUTHORIZED") return unauthorizedReply(error.message, false, situation);
  const headers: string[] = [];
  if (status === 405) headers.push("Allow", allowed(error));
  if (status === 416) headers.push(...rangeHeaders(error, situation.endpoint));
  if (status === 429 || status === 503 || status === 507) headers.push("Retry-After", "5");
  return refusalDocument(status, { code, message: error.message, detail }, headers);
}

function accountReply(error: AccountError, situation: Situation): ShortReply {
  if (error.status === 429) {
    const seconds = String(error.retryAfterSeconds ?? 60);
    return refusalDocument(429, { code: "TOOMANYREQUESTS", message: error.message }, ["Retry-After", seconds]);
  }
  if (error.status === 401) return unauthorizedReply(error.message, true, situation);
  return refusalDocument(error.status, {
    code: error.status === 403 ? "DENIED" : "UNSUPPORTED",
    message: error.message,
  });
}

function unauthorizedReply(message: string, isCredentialBad: boolean, situation: Situation): ShortReply {
  const { endpoint, credential, principal, host, address } = situation;
  const isBad = isCredentialBad || principal === undefined;
  const description = isBad ? message : describeRefusal(endpoint, principal.isAnonymous);
  const error = isBad ? "invalid_token" : "insufficient_scope";
  const problem = credential === "bearer" ? ({ error, description } as const) : undefined;
  const challenge = formatChallenge(endpoint, problem, { host, address });
  return refusalDocument(401, { code: "UNAUTHORIZED", message: description }, [
    "WWW-Authenticate",
    challenge,
    ...apiVersion,
  ]);
}

/** RFC 9110 §15.5.6: a 405 names what is possible; reading always is where a registry refuses for reasons of its own. */
function allowed(error: RegistryError): string {
  const methods = error.detail?.allowed;
  return typeof methods === "string" ? methods : "GET, HEAD";
}

/** Where an upload goes on, or how long the blob is. */
function rangeHeaders(error: RegistryError, endpoint: Endpoint | undefined): readonly string[] {
  const { length, size } = error.detail ?? {};
  if (typeof size === "number") return ["Content-Range", `bytes */${size}`];
  if (typeof length !== "number" || (endpoint?.id !== "end-5" && endpoint?.id !== "end-6")) return [];
  const { repository, upload: id } = endpoint;
  return uploadHeaders(repository, { id, length });
}
