import { RegistryError } from "@layerport/registry-core";
import { readFields } from "./answer-body.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import { refusalOf } from "./refusal.ts";
import { UpstreamError } from "./upstream-error.ts";
import { parseRealm } from "./upstream-url.ts";
import { type Answer, discard, type Wire } from "./wire.ts";

/** A name and its secret at another registry: a person's access token, a robot's, a password. */
export interface RegistryCredentials {
  readonly name: string;
  readonly secret: string;
}

/** What the `Authorization` header of a request says. */
export interface Authorization {
  readonly header: string;
  /** Whether it was fetched just now, so that no newer one would fare better. */
  readonly isFresh: boolean;
}

interface BearerToken {
  readonly header: string;
  /** On the clock of `performance.now`. */
  readonly expiresAt: number;
}

type Method = { readonly kind: "basic" } | { readonly kind: "bearer"; readonly realm: URL; readonly service: string };

// What Docker's token protocol says of an answer without `expires_in`.
const defaultLifeSeconds = 60;
const maximumTokens = 1000;
const maximumTokenLength = 16 * 1024;

/**
 * Signs requests to one registry: learns from its first challenge how, and keeps bearer tokens by what they are for
 * until shortly before they expire. However many requests need the same token at once, it is fetched once.
 */
export class Credentials {
  readonly #wire: Wire;
  readonly #limits: FetchLimits;
  readonly #registry: URL;
  readonly #credentials: RegistryCredentials | undefined;
  readonly #realmHosts: readonly string[];
  readonly #tokens = new Map<string, BearerToken>();
  readonly #flights = new Map<string, Promise<BearerToken>>();
  #method: Method | undefined;

  constructor(options: {
    wire: Wire;
    limits: FetchLimits;
    registry: URL;
    credentials: RegistryCredentials | undefined;
    realmHosts: readonly string[];
  }) {
    this.#wire = options.wire;
    this.#limits = options.limits;
    this.#registry = options.registry;
    this.#credentials = options.credentials;
    this.#realmHosts = options.realmHosts;
  }

  /** Whether the registry has said how to sign in to it. */
  get isKnown(): boolean {
    return this.#method !== undefined;
  }

  /** What to send along with a request that needs these scopes; nothing before the first challenge. */
  async authorize(scopes: readonly string[]): Promise<Authorization | undefined> {
    const method = this.#method;
    if (method === undefined) return undefined;
    if (method.kind === "basic") return this.#basic();
    const key = scopes.join(" ");
    const held = this.#tokens.get(key);
    if (held !== undefined && held.expiresAt > performance.now()) return { header: held.header, isFresh: false };
    const { header } = await this.#fetchOnce(key, method, scopes);
    return { header, isFresh: true };
  }

  /** What to send instead after a 401; nothing where nothing better is to be had. */
  async reauthorize(
    refused: Answer,
    scopes: readonly string[],
    sent: Authorization | undefined,
  ): Promise<Authorization | undefined> {
    const method = this.#choose(refused.headers("www-authenticate").flatMap(parseChallenges));
    if (method === undefined || sent?.isFresh) return undefined;
    this.#method = method;
    const key = scopes.join(" ");
    if (method.kind === "bearer" && this.#tokens.get(key)?.header === sent?.header) this.#tokens.delete(key);
    return this.authorize(scopes);
  }

  #basic(): Authorization | undefined {
    if (this.#credentials === undefined) return undefined;
    return { header: basicHeader(this.#credentials), isFresh: true };
  }

  #choose(challenges: readonly Challenge[]): Method | undefined {
    const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters.has("realm"));
    if (bearer !== undefined) {
      const realm = parseRealm(bearer.parameters.get("realm") ?? "", this.#registry, this.#realmHosts);
      return { kind: "bearer", realm, service: bearer.parameters.get("service") ?? "" };
    }
    return challenges.some(({ scheme }) => scheme === "basic") ? { kind: "basic" } : undefined;
  }

  #fetchOnce(key: string, method: Method & { kind: "bearer" }, scopes: readonly string[]): Promise<BearerToken> {
    const flying = this.#flights.get(key);
    if (flying !== undefined) return flying;
    const flight = this.#fetch(method, scopes)
      .then((token) => {
        this.#keep(key, token);
        return token;
      })
      .finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  #keep(key: string, token: BearerToken): void {
    this.#tokens.delete(key);
    this.#tokens.set(key, token);
    const oldest = this.#tokens.keys().next().value;
    if (this.#tokens.size > maximumTokens && oldest !== undefined) this.#tokens.delete(oldest);
  }

  async #fetch({ realm, service }: Method & { kind: "bearer" }, scopes: readonly string[]): Promise<BearerToken> {
    const url = new URL(realm);
    if (service !== "") url.searchParams.append("service", service);
    for (const scope of scopes) url.searchParams.append("scope", scope);
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#credentials !== undefined) {
      url.searchParams.append("account", this.#credentials.name);
      headers.authorization = basicHeader(this.#credentials);
    }
    const startedAt = performance.now();
    const answer = await this.#wire.repeat("always", () => this.#wire.exchange(url, { method: "GET", headers }));
    if (answer.status >= 300 && answer.status < 400) {
      await discard(answer);
      throw new UpstreamError("untrustworthy", `the token endpoint ${url.host} sent us elsewhere`);
    }
    if (answer.status !== 200) throw await refusalOf(answer, "UNAUTHORIZED", this.#limits);
    const fields = await readFields(answer, this.#limits.maximumTokenBytes, this.#limits);
    const text = [fields.token, fields.access_token].find((token) => typeof token === "string" && token !== "");
    if (typeof text !== "string" || text.length > maximumTokenLength || !/^[\x21-\x7e]+$/.test(text)) {
      throw new UpstreamError("untrustworthy", `the token endpoint ${url.host} gave no token`);
    }
    const { expires_in: life } = fields;
    const seconds = typeof life === "number" && life > 0 ? Math.min(life, 24 * 3600) : defaultLifeSeconds;
    // A request may be under way when the token expires, and clocks differ.
    const spareSeconds = Math.min(seconds / 4, 30);
    return { header: `Bearer ${text}`, expiresAt: startedAt + (seconds - spareSeconds) * 1000 };
  }
}

/** RFC 7617: a name that holds a colon cannot be told from its secret. @throws UNAUTHORIZED */
function basicHeader({ name, secret }: RegistryCredentials): string {
  if (name.includes(":")) throw new RegistryError("UNAUTHORIZED", undefined, { message: "a name holds no colon" });
  return `Basic ${Buffer.from(`${name}:${secret}`).toString("base64")}`;
}
