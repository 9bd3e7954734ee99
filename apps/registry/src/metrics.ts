import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** What is counted about requests, for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #byOutcome = new Map<string, { readonly count: () => void; readonly observe: (seconds: number) => void }>();
  readonly #received: Counter;
  readonly #sent: Counter;
  readonly #requests: Counter<"endpoint" | "status">;
  readonly #durations: Histogram<"endpoint">;
  readonly #uploads: Gauge;

  constructor(options: { readonly withProcess: boolean }) {
    const registers = [this.#registry];
    if (options.withProcess) collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Counter({
      name: "layerport_http_requests_total",
      help: "Requests answered, by endpoint and status.",
      labelNames: ["endpoint", "status"],
      registers,
    });
    this.#durations = new Histogram({
      name: "layerport_http_request_duration_seconds",
      help: "Time from the first line of a request to the last byte of its answer, by endpoint.",
      labelNames: ["endpoint"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120],
      registers,
    });
    this.#received = new Counter({
      name: "layerport_http_received_bytes_total",
      help: "Bytes read from clients.",
      registers,
    });
    this.#sent = new Counter({ name: "layerport_http_sent_bytes_total", help: "Bytes written to clients.", registers });
    this.#uploads = new Gauge({
      name: "layerport_http_uploads_open",
      help: "Requests that bring a blob or a part of one and are not answered yet.",
      registers,
    });
  }

  /** Counts one request that has ended. */
  count(outcome: { endpoint: string; status: number; seconds: number; bytesIn: number; bytesOut: number }): void {
    const { endpoint, status, seconds, bytesIn, bytesOut } = outcome;
    const key = `${endpoint} ${status}`;
    let known = this.#byOutcome.get(key);
    if (known === undefined) {
      // Looked up once: finding the child of a set of labels costs more than counting.
      const requests = this.#requests.labels({ endpoint, status: String(status) });
      const durations = this.#durations.labels({ endpoint });
      known = { count: () => requests.inc(), observe: (value) => durations.observe(value) };
      this.#byOutcome.set(key, known);
    }
    known.count();
    known.observe(seconds);
    if (bytesIn > 0) this.#received.inc(bytesIn);
    if (bytesOut > 0) this.#sent.inc(bytesOut);
  }

  /** Says that one more, or one less, upload is under way. */
  uploadChanged(by: 1 | -1): void {
    this.#uploads.inc(by);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything counted so far, in the text format of Prometheus. */
  format(): Promise<string> {
    return this.#registry.metrics();
  }
}
