import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../../e2e/stack.ts";
import type { Address } from "../load/connection.ts";
import { ProcessTree } from "./process-tree.ts";
import type { Side } from "./side.ts";
import { untilAnswering } from "./until-answering.ts";

/** Starts Debian's `docker-registry` on an empty folder, open to everybody, with its own defaults otherwise. */
export async function startDebian(): Promise<Side> {
  const { child, address, remove } = await launch();
  return {
    name: "docker-registry",
    address,
    headersFor: async () => [],
    processes: new ProcessTree(() => [child.pid ?? 0]),
    dataPlane: new ProcessTree(() => [child.pid ?? 0]),
    starts: {
      "the data plane alone": async () => {
        const another = await launch();
        await end(another.child);
        await another.remove();
        return another.startMs;
      },
    },
    async stop() {
      await end(child);
      await remove();
    },
  };
}

interface Launched {
  readonly child: ChildProcess;
  readonly address: Address;
  readonly startMs: number;
  readonly remove: () => Promise<void>;
}

async function launch(): Promise<Launched> {
  const folder = await mkdtemp(join(tmpdir(), "layerport-bench-peer-"));
  const address = { host: "127.0.0.1", port: await findFreePort() };
  const configuration = {
    version: "0.1",
    log: { level: "info" },
    storage: {
      filesystem: { rootdirectory: join(folder, "storage") },
      cache: { blobdescriptor: "inmemory" },
      delete: { enabled: true },
    },
    http: { addr: `${address.host}:${address.port}`, secret: "one process, so any value" },
  };
  // JSON is YAML.
  await writeFile(join(folder, "config.yml"), JSON.stringify(configuration));
  const begunAt = performance.now();
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  await once(child, "spawn");
  await untilAnswering(address, child);
  const remove = () => rm(folder, { recursive: true, force: true });
  return { child, address, startMs: performance.now() - begunAt, remove };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  await once(child, "exit");
}
