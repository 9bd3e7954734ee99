import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is counted about work and streams, for Prometheus. */
export interface Metrics {
  countWork(name: string, outcome: "succeeded" | "failed", seconds: number): void;
  /** How many streams are open now. */
  setStreams(open: number): void;
  countPushSent(): void;
  readonly contentType: string;
  format(): Promise<string>;
}

/** Metrics of one process. */
export function openMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const work = new Counter({
    name: "layerport_work_total",
    help: "Pieces of work done, by name and outcome.",
    labelNames: ["name", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "layerport_work_duration_seconds",
    help: "How long a piece of work took, by name.",
    labelNames: ["name"],
    buckets: [0.01, 0.1, 1, 10, 60, 600, 3600],
    registers,
  });
  const streams = new Gauge({ name: "layerport_live_streams_open", help: "Event streams that are open.", registers });
  const sent = new Counter({ name: "layerport_live_pushes_sent_total", help: "Pushes told to a stream.", registers });
  return {
    countWork(name, outcome, seconds) {
      work.inc({ name, outcome });
      durations.observe({ name }, seconds);
    },
    setStreams: (open) => streams.set(open),
    countPushSent: () => sent.inc(),
    contentType: registry.contentType,
    format: () => registry.metrics(),
  };
}
