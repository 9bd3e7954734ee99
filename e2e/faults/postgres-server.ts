import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@layerport/database/embedded-postgres";
import { findFreePort } from "../stack.ts";

/** A Postgres that can be killed and started again on the same data and port. */
export class PostgresServer {
  readonly port: number;
  readonly url: string;
  readonly #folder: string;
  readonly #isDurable: boolean;
  #running: EmbeddedPostgres;

  private constructor(folder: string, isDurable: boolean, running: EmbeddedPostgres) {
    this.#folder = folder;
    this.#isDurable = isDurable;
    this.#running = running;
    this.url = running.url;
    this.port = Number(new URL(running.url).port);
  }

  /** Makes a cluster in a folder and starts it. */
  static async open(folder: string, isDurable: boolean): Promise<PostgresServer> {
    return new PostgresServer(folder, isDurable, await run(folder, isDurable, await findFreePort()));
  }

  /** Kills the postmaster; the processes that it started end by themselves when they notice. */
  async kill(): Promise<void> {
    process.kill(this.#running.pid, "SIGKILL");
    await this.#running.exited;
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    this.#running = await run(this.#folder, this.#isDurable, this.port);
  }

  async stop(): Promise<void> {
    await this.#running.stop();
  }
}

function run(folder: string, isDurable: boolean, port: number): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    directory: join(folder, "postgres"),
    passwordFile: join(folder, "database-password"),
    logFile: join(folder, "postgres.log"),
    port,
    database: "layerport",
    isDurable,
  });
}
