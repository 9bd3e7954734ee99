import { randomUUID } from "node:crypto";
import { parseScope, type Scope, type ScopeAction } from "@layerport/registry-core";
import type { JWTHeaderParameters, JWTPayload } from "jose";
import { SignJWT } from "jose/jwt/sign";
import { jwtVerify } from "jose/jwt/verify";
import { AccountError } from "./account-error.ts";
import type { Accounts } from "./accounts.ts";
import type { Authorization } from "./authorize.ts";
import { BoundedCache } from "./bounded-cache.ts";
import { anonymous, type Identity } from "./identity.ts";
import type { Secrets } from "./secrets.ts";

const lifeSeconds = 300;
const leewaySeconds = 60;
const maximumRemembered = 5000;

/** Bearer tokens: the minutes-long JWTs of the token protocol. */
export type BearerTokens = Pick<Accounts, "verifyBearer" | "issueBearer">;

/** What bearer tokens are made and checked with. */
export interface BearerOptions {
  readonly secrets: Secrets;
  readonly issuer: string;
  readonly service: string;
  readonly authorization: Authorization;
}

/** Bearer tokens of one issuer. */
export function openBearerTokens({ secrets, issuer, service, authorization }: BearerOptions): BearerTokens {
  // Checking a signature costs more than all else that a small pull does, so a text is checked once. What its holder
  // may do is not remembered.
  const verified = new BoundedCache<Verified>(maximumRemembered);

  const keyOf = ({ kid }: JWTHeaderParameters) => {
    // Keys come from our own set only: what else a header names (jwk, jku, x5c, x5u) is never looked at.
    const key = kid === undefined ? undefined : secrets.verificationKeys.get(kid);
    if (key === undefined) throw new AccountError("TOKEN_INVALID");
    return key;
  };

  const verifySignature = async (token: string): Promise<Verified> => {
    try {
      const { payload } = await jwtVerify(token, keyOf, {
        algorithms: ["EdDSA"],
        issuer,
        audience: service,
        clockTolerance: leewaySeconds,
        requiredClaims: ["exp", "nbf", "iat", "jti"],
      });
      return { identity: toIdentity(payload), endsAtMs: ((payload.exp ?? 0) + leewaySeconds) * 1000 };
    } catch (error) {
      throw new AccountError("TOKEN_INVALID", { cause: error });
    }
  };

  return {
    async verifyBearer(token) {
      const known = verified.find(token);
      if (known !== undefined && known.endsAtMs > Date.now()) return current(known.identity, authorization);
      if (known !== undefined) verified.forget(token);
      const fresh = await verifySignature(token);
      verified.put(token, fresh);
      return current(fresh.identity, authorization);
    },

    async issueBearer(identity, scopes, audience) {
      const access = await grant(identity, scopes, authorization);
      const issuedAtSeconds = Math.floor(Date.now() / 1000);
      const claims: Claims = {
        access: access.map(toEntry),
        ...principalClaims(identity),
      };
      const token = await new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "EdDSA", typ: "JWT", kid: secrets.signingKey.id })
        .setIssuer(issuer)
        .setSubject(identity.kind === "anonymous" ? "" : identity.id)
        .setAudience(audience)
        .setIssuedAt(issuedAtSeconds)
        .setNotBefore(issuedAtSeconds)
        .setExpirationTime(issuedAtSeconds + lifeSeconds)
        .setJti(randomUUID())
        .sign(secrets.signingKey.key);
      return { token, expiresInSeconds: lifeSeconds, issuedAt: new Date(issuedAtSeconds * 1000) };
    },
  };
}

interface Verified {
  readonly identity: Identity;
  readonly endsAtMs: number;
}

