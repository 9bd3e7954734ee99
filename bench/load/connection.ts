import { connect, type Socket } from "node:net";
import { Reader } from "./reader.ts";

/** Where a registry listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What came back: the status line and headers as text, and how long the body was. */
export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly bodyBytes: number;
}

/** Large enough for few system calls per blob, small enough for 64 connections at once. */
const receiveBytes = 256 * 1024;

/**
 * One keep-alive connection with one request under way. It reads an answer's length and throws its bytes away, into
 * the same buffer again and again, so that the generator costs little beside the server that is measured.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #reader = new Reader();
  #pending: PromiseWithResolvers<Answer> | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
  }

  static open({ host, port }: Address): Promise<Connection> {
    return new Promise((resolve, reject) => {
      let connection: Connection | undefined;
      const socket = connect({
        host,
        port,
        noDelay: true,
        onread: {
          buffer: Buffer.allocUnsafe(receiveBytes),
          callback(length, buffer) {
            connection?.receive(Buffer.from(buffer.buffer, buffer.byteOffset, length));
            return true;
          },
        },
      });
      connection = new Connection(socket, `${host}:${port}`);
      socket.once("connect", () => resolve(connection));
      socket.on("error", (error) => {
        reject(error);
        connection.fail(error);
      });
      socket.on("close", () => connection.fail(new Error("the registry closed the connection")));
    });
  }

  /** Sends one request and resolves when its answer has been read to the end. */
  send(method: string, target: string, headers: readonly string[], body?: Uint8Array): Promise<Answer> {
    const length = body === undefined && method !== "POST" && method !== "PUT" ? "" : `${body?.byteLength ?? 0}`;
    return this.write(formatHead({ method, target, host: this.#host, headers, length }), method === "HEAD", body);
  }

  /** The same for a head that was made once with `prepare`. */
  write(head: string, isHead: boolean, body?: Uint8Array): Promise<Answer> {
    const pending = Promise.withResolvers<Answer>();
    this.#pending = pending;
    this.#reader.expect(isHead);
    this.#socket.write(head, "latin1");
    if (body !== undefined && body.byteLength > 0) this.#socket.write(body);
    return pending.promise;
  }

  /** The first lines of a request without a body, for `write`. */
  prepare(method: string, target: string, headers: readonly string[]): string {
    return formatHead({ method, target, host: this.#host, headers, length: "" });
  }

  close(): void {
    this.#socket.destroy();
  }

  receive(bytes: Buffer): void {
    try {
      const answer = this.#reader.read(bytes);
      if (answer === undefined) return;
      const pending = this.#pending;
      this.#pending = undefined;
      pending?.resolve(answer);
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.#pending?.reject(error);
    this.#pending = undefined;
  }
}

function formatHead(from: {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly headers: readonly string[];
  readonly length: string;
}): string {
  const lines = [`${from.method} ${from.target} HTTP/1.1`, `Host: ${from.host}`, ...from.headers];
  if (from.length !== "") lines.push(`Content-Length: ${from.length}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** The path and query that a `Location` header names. */
export function locationOf({ head, status }: Answer): string {
  const location = /\r\nlocation: *(\S+)/i.exec(head)?.[1];
  if (location === undefined) throw new Error(`an answer ${status} has no Location`);
  return location.replace(/^https?:\/\/[^/]+/, "");
}
