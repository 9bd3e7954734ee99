import { createHash } from "node:crypto";
import { Agent, type IncomingHttpHeaders, request } from "node:http";
import type { Credentials } from "./registry-tools.ts";

/** The functions by which OCI names content. */
export type Algorithm = "sha256" | "sha512";

/** One request as the specification describes it. */
export interface OciRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Sends the body in pieces, without saying how long it is. */
  readonly isStreamed?: boolean;
  /** Leaves the credential out. */
  readonly isAnonymous?: boolean;
}

/** An answer, read to its end. */
export interface OciAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Every value of a header that may come more than once, in lines or behind commas. */
  values(header: string): readonly string[];
  readonly body: Buffer;
  readonly text: string;
}

/** What a manifest says of something. */
export interface Described {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** The name of some bytes. */
export function digestOf(content: Uint8Array | string, algorithm: Algorithm = "sha256"): string {
  return `${algorithm}:${createHash(algorithm).update(content).digest("hex")}`;
}

/** What a manifest says of some bytes. */
export function describeBytes(content: Uint8Array | string, mediaType: string, algorithm?: Algorithm): Described {
  return { mediaType, digest: digestOf(content, algorithm), size: Buffer.byteLength(content) };
}

/**
 * A client that does as the specification and the token protocol say and no more: it asks, is told where to get a token,
 * gets one with its password, and asks again. It has nothing in common with Layerport's own client.
 */
export class OciHttp {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: string;
  readonly #basic: string;
  readonly #tokens = new Map<string, string>();

  constructor(url: string, { username, password }: Credentials) {
    this.#url = url;
    this.#basic = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  }

  /** Asks for a path, with a token where the registry wants one. */
  async ask(method: string, path: string, asked: OciRequest = {}): Promise<OciAnswer> {
    // A mount needs a right to a second repository too.
    const [place] = path.includes("mount=") ? [path] : path.split(/\/(?:blobs|manifests|tags|referrers)\//);
    const key = `${method} ${place}`;
    const known = asked.isAnonymous ? undefined : this.#tokens.get(key);
    const first = await this.send(method, path, withToken(asked, known));
    if (first.status !== 401 || asked.isAnonymous) return first;
    const token = await this.fetchToken(first);
    this.#tokens.set(key, token);
    return this.send(method, path, withToken(asked, token));
  }

  /** The token that a challenge asks for. */
  async fetchToken({ headers }: OciAnswer): Promise<string> {
    const challenge = headers["www-authenticate"] ?? "";
    const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
    const realm = new URL(part("realm"));
    const scopes = part("scope")
      .split(" ")
      .map((scope) => `&scope=${encodeURIComponent(scope)}`)
      .join("");
    const path = `${realm.pathname}?service=${encodeURIComponent(part("service"))}${scopes}`;
    const answer = await this.send("GET", path, { headers: { authorization: this.#basic } });
    return JSON.parse(answer.text).token;
  }

  /** One request and its answer, whatever it is. */
  send(method: string, path: string, { headers = {}, body, isStreamed = false }: OciRequest): Promise<OciAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<OciAnswer>();
    const length = body === undefined || isStreamed ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const target = new URL(path, this.#url);
    const options = { method, agent: this.#agent, headers: { ...length, ...headers } };
    const sent = request(target, options, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const content = Buffer.concat(parts);
        const values = (name: string) =>
          (answer.headersDistinct[name.toLowerCase()] ?? []).flatMap((line) => line.split(/ *, */));
        const { statusCode = 0, headers: received } = answer;
        resolve({ status: statusCode, headers: received, values, body: content, text: content.toString("utf8") });
      });
    });
    sent.on("error", reject);
    if (body !== undefined && isStreamed) {
      const bytes = Buffer.from(body);
      for (let at = 0; at < bytes.length; at += 10_000) sent.write(bytes.subarray(at, at + 10_000));
    }
    sent.end(isStreamed ? undefined : body);
    return promise;
  }

  close(): void {
    this.#agent.destroy();
  }
}

function withToken(asked: OciRequest, token: string | undefined): OciRequest {
  return token === undefined ? asked : { ...asked, headers: { ...asked.headers, authorization: `Bearer ${token}` } };
}
