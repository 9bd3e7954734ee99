import type { IncomingMessage } from "node:http";
import { matchesSecret } from "@layerport/accounts";
import { parseAuthorization } from "./authenticate.ts";
import type { Metrics } from "./metrics.ts";
import { type Reply, textReply } from "./reply.ts";

/** What those who run Layerport ask the process. */
export interface OperationsOptions {
  /** Resolves when the database and the storage answer. */
  readonly checkReadiness: () => Promise<void>;
  readonly isDraining: () => boolean;
  readonly metrics: Metrics;
  /** The secret of those who may read the metrics; without one nobody may. */
  readonly metricsToken: string | undefined;
}

// Anybody may ask, and each look writes and syncs a file, so one look serves everybody for so long.
const readinessMs = 1_000;

/** `/livez`, `/readyz` and `/metrics`. */
export class Operations {
  readonly #options: OperationsOptions;
  #readiness: { readonly at: number; readonly isReady: Promise<boolean> } | undefined;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** The answer to one of the three paths, or `undefined` for any other. */
  answer(path: string, request: IncomingMessage): Promise<Reply> | undefined {
    if (path === "/livez") return Promise.resolve(textReply(200, "alive"));
    if (path === "/readyz") return this.#ready();
    if (path === "/metrics") return this.#metrics(request);
    return undefined;
  }

  async #ready(): Promise<Reply> {
    if (this.#options.isDraining()) return textReply(503, "draining");
    const now = Date.now();
    if (this.#readiness === undefined || now - this.#readiness.at > readinessMs) {
      const isReady = this.#options.checkReadiness().then(
        () => true,
        () => false,
      );
      this.#readiness = { at: now, isReady };
    }
    return (await this.#readiness.isReady) ? textReply(200, "ready") : textReply(503, "not ready");
  }

  async #metrics(request: IncomingMessage): Promise<Reply> {
    const { metrics, metricsToken } = this.#options;
    const credential = parseAuthorization(request.headers.authorization);
    const isKnown =
      metricsToken !== undefined && credential.kind === "bearer" && matchesSecret(metricsToken, credential.token);
    if (!isKnown) return textReply(401, "metrics need their token", ["WWW-Authenticate", 'Bearer realm="metrics"']);
    return {
      status: 200,
      headers: ["Content-Type", metrics.contentType],
      body: Buffer.from(await metrics.format()),
    };
  }
}
