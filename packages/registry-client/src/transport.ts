import type { RegistryErrorCode } from "@layerport/registry-core";
import { Credentials, type RegistryCredentials } from "./credentials.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import type { StreamedBytes } from "./outgoing-bytes.ts";
import { refusalOf } from "./refusal.ts";
import { UpstreamError } from "./upstream-error.ts";
import { parseLocation } from "./upstream-url.ts";
import { type Answer, discard, type Repetition, type Wire, type WireRequest } from "./wire.ts";

/** A request to the registry, as its endpoints are asked. */
export interface RegistryRequest extends Pick<WireRequest, "method"> {
  /** A path at the registry, or where it sent us on to. */
  readonly target: string | URL;
  /** What the request is allowed by, in the grammar of the token protocol. */
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Uint8Array | StreamedBytes | undefined;
  /** Whether a request that changes something does the same however often it arrives. A read does. */
  readonly isRepeatable?: boolean;
  /** The statuses that are an answer; everything else is a refusal. */
  readonly expected: readonly number[];
  /** The code of a 404 that names none. */
  readonly notFound: RegistryErrorCode;
}

/** Speaks to one registry: signs in, follows redirects, tries again, and turns refusals into errors. */
export class Transport {
  readonly registry: URL;
  readonly limits: FetchLimits;
  readonly #wire: Wire;
  readonly #credentials: Credentials;

  constructor(options: {
    wire: Wire;
    limits: FetchLimits;
    registry: URL;
    credentials: RegistryCredentials | undefined;
    realmHosts: readonly string[];
  }) {
    this.registry = options.registry;
    this.limits = options.limits;
    this.#wire = options.wire;
    this.#credentials = new Credentials(options);
  }

  /** Whether the registry has said how to sign in, so that a body which can be sent only once is not sent in vain. */
  get isSignInKnown(): boolean {
    return this.#credentials.isKnown;
  }

  close(): Promise<void> {
    return this.#wire.close();
  }

  /** @throws RegistryError for a refusal, UpstreamError for everything else that is not an expected answer */
  async ask(request: RegistryRequest): Promise<Answer> {
    const answer = await this.#wire.repeat(repetitionOf(request), () => this.#signIn(request));
    if (request.expected.includes(answer.status)) return answer;
    if (answer.status >= 400) throw await refusalOf(answer, request.notFound, this.limits);
    await discard(answer);
    throw new UpstreamError("untrustworthy", `${answer.url.host} answered ${request.method} with ${answer.status}`);
  }

  async #signIn(request: RegistryRequest): Promise<Answer> {
    const url = new URL(request.target, this.registry);
    // Credentials are for the registry alone, wherever it wants the bytes to go.
    if (url.origin !== this.registry.origin) return this.#follow(url, request, undefined);
    const sent = await this.#credentials.authorize(request.scopes);
    const answer = await this.#follow(url, request, sent?.header);
    // A challenge of somebody else is none to answer.
    if (answer.status !== 401 || answer.url.origin !== this.registry.origin || isStream(request)) return answer;
    const better = await this.#credentials.reauthorize(answer, request.scopes, sent).catch(async (error: unknown) => {
      await discard(answer);
      throw error;
    });
    if (better === undefined) return answer;
    await discard(answer);
    return this.#follow(url, request, better.header);
  }

  /** Follows redirects by hand: each is checked, and the first to another host ends what we say about who we are. */
  async #follow(start: URL, request: RegistryRequest, authorization: string | undefined): Promise<Answer> {
    const { method, body, headers = {} } = request;
    let url = start;
    let signed: Readonly<Record<string, string>> = authorization === undefined ? {} : { authorization };
    for (let hops = 0; ; hops += 1) {
      const answer = await this.#wire.exchange(url, { method, body, headers: { ...headers, ...signed } });
      if (!isRedirect(answer.status)) return answer;
      await discard(answer);
      const isRead = method === "GET" || method === "HEAD";
      const keepsMethod = answer.status === 307 || answer.status === 308;
      if (isStream(request) || (!isRead && !keepsMethod)) {
        throw new UpstreamError("untrustworthy", `${url.host} sent a ${method} elsewhere that cannot be sent again`);
      }
      if (hops >= this.limits.maximumRedirects) {
        throw new UpstreamError("untrustworthy", `${start.host} sent us elsewhere too often`);
      }
      const next = parseLocation(answer.header("location") ?? "", url);
      if (next.origin !== url.origin) signed = {};
      url = next;
    }
  }
}

function isStream({ body }: RegistryRequest): boolean {
  return body !== undefined && !(body instanceof Uint8Array);
}

function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

function repetitionOf(request: RegistryRequest): Repetition {
  if (isStream(request)) return "never";
  return request.method === "GET" || request.method === "HEAD" || request.isRepeatable ? "always" : "untouched";
}
