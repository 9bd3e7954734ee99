import { spawn } from "node:child_process";
import http from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { LogFile } from "./log-file.ts";
import { StartError } from "./start-error.ts";
import type { Running } from "./supervisor.ts";

/** One of Layerport's apps, as a process to start. */
export interface App {
  readonly name: string;
  readonly directory: string;
  /** What Node runs: flags, file, arguments. */
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly address: { readonly host: string; readonly port: number };
  /** The `Host` header it expects. */
  readonly hostHeader: string;
  /** How long it may take to finish what it has begun. */
  readonly drainMs: number;
}

const READY_WITHIN_MS = 60_000;

/** Starts the app's process. Both its streams go to `log`. */
export function startApp(app: App, log: LogFile): Running {
  const descriptor = log.open();
  const child = spawn(process.execPath, app.args, {
    cwd: app.directory,
    env: { ...process.env, LAYERPORT_PARENT_PID: undefined, ...app.environment },
    stdio: ["ignore", descriptor, descriptor],
    // In a group of its own: Ctrl-C in a terminal must reach the apps in order, and through this process.
    detached: true,
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `ended by ${signal}` : `exit code ${code}`));
  });
  return {
    pid: child.pid ?? 0,
    exited,
    async stop() {
      child.kill("SIGTERM");
      const ended = await Promise.race([exited, delay(app.drainMs, undefined, { ref: false })]);
      if (ended === undefined) child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Resolves when the app answers 200 on /readyz; throws a `StartError` when it ends first or takes too long. */
export async function waitUntilReady(
  app: App,
  running: Running,
  { log, signal }: { readonly log: LogFile; readonly signal: AbortSignal },
): Promise<void> {
  let reason: string | undefined;
  void running.exited.then((text) => {
    reason = text;
  });
  const deadline = Date.now() + READY_WITHIN_MS;
  while ((await askReadiness(app)) !== 200) {
    if (reason !== undefined) {
      throw new StartError(`${app.name} did not start (${reason}): ${log.lastLine()}; more in ${log.path}`);
    }
    if (Date.now() > deadline) {
      throw new StartError(`${app.name} was not ready within ${READY_WITHIN_MS / 1000} s; see ${log.path}`);
    }
    await delay(50, undefined, { signal });
  }
}

function askReadiness({ address, hostHeader }: App): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get({
      host: address.host,
      port: address.port,
      path: "/readyz",
      headers: { host: hostHeader },
      agent: false,
      timeout: 5_000,
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(0));
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
  });
}