interface AccessEntry {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

interface Claims {
  readonly access: readonly AccessEntry[];
  readonly name?: string;
  readonly epoch?: number;
  readonly access_token?: string;
  /** Set for a robot: the secret that the token was asked for with. */
  readonly robot_secret?: string;
}

function principalClaims(identity: Identity): Omit<Claims, "access"> {
  if (identity.kind === "anonymous") return {};
  const { name, epoch } = identity;
  if (identity.kind === "robot") return { name, epoch, robot_secret: identity.limits.secretId };
  const accessTokenId = identity.limits?.accessTokenId;
  return { name, epoch, ...(accessTokenId !== undefined && { access_token: accessTokenId }) };
}

/** A token that lists repositories is rare, and the list asks for no repository's rights: so they are read here. */
async function current(identity: Identity, authorization: Authorization): Promise<Identity> {
  if (identity.kind !== "user" || !identity.mayListRepositories) return identity;
  return { ...identity, mayListRepositories: await authorization.mayListRepositories(identity) };
}

/** Those of the scopes that the identity has at this moment. */
async function grant(
  identity: Identity,
  scopes: readonly Scope[],
  authorization: Authorization,
): Promise<readonly Scope[]> {
  await authorization.requireStanding(identity);
  const { may } = authorization.rightsOf(identity);
  const granted = await Promise.all(
    merge(scopes).map(async (scope): Promise<Scope | undefined> => {
      if (scope.kind === "catalog") {
        const isGranted = identity.kind === "user" && (await authorization.mayListRepositories(identity));
        return isGranted ? scope : undefined;
      }
      const { repository } = scope;
      const [mayPull, mayPush, mayDelete] = await Promise.all([
        may(repository, "pull"),
        scope.actions.includes("push") ? may(repository, "push") : false,
        scope.actions.includes("delete") ? may(repository, "delete") : false,
      ]);
      const held: Readonly<Record<ScopeAction, boolean>> = {
        pull: mayPull,
        push: mayPull && mayPush,
        delete: mayPull && mayDelete,
      };
      const actions = scope.actions.filter((action) => held[action]);
      return actions.length === 0 ? undefined : { ...scope, actions };
    }),
  );
  return granted.filter((scope) => scope !== undefined);
}

/** One scope for each repository, whatever the order and number in which a client asked. */
function merge(scopes: readonly Scope[]): readonly Scope[] {
  const merged = new Map<string, Scope>();
  for (const scope of scopes) {
    const key = scope.kind === "catalog" ? "" : scope.repository;
    const known = merged.get(key);
    if (scope.kind === "repository" && known?.kind === "repository") {
      merged.set(key, { ...scope, actions: [...new Set([...known.actions, ...scope.actions])] });
    } else {
      merged.set(key, scope);
    }
  }
  return [...merged.values()];
}

function toEntry(scope: Scope): AccessEntry {
  return scope.kind === "catalog"
    ? { type: "registry", name: "catalog", actions: ["*"] }
    : { type: "repository", name: scope.repository, actions: scope.actions };
}

function toIdentity(payload: JWTPayload): Identity {
  const { sub, name, epoch, access, access_token: accessTokenId, robot_secret: secretId } = payload;
  const scopes = toScopes(access);
  if (sub === "") return { ...anonymous, access: scopes };
  if (typeof sub !== "string" || typeof name !== "string" || typeof epoch !== "number") {
    throw new AccountError("TOKEN_INVALID");
  }
  if (typeof secretId === "string")
    return { kind: "robot", id: sub, name, epoch, limits: { secretId, access: scopes } };
  return {
    kind: "user",
    id: sub,
    name,
    epoch,
    mayListRepositories: scopes.some(({ kind }) => kind === "catalog"),
    limits: { accessTokenId: typeof accessTokenId === "string" ? accessTokenId : undefined, access: scopes },
  };
}

function toScopes(access: unknown): readonly Scope[] {
  if (!Array.isArray(access)) throw new AccountError("TOKEN_INVALID");
  return access
    .filter(isAccessEntry)
    .map(({ type, name, actions }) => parseScope(`${type}:${name}:${actions.join(",")}`))
    .filter((scope) => scope !== undefined);
}

function isAccessEntry(entry: unknown): entry is AccessEntry {
  if (typeof entry !== "object" || entry === null) return false;
  return "type" in entry && "name" in entry && "actions" in entry && Array.isArray(entry.actions);
}
