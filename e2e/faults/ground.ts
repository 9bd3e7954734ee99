import { generateKeyPairSync, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAccounts, readSecrets } from "@layerport/accounts";
import { type Database, openDatabase } from "@layerport/database";
import { migrate } from "@layerport/database/migrate";
import { parseRepositoryName } from "@layerport/registry-core";
import { findFreePort } from "../stack.ts";
import { PostgresServer } from "./postgres-server.ts";
import { Registries, type RunningRegistry } from "./registry-process.ts";

const root = join(import.meta.dirname, "../..");
const owner = "ada";

/** What to make, where it is not the usual. */
export interface GroundOptions {
  /** Whether Postgres syncs what it commits; `true` unless given. Where only the registry dies nothing is lost without. */
  readonly isDurable?: boolean;
  /** What every registry gets in its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the next registry is loaded while one runs, so that a restart is a matter of a tenth of a second. */
  readonly keepsSpare?: boolean;
}

/**
 * A Postgres, a storage folder and a person, and registry processes on them, without portal and worker: what a fault
 * needs that is to cost about a second.
 */
export interface Ground {
  /** Everything lies in it, until `close`. */
  readonly folder: string;
  /** Where blobs and uploads are kept, unless a registry is started with another `LAYERPORT_STORAGE_DIR`. */
  readonly storage: string;
  readonly postgres: PostgresServer;
  /** The port of every registry. */
  readonly port: number;
  /** A connection past the registry, for checkers. */
  readonly database: Database;
  /** The person's name, which is the organization too. */
  readonly owner: string;
  /** The value of `Authorization` that may do everything in these repositories, for five minutes. */
  authorize(...repositories: readonly string[]): Promise<string>;
  /**
   * Starts a registry and resolves when it listens. Every one gets the same port unless `env` has another.
   * @param beforeStart is called, where spares are kept, with the id of a process that has only loaded its code.
   */
  startRegistry(
    env?: Readonly<Record<string, string>>,
    beforeStart?: (pid: number) => Promise<void>,
  ): Promise<RunningRegistry>;
  /** Ends everything and removes the folder. */
  close(): Promise<void>;
}

/** Makes the ground; `close` must be called in the end. */
export async function openGround(options: GroundOptions = {}): Promise<Ground> {
  const { isDurable = true } = options;
  const folder = mkdtempSync(join(tmpdir(), "layerport-faults-"));
  // Postgres runs as another user when the tests run as root.
  chmodSync(folder, 0o755);
  const closers: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const postgres = await PostgresServer.open(folder, isDurable);
    closers.push(() => postgres.stop());
    await migrate(postgres.url, join(root, "prisma/migrations"));
    const database = openDatabase({ url: postgres.url, connections: 2, applicationName: "layerport faults" });
    closers.push(() => database.close());
    return { ...(await furnish({ folder, postgres, database, closers, options })), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Furnishing {
  readonly folder: string;
  readonly postgres: PostgresServer;
  readonly database: Database;
  readonly closers: (() => Promise<void> | void)[];
  readonly options: GroundOptions;
}

async function furnish({ folder, postgres, database, closers, options }: Furnishing): Promise<Omit<Ground, "close">> {
  const storage = join(folder, "blobs");
  const port = await findFreePort();
  const secrets = makeSecrets(folder);
  const accounts = openAccounts({
    database,
    secrets: readSecrets(secrets),
    publicUrl: `http://localhost:${port}`,
    findRepository: async () => undefined,
    repositoriesOf: async () => [],
  });
  closers.push(() => accounts.close());
  const { setupToken = "" } = readSecrets(secrets);
  const { session } = await accounts.createFirstAdministrator(
    { setupToken, name: owner, email: "ada@example.test", password: randomBytes(12).toString("hex") },
    { address: "127.0.0.1" },
  );
  const viewer = await accounts.findViewer(session.id);
  if (viewer === undefined) throw new Error("the session that was just started is not there");

  const variables = {
    DATABASE_URL: postgres.url,
    LAYERPORT_PORT: String(port),
    LAYERPORT_STORAGE_DIR: storage,
    LAYERPORT_SECRETS_DIR: secrets,
    LAYERPORT_PORTAL_URL: "http://127.0.0.1:1",
    LAYERPORT_WORKER_URL: "http://127.0.0.1:1",
    LAYERPORT_PARENT_PID: String(process.pid),
    LOG_LEVEL: "warn",
    NODE_COMPILE_CACHE: join(folder, "compile-cache"),
    ...options.env,
  };
  const registries = new Registries({ port, variables, keepsSpare: options.keepsSpare ?? false });
  closers.push(() => registries.close());
  return {
    folder,
    storage,
    postgres,
    port,
    database,
    owner,
    async authorize(...repositories) {
      const scopes = repositories.map((name) => ({
        kind: "repository" as const,
        repository: parseRepositoryName(name),
        actions: ["pull", "push", "delete"] as const,
      }));
      const { token } = await accounts.issueBearer(viewer.identity, scopes, accounts.service);
      return `Bearer ${token}`;
    },
    startRegistry: (env, beforeStart) => registries.start(env, beforeStart),
  };
}

function makeSecrets(folder: string): string {
  const directory = join(folder, "secrets");
  mkdirSync(directory, { mode: 0o700 });
  const { privateKey } = generateKeyPairSync("ed25519");
  const texts: Record<string, string> = {
    "token-signing-key.pem": privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  for (const name of ["session-secret", "token-pepper", "metrics-token", "setup-token"]) {
    texts[name] = randomBytes(32).toString("base64url");
  }
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(directory, name), text, { mode: 0o600 });
  return directory;
}
