import type { Generator } from "./load/generator.ts";
import type { Sample } from "./measure.ts";
import type { Side } from "./sides/side.ts";

/** How much is measured. */
export interface Scale {
  readonly readMs: number;
  readonly tags: number;
  readonly repositories: number;
  readonly largeBlobBytes: number;
  readonly images: number;
  readonly mounts: number;
  /** For how long connections and uploads are held while memory is looked at. */
  readonly holdMs: number;
}

/** What a whole run measures. */
export const fullScale: Scale = {
  readMs: 800,
  tags: 10_000,
  repositories: 10_000,
  largeBlobBytes: 1_000_000_000,
  images: 300,
  mounts: 500,
  holdMs: 5_000,
};

/** Enough to see whether everything works, and roughly where it stands. */
export const quickScale: Scale = {
  readMs: 250,
  tags: 1_000,
  repositories: 1_000,
  largeBlobBytes: 300_000_000,
  images: 40,
  mounts: 200,
  holdMs: 2_000,
};

/** What a workload works with. */
export interface Bench {
  readonly sides: readonly Side[];
  readonly generator: Generator;
  /** For a second kind of load beside the first. */
  readonly otherGenerator: Generator;
  readonly scale: Scale;
  /** New in each run, so that what is pushed to a peer that keeps its data is new too. */
  readonly runId: string;
}

/** What Layerport is to reach in a row. */
export interface Target {
  /** Layerport's value over the peer's. */
  readonly ratio?: number;
  /** A value that Layerport's may not exceed. */
  readonly atMost?: number;
  /** A value that Layerport's may not fall below. */
  readonly atLeast?: number;
  /** Seconds of processor time, in the row's measure. */
  readonly cpuSeconds?: number;
  readonly p99Ms?: number;
  readonly p99NotAbovePeer?: true;
  /** At least this part of Layerport's value in another row. */
  readonly partOf?: { readonly row: string; readonly part: number };
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly cpuPer?: "1,000" | "GB";
  readonly target: Target;
  /** For a row that takes long: so many turns, none of which is thrown away. */
  readonly turns?: number;
  /** Which sides it is measured on; all of them where it is left out. */
  readonly isFor?: (side: Side) => boolean;
  measure(side: Side, turn: number): Promise<Sample>;
}

/** A kind of work: fills the sides with what it needs, and names its rows. */
export interface Workload {
  readonly name: string;
  prepare(bench: Bench): Promise<readonly Row[]>;
}
