import { Readable } from "node:stream";
import { Client as Connection, type Dispatcher } from "undici";

/** What is sent. */
export interface Request {
  readonly method: Dispatcher.HttpMethod;
  /** As a target, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One buffer goes with its length, all else without. */
  readonly body?: Buffer | Buffer[] | Readable | undefined;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** No answer, or none to its end: what was asked for may have happened. */
export class Unanswered extends Error {
  override readonly name = "Unanswered";
}

/** One client with one connection, which tries nothing twice. */
export class Client {
  readonly #connection: Connection;
  readonly #authorization: string;

  constructor(port: number, authorization: string) {
    this.#connection = new Connection(`http://localhost:${port}`, { pipelining: 1, bodyTimeout: 60_000 });
    this.#authorization = authorization;
  }

  /** @throws Unanswered */
  async send({ method, path, headers, body }: Request): Promise<Answer> {
    try {
      const answer = await this.#connection.request({
        method,
        path,
        headers: { authorization: this.#authorization, ...headers },
        body: Array.isArray(body) ? Readable.from(body) : (body ?? null),
      });
      const received = Buffer.from(await answer.body.arrayBuffer());
      return { status: answer.statusCode, headers: flat(answer.headers), body: received };
    } catch (error) {
      throw new Unanswered(`${method} ${path} was not answered`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await this.#connection.destroy();
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value ?? "")]));
}
