import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A running registry that is not Layerport, to prove clients with and to compare answers to. */
export interface DebianRegistry {
  /** `127.0.0.1:<port>`, plain HTTP, open to everybody. */
  readonly address: string;
  /** Ends it and removes what was pushed. */
  close(): Promise<void>;
}

/** Starts the registry of Debian's package docker-registry on a free port, with an empty storage. */
export async function startDebianRegistry(): Promise<DebianRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "lp-registry-"));
  const configuration = {
    version: "0.1",
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: join(folder, "storage") }, delete: { enabled: true } },
    http: { addr: "127.0.0.1:0", secret: "one process, so any value" },
  };
  // JSON is YAML.
  await writeFile(join(folder, "config.yml"), JSON.stringify(configuration));
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const close = async () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await once(child, "spawn");
    const said: string[] = [];
    // The loop ends with the process; leaving it early would close the pipe under a process that still writes.
    const lines = createInterface({ input: child.stderr });
    const port = await new Promise<string>((resolve, reject) => {
      lines.on("line", (line) => {
        said.push(line);
        const found = /listening on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
        if (found !== undefined) {
          resolve(found);
        }
      });
      child.once("exit", () => reject(new Error(`docker-registry ended early: ${said.join("\n")}`)));
    });
    return { address: `127.0.0.1:${port}`, close };
  } catch (cause) {
    await close();
    throw new Error("docker-registry cannot be started; is its Debian package installed?", { cause });
  }
}
