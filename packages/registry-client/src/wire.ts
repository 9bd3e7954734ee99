import { setTimeout as delay } from "node:timers/promises";
import { Agent, type Dispatcher } from "undici";
import { type ConnectOptions, makeConnector } from "./address-guard.ts";
import type { FetchLimits } from "./fetch-limits.ts";
import type { StreamedBytes } from "./outgoing-bytes.ts";
import { UpstreamError } from "./upstream-error.ts";

/** What is sent to one address, once. */
export interface WireRequest {
  readonly method: Dispatcher.HttpMethod;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | StreamedBytes | undefined;
}

/** What came back. Whoever holds it reads the body to its end or discards it. */
export interface Answer {
  readonly status: number;
  readonly url: URL;
  readonly body: Dispatcher.ResponseData["body"];
  readonly header: (name: string) => string | undefined;
  /** Every value of a header that may come more than once. */
  readonly headers: (name: string) => readonly string[];
}

/** Which failures of a request are worth another attempt. */
export type Repetition =
  /** All that may pass: the request does the same however often it arrives. */
  | "always"
  /** Those after which the request was certainly not carried out. */
  | "untouched"
  /** None, since its body can be sent only once. */
  | "never";

const neverSent = new Set(["ECONNREFUSED", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

/** Sends requests over connections that it keeps; knows addresses, limits and patience, and nothing of registries. */
export class Wire {
  readonly #agent: Agent;
  readonly #limits: FetchLimits;

  constructor({ limits, ...options }: { limits: FetchLimits } & Omit<ConnectOptions, "timeoutMs">) {
    this.#limits = limits;
    this.#agent = new Agent({
      allowH2: false,
      maxHeaderSize: limits.maximumHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      bodyTimeout: limits.progressWindowMs,
      connect: makeConnector({ ...options, timeoutMs: limits.connectTimeoutMs }),
    });
  }

  /** Ends every exchange that is under way, too. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** One request and its answer, whatever its status. A failure of the body's sender is thrown as it is. */
  async exchange(url: URL, { method, headers, body }: WireRequest): Promise<Answer> {
    const isStream = body !== undefined && !(body instanceof Uint8Array);
    const length = isStream ? body.length : body?.byteLength;
    try {
      const response = await this.#agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: {
          "user-agent": "layerport",
          // A digest names the bytes as they are, not as they could be packed for a trip.
          "accept-encoding": "identity",
          ...headers,
          ...(length === undefined ? {} : { "content-length": String(length) }),
        },
        body: isStream ? body.bytes : (body ?? null),
      });
      // A body that is discarded fails in its own time, when nobody listens any more.
      response.body.on("error", () => {});
      return answerOf(url, response);
    } catch (cause) {
      if (isStream && body.failure() !== undefined) throw body.failure();
      if (UpstreamError.is(cause)) throw cause;
      throw new UpstreamError("unreachable", `no answer came from ${url.host}`, { cause });
    }
  }

  /** Runs `attempt` again, after a pause, while its failures may pass. Answers the last answer, whatever it is. */
  async repeat(repetition: Repetition, attempt: () => Promise<Answer>): Promise<Answer> {
    for (let number = 1; ; number += 1) {
      const pause = this.#limits.retryPauseMs * 2 ** (number - 1);
      const isLast = repetition === "never" || number >= this.#limits.attempts;
      const outcome = await attempt().catch(async (error: unknown) => {
        if (isLast || !isPassing(error, repetition)) throw error;
        return undefined;
      });
      if (outcome === undefined) {
        await delay(pause / 2 + (Math.random() * pause) / 2);
        continue;
      }
      if (isLast || !isBusy(outcome.status, repetition)) return outcome;
      const asked = parseRetryAfter(outcome.header("retry-after"));
      if (asked !== undefined && asked > this.#limits.maximumRetryAfterMs) return outcome;
      await discard(outcome);
      // Clients that were refused together must not come back together.
      await delay(Math.max(asked ?? 0, pause / 2) + (Math.random() * pause) / 2);
    }
  }
}

/** Lets go of an answer whose body nobody wants; a short body is read, so that the connection can go on. */
export async function discard({ body }: Pick<Answer, "body">): Promise<void> {
  // Whatever goes wrong with a body that is thrown away is no matter.
  await body.dump({ limit: 64 * 1024, signal: AbortSignal.timeout(1000) }).catch(() => body.destroy());
}

/** The milliseconds that a `Retry-After` header asks for, as seconds or as a date. */
export function parseRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function answerOf(url: URL, { statusCode, headers, body }: Dispatcher.ResponseData): Answer {
  const all = (name: string) => [headers[name] ?? []].flat();
  return { status: statusCode, url, body, header: (name) => all(name)[0], headers: all };
}

function isPassing(error: unknown, repetition: Repetition): boolean {
  if (!UpstreamError.is(error) || error.failure !== "unreachable") return false;
  if (repetition === "always") return true;
  const { cause } = error;
  return cause instanceof Error && "code" in cause && neverSent.has(String(cause.code));
}

function isBusy(status: number, repetition: Repetition): boolean {
  return status === 429 || status === 503 || (repetition === "always" && (status === 502 || status === 504));
}
