import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { untakenBytes } from "./untaken-bytes.ts";

/** How fast a peer must be that the server waits for. */
export interface ProgressRule {
  readonly windowMs: number;
  readonly bytesPerSecond: number;
}

/** At least 1 KiB/s over each 30 seconds, whichever way the bytes go. */
export const defaultProgressRule: ProgressRule = { windowMs: 30_000, bytesPerSecond: 1024 };

interface Watched {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly onStall: () => void;
  since: number;
  bytes: number;
  /** What the peer itself had got in the middle of a window in which we could write nothing. */
  taken: { readonly at: number; readonly bytes: number } | undefined;
}

/**
 * Cuts connections whose peer is too slow, however long the transfer takes as a whole. Only time in which the server
 * waits for the peer counts: a slow disk or database of ours is nobody else's fault.
 */
export class ProgressWatchdog {
  readonly #rule: ProgressRule;
  readonly #watched = new Set<Watched>();
  readonly #intervalMs: number;
  readonly #timer: NodeJS.Timeout;
  #checkedAt = Date.now();

  constructor(rule: ProgressRule) {
    this.#rule = rule;
    this.#intervalMs = Math.min(5_000, rule.windowMs / 4);
    this.#timer = setInterval(() => this.#check(Date.now()), this.#intervalMs);
    this.#timer.unref();
  }

  /** Watches an exchange until its response closes. `onStall` must end the connection. */
  watch(request: IncomingMessage, response: ServerResponse, onStall: () => void): void {
    const watched = {
      request,
      response,
      onStall,
      since: Date.now(),
      bytes: movedBytes(request.socket),
      taken: undefined,
    };
    this.#watched.add(watched);
    response.once("close", () => this.#watched.delete(watched));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #check(now: number): void {
    const { windowMs } = this.#rule;
    // A process that was busy for so long has not read what its peers sent meanwhile.
    const wasBusy = now - this.#checkedAt > this.#intervalMs * 2;
    this.#checkedAt = now;
    const slow: Watched[] = [];
    for (const watched of this.#watched) {
      if (wasBusy || !waitsForPeer(watched)) {
        renew(watched, now);
        continue;
      }
      const elapsedMs = now - watched.since;
      if (elapsedMs < windowMs / 2) continue;
      const bytes = movedBytes(watched.request.socket) - watched.bytes;
      if (bytes < this.#least(windowMs)) slow.push(watched);
      else if (elapsedMs >= windowMs) renew(watched, now);
    }
    this.#judge(slow, now);
  }

  /**
   * The kernel takes nothing more until a good part of its buffer is free again, which with a slow peer may last
   * longer than a window. So in the middle of one, and at its end, it is asked what the peer has got of that buffer.
   */
  #judge(slow: readonly Watched[], now: number): void {
    const untaken = untakenBytes(slow.map(({ request }) => request.socket).filter((socket) => unsentBytes(socket) > 0));
    for (const watched of slow) {
      const { socket } = watched.request;
      const inKernel = untaken.get(socket);
      const taken = inKernel === undefined ? undefined : { at: now, bytes: movedBytes(socket) - inKernel };
      const before = watched.taken;
      watched.taken ??= taken;
      if (now - watched.since < this.#rule.windowMs) continue;
      if (before && taken && taken.bytes - before.bytes >= this.#least(now - before.at)) {
        renew(watched, now);
        watched.taken = taken;
      } else {
        this.#watched.delete(watched);
        watched.onStall();
      }
    }
  }

  /** How many bytes a peer must move in so long. */
  #least(ms: number): number {
    return (this.#rule.bytesPerSecond * ms) / 1000;
  }
}

function renew(watched: Watched, now: number): void {
  watched.since = now;
  watched.bytes = movedBytes(watched.request.socket);
  watched.taken = undefined;
}

/** The peer owes us the rest of a body that we are ready to read, or has not taken what we have sent. */
function waitsForPeer({ request, response }: Watched): boolean {
  if (unsentBytes(request.socket) > 0) return true;
  if (request.complete || response.writableEnded || request.isPaused()) return false;
  return request.readableLength < request.readableHighWaterMark;
}

function movedBytes(socket: Socket): number {
  return socket.bytesRead + socket.bytesWritten - unsentBytes(socket);
}

/**
 * Bytes that the kernel has not taken yet. `bytesWritten` counts them as written, and no public property tells them
 * apart while one large write is under way; Node's own socket timeout looks at the same field.
 */
function unsentBytes(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, "_handle");
  const queued: unknown =
    typeof handle === "object" && handle !== null ? Reflect.get(handle, "writeQueueSize") : undefined;
  return (typeof queued === "number" ? queued : 0) + socket.writableLength;
}
