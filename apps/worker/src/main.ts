/** Starts the worker and ends it: the first signal drains, and what has not ended in time is cut off. */
import { EnvironmentError, readEnvironment } from "./environment.ts";
import { openLog } from "./log.ts";
import { startWorker, type Worker } from "./worker.ts";

const drainMs = 30_000;
let isEnding = false;

const log = openLog(process.env.LOG_LEVEL || "info");
const worker = await start();
log.info({ port: worker.port }, "the worker is ready");
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => end(signal));
}

async function start(): Promise<Worker> {
  try {
    return await startWorker(readEnvironment(process.env), log);
  } catch (error) {
    if (error instanceof EnvironmentError) log.fatal(error.message);
    else log.fatal({ err: error }, "the worker cannot start");
    process.exit(1);
  }
}

function end(signal: string): void {
  if (isEnding) return;
  isEnding = true;
  log.info({ signal }, "the worker ends");
  setTimeout(() => process.exit(1), drainMs).unref();
  worker.stop().then(
    () => {
      log.info("the worker has ended");
      process.exit(0);
    },
    (error: unknown) => {
      log.error({ err: error }, "the worker could not end cleanly");
      process.exit(1);
    },
  );
}
