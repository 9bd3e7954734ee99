import type { ServerResponse } from "node:http";
import { AccountError, type Accounts, type Identity } from "@layerport/accounts";
import { type May, parseRepositoryName, RegistryError, type RepositoryName } from "@layerport/registry-core";
import type { PushEvent, RegistryStore } from "@layerport/registry-store";
import type { Logger } from "pino";
import type { Metrics } from "./metrics.ts";

/** What streams of pushes are made from. */
export interface LivePushesOptions {
  readonly accounts: Pick<Accounts, "rightsOf" | "findViewer" | "subscribeEndedSessions">;
  readonly store: Pick<RegistryStore, "subscribePushes">;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Tests shorten these. */
  readonly heartbeatMs?: number;
  readonly recheckMs?: number;
}

/** Who listens. */
export interface Listener {
  readonly identity: Identity;
  /** The browser's session; absent for a stranger. */
  readonly sessionId: string | undefined;
  /** A user's id or a stranger's address, which may have so many streams. */
  readonly key: string;
  /** Only this repository's pushes; absent for all. */
  readonly repository: RepositoryName | undefined;
}

/** Pushes told to browsers as they happen. */
export interface LivePushes {
  /** Whether one more stream may be opened for this listener. */
  hasRoom(key: string): boolean;
  /** Tells pushes until the client goes, the listener's session ends, or all are closed. */
  open(listener: Listener, response: ServerResponse): void;
  close(): Promise<void>;
}

const maximumStreams = 2000;
const maximumStreamsEach = 32;
// A client that does not read: it comes back by itself and is told what is new then.
const maximumUnsentBytes = 256 * 1024;
const retryMs = 3000;

/** Opens the source of streams. */
export function openLivePushes(options: LivePushesOptions): LivePushes {
  const { accounts, store, metrics, log } = options;
  const streams = new Set<Stream>();

  const end = (stream: Stream) => {
    if (!streams.delete(stream)) return;
    metrics.setStreams(streams.size);
    // What its client has not read would otherwise wait here for as long as the client likes.
    if (stream.response.writableLength > 0) stream.response.destroy();
    else stream.response.end();
  };
  const report = (stream: Stream, error: unknown) => {
    log.error({ err: error }, "a live stream could not be served");
    end(stream);
  };
  /** Asks in the order of the pushes, and writes in that order. */
  const tell = (stream: Stream, push: PushEvent) => {
    const mayPull = stream.may(push.repository, "pull");
    // Awaited below, once the pushes before it are written; until then its failure is nobody's surprise.
    mayPull.catch(() => undefined);
    stream.told = stream.told
      .then(async () => {
        const answer = await isAllowed(mayPull);
        if (answer === "over") end(stream);
        if (answer !== true || !streams.has(stream)) return;
        stream.response.write(`event: push\ndata: ${JSON.stringify(push)}\n\n`);
        metrics.countPushSent();
        if (stream.response.writableLength > maximumUnsentBytes) end(stream);
      })
      .catch((error: unknown) => report(stream, error));
  };
  const recheck = (stream: Stream) => {
    const { sessionId } = stream.listener;
    if (sessionId === undefined) return;
    accounts.findViewer(sessionId).then(
      (viewer) => {
        if (viewer === undefined) end(stream);
      },
      (error: unknown) => report(stream, error),
    );
  };

  const tellAll = (push: PushEvent) => {
    for (const stream of streams) {
      const { repository } = stream.listener;
      if (repository === undefined || repository === push.repository) tell(stream, push);
    }
  };
  const tellMissed = () => {
    for (const { response } of streams) response.write("event: missed\ndata: {}\n\n");
  };
  const pushes = store.subscribePushes(tellAll, tellMissed);
  const endings = accounts.subscribeEndedSessions((userId) => {
    for (const stream of streams) {
      if (userId === undefined || stream.listener.key === userId) recheck(stream);
    }
  });
  const heartbeat = setInterval(() => {
    for (const { response } of streams) response.write(": still here\n\n");
  }, options.heartbeatMs ?? 15_000);
  // For a notification that was lost on the way.
  const rechecks = setInterval(() => {
    for (const stream of streams) recheck(stream);
  }, options.recheckMs ?? 25_000);

  return {
    hasRoom(key) {
      if (streams.size >= maximumStreams) return false;
      let own = 0;
      for (const { listener } of streams) if (listener.key === key) own += 1;
      return own < maximumStreamsEach;
    },
    open(listener, response) {
      const { may } = accounts.rightsOf(listener.identity);
      const stream: Stream = { listener, response, may, told: Promise.resolve() };
      streams.add(stream);
      metrics.setStreams(streams.size);
      response.on("close", () => end(stream));
      response.writeHead(200, {
        "Content-Type": "text/event-stream; charset=utf-8",
        "Cache-Control": "private, no-store",
        "X-Accel-Buffering": "no",
        "X-Content-Type-Options": "nosniff",
      });
      response.write(`retry: ${retryMs}\n\n`);
      // The session may have ended between its look-up and here, and the notice with it.
      recheck(stream);
    },
    async close() {
      clearInterval(heartbeat);
      clearInterval(rechecks);
      await Promise.all([pushes.close(), endings.close()]);
      for (const stream of streams) end(stream);
    },
  };
}

interface Stream {
  readonly listener: Listener;
  readonly response: ServerResponse;
  readonly may: May;
  /** Resolves when every push so far has been told or withheld. */
  told: Promise<void>;
}

/** `over` when the listener's rights have ended altogether. */
async function isAllowed(mayPull: Promise<boolean>): Promise<boolean | "over"> {
  try {
    return await mayPull;
  } catch (error) {
    if (AccountError.is(error)) return "over";
    throw new Error("a listener's rights could not be read", { cause: error });
  }
}

/** The repository that a stream asks for: `undefined` for all, "malformed" for what cannot be a name. */
export function readRepository(parameters: URLSearchParams): RepositoryName | undefined | "malformed" {
  const text = parameters.get("repository");
  if (text === null) return undefined;
  try {
    return parseRepositoryName(text);
  } catch (error) {
    if (RegistryError.is(error)) return "malformed";
    throw new Error("a repository name could not be read", { cause: error });
  }
}
