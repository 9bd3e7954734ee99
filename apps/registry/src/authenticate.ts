import type { Accounts, Identity, RequestOrigin } from "@layerport/accounts";
import { type Actor, formatScope, RegistryError } from "@layerport/registry-core";
import type { Endpoint } from "./endpoint.ts";
import { neededScopes } from "./scopes.ts";

/** What the door needs of accounts. */
export type Gatehouse = Pick<
  Accounts,
  | "anonymous"
  | "service"
  | "authenticateBasic"
  | "verifyBearer"
  | "requireStanding"
  | "rightsOf"
  | "actorOf"
  | "issueBearer"
  | "issueRefreshToken"
  | "exchangeRefreshToken"
>;

/** What a client shows for itself, read from its `Authorization` header. */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly name: string; readonly secret: string }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "malformed" };

/** Where a request came from; the address is that of the peer, whatever headers say. */
export interface Origin extends RequestOrigin {
  readonly address: string;
  readonly requestId: string;
}

/** For whom a request acts. */
export interface Principal {
  readonly identity: Identity;
  readonly actor: Actor;
  readonly isAnonymous: boolean;
}

/** Reads an `Authorization` header. Never throws. */
export function parseAuthorization(header: string | undefined): Credential {
  if (header === undefined) return { kind: "none" };
  const space = header.indexOf(" ");
  const scheme = header.slice(0, space).toLowerCase();
  const rest = header.slice(space + 1).trim();
  if (scheme === "bearer" && rest !== "") return { kind: "bearer", token: rest };
  if (scheme !== "basic") return { kind: "malformed" };
  const decoded = Buffer.from(rest, "base64").toString("utf8");
  const colon = decoded.indexOf(":");
  if (colon === -1) return { kind: "malformed" };
  return { kind: "basic", name: decoded.slice(0, colon), secret: decoded.slice(colon + 1) };
}

/** @throws the gatehouse's refusals, and UNAUTHORIZED for a header that is no credential */
export async function authenticate(gatehouse: Gatehouse, credential: Credential, origin: Origin): Promise<Principal> {
  const identity = await identify(gatehouse, credential, origin);
  return { identity, actor: gatehouse.actorOf(identity, origin), isAnonymous: identity.kind === "anonymous" };
}

async function identify(gatehouse: Gatehouse, credential: Credential, origin: Origin): Promise<Identity> {
  switch (credential.kind) {
    case "none":
      return gatehouse.anonymous;
    case "bearer":
      return gatehouse.verifyBearer(credential.token);
    case "basic":
      return gatehouse.authenticateBasic({ name: credential.name, secret: credential.secret, ...origin });
    case "malformed":
      throw new RegistryError("UNAUTHORIZED", undefined, { message: "the Authorization header cannot be read" });
  }
}

/** The names by which clients reach this registry. */
export interface PublicAddress {
  /** Without a slash at the end. */
  readonly url: string;
  readonly host: string;
}

/** What a challenge tells a client whose bearer token did not do; absent for all others. */
export interface BearerProblem {
  readonly error: "invalid_token" | "insufficient_scope";
  /** Clients print it, and it is all they have to print of a HEAD. */
  readonly description: string;
}

/**
 * The value of `WWW-Authenticate`. The realm is where this client reached us, since it may not reach us otherwise.
 * What it says depends on the request alone, never on what exists.
 */
export function formatChallenge(
  endpoint: Endpoint | undefined,
  problem: BearerProblem | undefined,
  { host, address }: { readonly host: string; readonly address: PublicAddress },
): string {
  const base = host === address.host ? address.url : `http://${host}`;
  const parts = [`Bearer realm="${base}/token"`, `service="${address.host}"`];
  const scopes = endpoint === undefined ? [] : neededScopes(endpoint);
  if (scopes.length > 0) parts.push(`scope="${scopes.map(formatScope).join(" ")}"`);
  if (problem !== undefined) parts.push(`error="${problem.error}"`, `error_description="${problem.description}"`);
  return parts.join(",");
}

/** A sentence for a person who reads what their client printed about a 401. It does not tell absent from private. */
export function describeRefusal(endpoint: Endpoint | undefined, isAnonymous: boolean): string {
  if (endpoint === undefined || endpoint.id === "end-1") return "authentication required: sign in first";
  if (endpoint.id === "catalog") return "only administrators and auditors may list all repositories";
  const { repository } = endpoint;
  const [scope] = neededScopes(endpoint);
  const actions = scope?.kind === "repository" ? scope.actions : [];
  if (actions.includes("delete")) {
    return isAnonymous ? `sign in to delete from ${repository}` : `you have no right to delete from ${repository}`;
  }
  if (actions.includes("push")) {
    return isAnonymous ? `sign in to push to ${repository}` : `you have no right to push to ${repository}`;
  }
  return isAnonymous
    ? `${repository} is private or does not exist: sign in first`
    : `${repository} is private or does not exist, and you have no right to it`;
}
