/** vitest's global setup: one Postgres for the whole run, with a migrated template that `testDatabase` clones. */
import fs from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres, stopLeftPostgres } from "@layerport/database/embedded-postgres";
import { migrate } from "@layerport/database/migrate";

const PREFIX = "layerport-test-";
const TEMPLATE = "layerport_template";

/** Starts Postgres in a folder of its own and answers how to end it. */
export default async function setup(): Promise<() => Promise<void>> {
  await removeLeftovers();
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), PREFIX));
  fs.writeFileSync(path.join(directory, "owner"), String(process.pid));
  // Postgres runs as another user when the tests run as root.
  fs.chmodSync(directory, 0o755);
  const remove = () => fs.rmSync(directory, { recursive: true, force: true });
  let postgres: EmbeddedPostgres;
  try {
    postgres = await startEmbeddedPostgres({
      directory: path.join(directory, "postgres"),
      passwordFile: path.join(directory, "password"),
      logFile: path.join(directory, "log"),
      port: await findFreePort(),
      database: TEMPLATE,
      isDurable: false,
    });
  } catch (error) {
    remove();
    throw new Error("the tests' Postgres did not start", { cause: error });
  }
  const stop = async () => {
    await postgres.stop();
    remove();
  };
  try {
    await migrate(postgres.url, path.join(import.meta.dirname, "../../../prisma/migrations"));
  } catch (error) {
    await stop();
    throw new Error("the tests' template database could not be migrated", { cause: error });
  }
  // The environment reaches the test processes, and `database`, which cannot depend on testkit, reads it too.
  process.env.LAYERPORT_TEST_DATABASE_URL = postgres.url;
  return stop;
}

/** A run that was killed cannot end its own Postgres; the next run does. */
async function removeLeftovers(): Promise<void> {
  for (const name of fs.readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const directory = path.join(os.tmpdir(), name);
    const owner = path.join(directory, "owner");
    if (!fs.existsSync(owner) || fs.existsSync(`/proc/${fs.readFileSync(owner, "utf8")}`)) continue;
    await stopLeftPostgres(path.join(directory, "postgres"));
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
