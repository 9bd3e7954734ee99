import type { IncomingMessage, ServerResponse } from "node:http";
import { AccountError, type Identity } from "@layerport/accounts";
import { formatScope, parseScope, RegistryError, type Scope } from "@layerport/registry-core";
import { authenticate, type Credential, type Gatehouse, type Origin, parseAuthorization } from "./authenticate.ts";
import { readShortBody } from "./body.ts";
import { jsonReply, type Reply } from "./reply.ts";

const maximumScopes = 100;
const maximumScopeText = 8192;
const maximumFormBytes = 16 * 1024;
const basicChallenge = ["WWW-Authenticate", 'Basic realm="Layerport", charset="UTF-8"'];

/** A request for a bearer token, in either form of the Docker token protocol. */
export interface TokenRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: string;
  readonly origin: Origin;
}

/**
 * `GET /token` with Basic credentials or none, and `POST /token` with a password or a refresh token. Rights that the
 * caller does not have are left out of the token; only a bad credential is refused.
 * @throws the gatehouse's refusals, which `tokenErrorReply` answers
 */
export async function answerToken(gatehouse: Gatehouse, asked: TokenRequest): Promise<Reply> {
  const { method } = asked.request;
  if (method === "POST") return answerForm(gatehouse, asked);
  if (method === "GET" || method === "HEAD") return answerQuery(gatehouse, asked);
  return refusal(405, { error: "invalid_request", description: "ask with GET or POST" }, ["Allow", "GET, HEAD, POST"]);
}

async function answerQuery(gatehouse: Gatehouse, { request, query, origin }: TokenRequest): Promise<Reply> {
  const parameters = new URLSearchParams(query);
  const scopes = readScopes(parameters);
  if (scopes === undefined) return tooManyScopes();
  const credential = parseAuthorization(request.headers.authorization);
  const { identity } = await authenticate(gatehouse, credential, origin);
  // Docker asks for a refresh token at login, and skopeo for an anonymous one, to which nothing could be refreshed. A
  // robot keeps its own secret, which is replaced by a rotation and not by each client for itself.
  const isRefreshable = identity.kind === "user" && credential.kind === "basic";
  const wantsRefresh = parameters.get("offline_token") === "true" && isRefreshable;
  const clientId = parameters.get("client_id") ?? "";
  const refreshToken = wantsRefresh ? await gatehouse.issueRefreshToken(identity, clientId) : undefined;
  return tokenReply(gatehouse, { identity, scopes, refreshToken });
}

async function answerForm(gatehouse: Gatehouse, { request, response, origin }: TokenRequest): Promise<Reply> {
  const text = await readShortBody(request, response, maximumFormBytes);
  if (text === undefined) return refusal(413, { error: "invalid_request", description: "the form is too long" });
  const form = new URLSearchParams(text);
  const scopes = readScopes(form);
  if (scopes === undefined) return tooManyScopes();
  const clientId = form.get("client_id") ?? "";
  switch (form.get("grant_type")) {
    case "password": {
      const credential: Credential = {
        kind: "basic",
        name: form.get("username") ?? "",
        secret: form.get("password") ?? "",
      };
      const { identity } = await authenticate(gatehouse, credential, origin);
      const wantsRefresh = form.get("access_type") === "offline" && identity.kind === "user";
      const refreshToken = wantsRefresh ? await gatehouse.issueRefreshToken(identity, clientId) : undefined;
      return tokenReply(gatehouse, { identity, scopes, refreshToken });
    }
    case "refresh_token": {
      const token = form.get("refresh_token") ?? "";
      const { identity, refreshToken } = await gatehouse.exchangeRefreshToken(token, clientId, origin);
      return tokenReply(gatehouse, { identity, scopes, refreshToken });
    }
    default:
      return refusal(400, {
        error: "unsupported_grant_type",
        description: "grant_type is password or refresh_token",
      });
  }
}

/** The scopes that Layerport knows, or `undefined` for more than it reads. A parameter may hold several, and repeat. */
function readScopes(parameters: URLSearchParams): readonly Scope[] | undefined {
  const texts = parameters.getAll("scope");
  if (texts.some((text) => text.length > maximumScopeText)) return undefined;
  const words = texts.flatMap((text) => text.split(" ")).filter((word) => word !== "");
  if (words.length > maximumScopes) return undefined;
  return words.map(parseScope).filter((scope) => scope !== undefined);
}

async function tokenReply(
  gatehouse: Gatehouse,
  granted: { identity: Identity; scopes: readonly Scope[]; refreshToken: string | undefined },
): Promise<Reply> {
  const { identity, scopes, refreshToken } = granted;
  const { token, expiresInSeconds, issuedAt } = await gatehouse.issueBearer(identity, scopes, gatehouse.service);
  const document = {
    token,
    access_token: token,
    expires_in: expiresInSeconds,
    issued_at: issuedAt.toISOString(),
    scope: scopes.map(formatScope).join(" "),
    refresh_token: refreshToken,
  };
  return jsonReply(200, document, ["Cache-Control", "no-store"]);
}

function tooManyScopes(): Reply {
  return refusal(400, {
    error: "invalid_scope",
    description: `at most ${maximumScopes} scopes of ${maximumScopeText} characters`,
  });
}

/** How this endpoint, which speaks OAuth2 and not OCI, answers a bad credential; `undefined` for any other failure. */
export function tokenErrorReply(error: unknown): Reply | undefined {
  if (AccountError.is(error) && error.status === 429) {
    const seconds = String(error.retryAfterSeconds ?? 60);
    return refusal(429, { error: "temporarily_unavailable", description: error.message, code: "TOOMANYREQUESTS" }, [
      "Retry-After",
      seconds,
    ]);
  }
  if ((AccountError.is(error) && error.status === 401) || (RegistryError.is(error) && error.code === "UNAUTHORIZED")) {
    return refusal(401, { error: "invalid_grant", description: error.message, code: "UNAUTHORIZED" }, basicChallenge);
  }
  return undefined;
}

/**
 * One sentence in the three places where clients look for it: `error_description` of OAuth2, `details` as Docker's and
 * podman's client library read it in a 401, and the `errors` of OCI.
 */
function refusal(
  status: number,
  { error, description, code = "UNSUPPORTED" }: { error: string; description: string; code?: string },
  headers: readonly string[] = [],
): Reply {
  const document = {
    error,
    error_description: description,
    details: description,
    errors: [{ code, message: description, detail: null }],
  };
  return jsonReply(status, document, ["Cache-Control", "no-store", ...headers]);
}
