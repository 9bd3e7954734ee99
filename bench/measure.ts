import type { Generator } from "./load/generator.ts";
import type { Job, Work } from "./load/job.ts";
import type { Side } from "./sides/side.ts";
import { percentile } from "./statistics.ts";

/** What one turn of one row found on one side. */
export interface Sample {
  /** In the row's unit. */
  readonly value: number;
  readonly p99Ms?: number;
  /** Seconds of processor time, per GB or per 1,000 requests as the row says. */
  readonly cpuSeconds?: number;
}

const memoryEveryMs = 200;

/** Runs a job and notes what it cost the side's processes. */
export async function runJob(
  side: Side,
  generator: Generator,
  job: Job,
): Promise<{ readonly work: Work; readonly cpuSeconds: number | undefined }> {
  const before = side.processes?.cpuSeconds();
  const work = await generator.run(job);
  const after = side.processes?.cpuSeconds();
  return { work, cpuSeconds: before === undefined || after === undefined ? undefined : after - before };
}

/** How many are done in a second, and the processor time of 1,000. */
export async function measureRate(side: Side, generator: Generator, job: Job): Promise<Sample> {
  const { work, cpuSeconds } = await runJob(side, generator, job);
  return {
    value: work.done / work.seconds,
    p99Ms: percentile(work.latenciesMs, 0.99),
    ...(cpuSeconds !== undefined && { cpuSeconds: (cpuSeconds / work.done) * 1000 }),
  };
}

/** How many MB go over in a second, and the processor time of a GB; both of powers of ten. */
export async function measureThroughput(side: Side, generator: Generator, job: Job): Promise<Sample> {
  const { work, cpuSeconds } = await runJob(side, generator, job);
  return {
    value: work.bytes / 1e6 / work.seconds,
    p99Ms: percentile(work.latenciesMs, 0.99),
    ...(cpuSeconds !== undefined && { cpuSeconds: cpuSeconds / (work.bytes / 1e9) }),
  };
}

/** The most memory, in MB, that `memoryBytes` showed until the work was done. */
export async function peakMegabytes(memoryBytes: () => number, work: Promise<unknown>): Promise<number> {
  let peak = memoryBytes();
  const timer = setInterval(() => {
    peak = Math.max(peak, memoryBytes());
  }, memoryEveryMs);
  try {
    await work;
  } finally {
    clearInterval(timer);
  }
  return peak / 1e6;
}
