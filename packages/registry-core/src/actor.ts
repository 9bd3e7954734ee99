/** Who made a change, as the records of it name them. */
export interface Actor {
  readonly kind: "user" | "robot" | "build" | "system" | "anonymous";
  /** The id of the user or robot account; absent for the system and for anonymous callers. */
  readonly id?: string | undefined;
  readonly name: string;
  /** The address of the peer, the request and the client's own name for itself, where there is a request. */
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
  readonly userAgent?: string | undefined;
}

/** Layerport itself, acting on a schedule. */
export const systemActor: Actor = { kind: "system", name: "layerport" };

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One change, told for the audit log. It says what changed, never a secret. */
export interface AuditEvent {
  /** A noun and a verb in the past: `tag.moved`, `token.created`. */
  readonly action: string;
  readonly actor: Actor;
  /** What was changed, in the words that a person would search for: `acme/api:latest`. */
  readonly target: string;
  readonly organization?: string | undefined;
  readonly repository?: string | undefined;
  readonly outcome?: "succeeded" | "denied" | "failed" | undefined;
  readonly before?: Json | undefined;
  readonly after?: Json | undefined;
}
