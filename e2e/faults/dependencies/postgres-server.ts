import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@layerport/database/embedded-postgres";
import type { Ground } from "../ground.ts";

/** The Postgres of a ground, to be killed and started again on the same data and port. */
export class PostgresServer {
  readonly #ground: Ground;
  #pid: number;
  /** The one that was started here; the first is the ground's. */
  #server: EmbeddedPostgres | undefined;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#pid = ground.postgres.pid;
  }

  /** Kills the postmaster; the processes that it started end by themselves when they notice. */
  kill(): void {
    process.kill(this.#pid, "SIGKILL");
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const { folder, postgres } = this.#ground;
    this.#server = await startEmbeddedPostgres({
      directory: join(folder, "postgres"),
      passwordFile: join(folder, "database-password"),
      logFile: join(folder, "postgres.log"),
      port: postgres.port,
      database: decodeURIComponent(new URL(postgres.url).pathname.slice(1)),
    });
    this.#pid = this.#server.pid;
  }

  /** To be called before the ground is closed, which knows only the first one. */
  async close(): Promise<void> {
    await this.#server?.stop();
  }
}
