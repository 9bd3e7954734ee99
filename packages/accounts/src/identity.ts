import type { Actor, Scope } from "@layerport/registry-core";

/** What a user's credential may be used for, at most. Absent limits mean everything that the user may do. */
export interface CredentialLimits {
  /** The access token behind the credential, whose own limits and end are read at each use. */
  readonly accessTokenId: string | undefined;
  /** The access entries of a bearer token; absent for other credentials. */
  readonly access: readonly Scope[] | undefined;
}

/** A user, known by some credential. */
export interface UserIdentity {
  readonly kind: "user";
  readonly id: string;
  readonly name: string;
  /** The user's epoch when the credential was made or checked; rights end when the user's own has moved on. */
  readonly epoch: number;
  readonly mayListRepositories: boolean;
  readonly limits: CredentialLimits | undefined;
}

/** A robot of an organization, known by one of its secrets. */
export interface RobotIdentity {
  readonly kind: "robot";
  readonly id: string;
  /** As it signs in: `acme+ci`. */
  readonly name: string;
  /** The robot's epoch when the credential was made or checked. */
  readonly epoch: number;
  readonly limits: RobotLimits;
}

/** What a robot's credential may be used for, at most. */
export interface RobotLimits {
  /** The secret behind the credential, whose end is read at each use. */
  readonly secretId: string;
  /** The access entries of a bearer token; absent for the secret itself. */
  readonly access: readonly Scope[] | undefined;
}

/** A caller without a credential, or with the bearer token of one. */
export interface AnonymousIdentity {
  readonly kind: "anonymous";
  readonly access: readonly Scope[] | undefined;
}

/** Who a request acts for. It says who, never what they may do now: `Accounts.rightsOf` answers that. */
export type Identity = AnonymousIdentity | UserIdentity | RobotIdentity;

/** Where a request came from, as records show it. */
export interface RequestOrigin {
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** The caller without a credential. */
export const anonymous: AnonymousIdentity = Object.freeze({ kind: "anonymous", access: undefined });

/** Who the records of a change name. */
export function actorOf(identity: Identity, origin?: RequestOrigin): Actor {
  const { address, requestId, userAgent } = origin ?? {};
  const from = { address, requestId, userAgent };
  return identity.kind === "anonymous"
    ? { kind: "anonymous", name: "anonymous", ...from }
    : { kind: identity.kind, id: identity.id, name: identity.name, ...from };
}
