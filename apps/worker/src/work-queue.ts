import { setTimeout as delay } from "node:timers/promises";
import { parseCronItems, Logger as QueueLogger, type Runner, run } from "graphile-worker";
import type { Logger } from "pino";
import type { Metrics } from "./metrics.ts";
import type { ScheduledWork } from "./work.ts";

/** The queue of work, in a schema of its own in the same database. */
export interface WorkQueue {
  /** Asks for one piece of work, now; one that waits already is not doubled. Rejects while the queue is down. */
  ask(name: string): Promise<void>;
  /** Whether work is being taken now. */
  isRunning(): boolean;
  /** Takes no more work, lets what runs end, and resolves. */
  stop(): Promise<void>;
}

/** What the queue works with. */
export interface WorkQueueOptions {
  readonly databaseUrl: string;
  readonly work: readonly ScheduledWork[];
  readonly log: Logger;
  readonly metrics: Metrics;
}

const maxAttempts = 5;
const longestPauseMs = 30_000;

// What the queue calls information is one line for each job, which is said below in our own words.
const logLevels = { error: "error", warning: "warn", info: "debug", debug: "trace" } as const;

/**
 * Starts taking work from the queue: each kind once now, and then by its schedule. Of several workers one does it.
 * Work that fails is tried again, with longer and longer pauses. When Postgres goes away the queue breaks down, and is
 * started again until it comes back.
 */
export async function startWorkQueue(options: WorkQueueOptions): Promise<WorkQueue> {
  const { work, log } = options;
  const stopping = new AbortController();
  let runner: Runner | undefined;

  const startOnce = async (): Promise<Runner> => {
    const started = await startRunner(options);
    // Until the loop below waits for it, its failure is nobody's surprise.
    started.promise.catch(() => undefined);
    await Promise.all(work.map(({ name }) => askRunner(started, name)));
    return started;
  };
  const keepRunning = async (first: Runner): Promise<void> => {
    let current: Runner | undefined = first;
    for (let pauseMs = 500; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        current ??= await startOnce();
        runner = current;
        pauseMs = 500;
        await current.promise;
      } catch (error) {
        log.error({ err: error }, "the queue of work broke down, and will be started again");
      }
      runner = undefined;
      current = undefined;
      // Stopping cuts the pause short.
      await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  };

  const first = await startOnce();
  runner = first;
  const ended = keepRunning(first);
  return {
    async ask(name) {
      if (runner === undefined) throw new Error("the queue of work is down");
      await askRunner(runner, name);
    },
    isRunning: () => runner !== undefined,
    async stop() {
      stopping.abort();
      // It refuses when it has just broken down by itself, which is an end as well.
      await runner?.stop().catch((error: unknown) => log.warn({ err: error }, "the queue of work had stopped already"));
      await ended;
    },
  };
}

function startRunner({ databaseUrl, work, log, metrics }: WorkQueueOptions): Promise<Runner> {
  return run({
    connectionString: databaseUrl,
    maxPoolSize: 4,
    concurrency: 2,
    noHandleSignals: true,
    logger: new QueueLogger(() => (level, message) => log[logLevels[level]]({ queue: true }, message)),
    // Without a delay, of whatever length, nobody would wait for the statement that ends a job, nor hear of its failure.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    taskList: Object.fromEntries(work.map((one) => [one.name, () => doWork(one, log, metrics)])),
    parsedCronItems: parseCronItems(
      work.map(({ name, schedule }) => ({
        task: name,
        match: schedule,
        identifier: name,
        options: { backfillPeriod: 0, maxAttempts, jobKey: name, jobKeyMode: "replace" },
      })),
    ),
  });
}

async function askRunner(runner: Runner, name: string): Promise<void> {
  await runner.addJob(name, {}, { jobKey: name, maxAttempts });
}

async function doWork(work: ScheduledWork, log: Logger, metrics: Metrics): Promise<void> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  try {
    const removed = await work.run();
    metrics.countWork(work.name, "succeeded", seconds());
    log.info({ work: work.name, removed, seconds: seconds() }, "work done");
  } catch (error) {
    metrics.countWork(work.name, "failed", seconds());
    log.error({ work: work.name, err: error }, "work failed, and will be tried again");
    throw new Error(`${work.name} failed`, { cause: error });
  }
}
