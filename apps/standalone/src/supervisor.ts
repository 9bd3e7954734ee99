import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "./start-error.ts";

/** A process that runs. */
export interface Running {
  readonly pid: number;
  /** Resolves with a few words when it has ended. Never rejects. */
  readonly exited: Promise<string>;
  /** Asks it to end, insists after a while, and resolves when it is gone. */
  stop(): Promise<void>;
}

/** What is kept running, and how often it may fail before the wait is longest. */
export interface Supervision {
  readonly name: string;
  readonly start: () => Promise<Running>;
  /** Tells people in one line what happened. */
  readonly say: (line: string) => void;
  /** The first wait before starting it again; each further failure doubles it. */
  readonly firstWaitMs?: number;
}

const LONGEST_WAIT_MS = 30_000;
/** Who ran this long has recovered, and the next failure waits the shortest time again. */
const RECOVERED_AFTER_MS = 60_000;

/**
 * Starts `running` again whenever it ends by itself, waiting longer after each failure in a row. Answers how to
 * stop it for good.
 */
export function keepRunning(first: Running, supervision: Supervision): () => Promise<void> {
  const { name, start, say, firstWaitMs = 500 } = supervision;
  const stopping = new AbortController();
  let running: Running | undefined = first;

  const watch = async () => {
    let failures = 0;
    let startedAt = Date.now();
    let reason = await first.exited;
    while (!stopping.signal.aborted) {
      running = undefined;
      failures = Date.now() - startedAt > RECOVERED_AFTER_MS ? 1 : failures + 1;
      const waitMs = Math.min(firstWaitMs * 2 ** (failures - 1), LONGEST_WAIT_MS);
      say(`${name} stopped (${reason}); starting it again in ${waitMs / 1000} s`);
      // A stop cuts the wait short.
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      startedAt = Date.now();
      const again = await start().catch((error: unknown) => {
        reason = errorText(error);
      });
      if (!again) continue;
      running = again;
      say(`${name} runs again`);
      // A stop that came while it started has found nothing to stop.
      if (stopping.signal.aborted) return again.stop();
      reason = await again.exited;
    }
  };
  const watched = watch();

  return async () => {
    stopping.abort();
    await running?.stop();
    await watched;
  };
}
