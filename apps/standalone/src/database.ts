import fs from "node:fs";
import path from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "@layerport/database/embedded-postgres";
import { migrate } from "@layerport/database/migrate";
import pg from "pg";
import type { DataFolder } from "./data-folder.ts";
import { LogFile } from "./log-file.ts";
import { rememberedPort } from "./ports.ts";
import type { ProcessRecord } from "./process-record.ts";
import { errorCode, errorText, StartError } from "./start-error.ts";
import { keepRunning } from "./supervisor.ts";

/** A database that answers. */
export interface Database {
  readonly url: string;
  /** Stops the server where it is ours. */
  stop(): Promise<void>;
}

/** Starts the embedded Postgres and keeps it running. */
export async function startDatabase(
  folder: DataFolder,
  record: ProcessRecord,
  say: (line: string) => void,
): Promise<Database> {
  const port = await rememberedPort(folder.postgresPort);
  const log = new LogFile(path.join(folder.logs, "postgres.log"), say);
  const start = async () => {
    const postgres = await startEmbeddedPostgres({
      directory: folder.postgres,
      passwordFile: path.join(folder.secrets, "database-password"),
      logFile: log.path,
      port,
      database: "layerport",
    });
    record.note("postgres", postgres.pid);
    return postgres;
  };
  let postgres: EmbeddedPostgres;
  try {
    postgres = await start();
  } catch (error) {
    throw new StartError(`${errorText(error)}; more in ${log.path}`, { cause: error });
  }
  const stopPostgres = keepRunning(postgres, { name: "Postgres", start, say, firstWaitMs: 100 });
  return {
    url: postgres.url,
    async stop() {
      await stopPostgres();
      log.close();
    },
  };
}

/** Tries a database of the person's own. Throws a `StartError` without the address's password when it does not answer. */
export async function connectDatabase(url: string): Promise<Database> {
  try {
    await query(url, "SELECT 1");
  } catch (error) {
    throw new StartError(`DATABASE_URL does not work: ${explain(new URL(url), error)}`, { cause: error });
  }
  return { url, stop: async () => {} };
}

/** Applies what the database lacks of `prisma/migrations`. */
export async function migrateDatabase(url: string, root: string): Promise<string[]> {
  try {
    return await migrate(url, path.join(root, "prisma/migrations"));
  } catch (error) {
    throw new StartError(`the database could not be brought up to date: ${errorText(error)}`, { cause: error });
  }
}

/** Whether the first administrator has finished the set-up. */
export async function isSetupCompleted(url: string): Promise<boolean> {
  return (await query(url, "SELECT 1 FROM instance_setting WHERE key = 'setup.completed'")) > 0;
}

async function query(url: string, statement: string): Promise<number> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A connection that breaks between two steps is reported by the step that follows.
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rowCount ?? 0;
  } finally {
    // The question has its answer, or its error is on the way.
    await client.end().catch(() => undefined);
  }
}

function explain(url: URL, error: unknown): string {
  const server = `${url.hostname}:${url.port || 5432}`;
  const database = decodeURIComponent(url.pathname.slice(1));
  const user = decodeURIComponent(url.username);
  switch (errorCode(error)) {
    case "ECONNREFUSED":
      return `nothing answers at ${server}`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `there is no host named ${url.hostname}`;
    case "28P01":
    case "28000":
      return `${server} does not accept user "${user}" with this password`;
    case "3D000":
      return `${server} has no database "${database}"`;
    default: {
      const text = errorText(error).split("\n")[0] ?? "";
      return `${server}: ${url.password ? text.replaceAll(decodeURIComponent(url.password), "…") : text}`;
    }
  }
}

/** Whether the embedded Postgres has been used on this folder before. */
export function hasCluster(folder: DataFolder): boolean {
  return fs.existsSync(path.join(folder.postgres, "PG_VERSION"));
}
