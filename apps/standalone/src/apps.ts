import path from "node:path";
import type { App } from "./app-process.ts";
import { PORTAL_BUILD } from "./build.ts";
import type { DataFolder } from "./data-folder.ts";
import type { Environment } from "./environment.ts";
import { findFreePort } from "./ports.ts";
import { readSecret } from "./secrets.ts";

/** What the three apps are made from. */
export interface AppPlan {
  readonly root: string;
  readonly environment: Environment;
  readonly folder: DataFolder;
  readonly databaseUrl: string;
  /** Whether they reload when their files change. */
  readonly isDevelopment: boolean;
}

/** The three apps in the order in which they are stopped: the registry first, because it sends the others work. */
export async function planApps(plan: AppPlan): Promise<App[]> {
  const { root, environment, folder, isDevelopment } = plan;
  const portalPort = await findFreePort();
  const workerPort = await findFreePort();
  const inside = (port: number) => ({ host: "127.0.0.1", port });
  const common = {
    DATABASE_URL: plan.databaseUrl,
    LAYERPORT_PUBLIC_URL: environment.publicUrl,
    LAYERPORT_SECRETS_DIR: folder.secrets,
    LAYERPORT_STORAGE_DIR: folder.blobs,
    LOG_LEVEL: environment.logLevel,
    // Halves what loading the code costs from the second start on.
    NODE_COMPILE_CACHE: path.join(root, "node_modules/.cache/node"),
    // What Node reloads has Node's watcher for a parent, not this process.
    ...(isDevelopment ? {} : { LAYERPORT_PARENT_PID: String(process.pid) }),
    NODE_ENV: isDevelopment ? "development" : "production",
  };
  const flags = isDevelopment ? ["--watch"] : ["--import", path.join(import.meta.dirname, "parent-watch.ts")];

  const registry: App = {
    name: "registry",
    directory: path.join(root, "apps/registry"),
    args: [...flags, "src/main.ts"],
    environment: {
      ...common,
      LAYERPORT_HOST: environment.host,
      LAYERPORT_PORT: String(environment.port),
      LAYERPORT_PORTAL_URL: `http://127.0.0.1:${portalPort}`,
      LAYERPORT_WORKER_URL: `http://127.0.0.1:${workerPort}`,
    },
    address: { host: reachable(environment.host), port: environment.port },
    hostHeader: new URL(environment.publicUrl).host,
    drainMs: 32_000,
  };
  const portal: App = {
    name: "portal",
    directory: isDevelopment ? path.join(root, "apps/portal") : path.join(root, PORTAL_BUILD),
    args: isDevelopment
      ? ["node_modules/next/dist/bin/next", "dev", "--port", String(portalPort), "--hostname", "127.0.0.1"]
      : [...flags, "server.js"],
    environment: {
      ...common,
      HOSTNAME: "127.0.0.1",
      PORT: String(portalPort),
      // The front door ends an idle connection; one that ended here would lose the request that is on its way.
      KEEP_ALIVE_TIMEOUT: "65000",
      NEXTAUTH_URL: environment.publicUrl,
      NEXTAUTH_SECRET: readSecret(folder.secrets, "session-secret"),
    },
    address: inside(portalPort),
    hostHeader: `127.0.0.1:${portalPort}`,
    drainMs: 10_000,
  };
  const worker: App = {
    name: "worker",
    directory: path.join(root, "apps/worker"),
    args: [...flags, "src/main.ts"],
    environment: { ...common, LAYERPORT_WORKER_PORT: String(workerPort) },
    address: inside(workerPort),
    hostHeader: `127.0.0.1:${workerPort}`,
    drainMs: 32_000,
  };
  return [registry, portal, worker];
}

/** An address that means every one of this machine's is reached by its own. */
function reachable(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}
