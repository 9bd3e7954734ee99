import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";

interface Connection {
  /** The newest of its responses; a client may send its next request before it has read the answer to the last. */
  response: ServerResponse;
  /** How many requests are not answered yet. */
  open: number;
  isRefused: boolean;
  /** Bytes that are counted already, for earlier requests. */
  bytesIn: number;
  bytesOut: number;
}

/** What is known of each connection between its requests. It is forgotten with the socket. */
export class Connections {
  readonly #connections = new WeakMap<Socket, Connection>();
  readonly #turnedAway = new WeakSet<Socket>();

  /** Says that a request has begun on a connection. */
  begin(socket: Socket, response: ServerResponse): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) {
      this.#connections.set(socket, { response, open: 1, isRefused: false, bytesIn: 0, bytesOut: 0 });
      return;
    }
    connection.response = response;
    connection.open += 1;
  }

  /** Says that a request has ended; answers the bytes that went over its connection since the last one ended. */
  end(socket: Socket): { readonly bytesIn: number; readonly bytesOut: number } {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return { bytesIn: 0, bytesOut: 0 };
    connection.open -= 1;
    const bytesIn = socket.bytesRead - connection.bytesIn;
    const bytesOut = socket.bytesWritten - connection.bytesOut;
    connection.bytesIn += bytesIn;
    connection.bytesOut += bytesOut;
    return { bytesIn, bytesOut };
  }

  /**
   * Takes the right to answer on a connection behind Node's back, after which no request of it is answered any more.
   * Answers false when an answer is on its way: a second one would be read as part of it, or as the next.
   */
  refuse(socket: Socket): boolean {
    const connection = this.#connections.get(socket);
    if (connection === undefined || connection.open === 0) return true;
    if (connection.open > 1 || connection.response.headersSent) return false;
    connection.isRefused = true;
    return true;
  }

  /** Says that a connection is answered before its first request, of which none is answered any more. */
  turnAway(socket: Socket): void {
    this.#turnedAway.add(socket);
  }

  /** Whether a connection was turned away before its first request. */
  isTurnedAway(socket: Socket): boolean {
    return this.#turnedAway.has(socket);
  }

  /** Whether a connection was answered behind Node's back. */
  isRefused(socket: Socket): boolean {
    return this.#connections.get(socket)?.isRefused === true;
  }
}
