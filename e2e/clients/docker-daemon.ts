import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, open, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { removeFolder, type ToolOptions } from "./registry-tools.ts";
import { type CommandOutcome, mustRun, runCommand } from "./run-command.ts";

/** Docker's own client with a daemon of its own, which trusts plain HTTP on 127.0.0.1 and nothing else. */
export interface DockerDaemon {
  /** Runs `docker` and answers what it said, whatever its exit code. */
  run(parameters: readonly string[], options?: ToolOptions): Promise<CommandOutcome>;
  /** Runs `docker`; its failure is the test's failure. Answers its standard output without the last newline. */
  must(parameters: readonly string[], options?: ToolOptions): Promise<string>;
  /** Ends the daemon and its containers, and removes its images and credentials. */
  close(): Promise<void>;
}

/** A daemon, or why this machine cannot run one. */
export type DockerStart =
  | { readonly docker: DockerDaemon; readonly reason?: never }
  | { readonly docker?: never; readonly reason: string };

/**
 * Starts a Docker daemon apart from any other on the machine: own socket, images, containerd and credentials, no
 * bridge and no firewall rule, so containers run with `--network none` or `--network host`. Not every machine can run
 * one, so a refusal is an answer and not an error. Its containerd leaves an empty /opt/containerd, the one trace.
 */
export async function startDocker(): Promise<DockerStart> {
  if (process.getuid?.() !== 0) {
    return { reason: "dockerd needs root" };
  }
  const folder = await mkdtemp(join(tmpdir(), "lp-docker-"));
  const socket = `unix://${join(folder, "docker.sock")}`;
  const environment = {
    PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin`,
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
    DOCKER_CONFIG: join(folder, "client"),
    DOCKER_HOST: socket,
  };
  await mkdir(environment.TMPDIR);
  await mkdir(environment.DOCKER_CONFIG);
  // Without a file of its own it would read, and without this setting write, below /etc/docker.
  await writeFile(join(folder, "daemon.json"), JSON.stringify({ "deprecated-key-path": join(folder, "key.json") }));
  const log = await open(join(folder, "dockerd.log"), "w");
  const daemon = spawn("dockerd", daemonParameters(folder, socket), {
    env: environment,
    stdio: ["ignore", log.fd, log.fd],
  });
  // A program that is not there has no process id, and says so in an event of its own.
  daemon.once("error", () => {});
  await log.close();

  const close = async () => {
    if (isRunning(daemon)) {
      const ended = once(daemon, "exit");
      // It stops its containers and its containerd first; were it to hang, they would outlive the test.
      const impatience = setTimeout(() => daemon.kill("SIGKILL"), 20_000);
      daemon.kill("SIGTERM");
      await ended;
      clearTimeout(impatience);
    }
    await removeFolder(folder);
  };

  if (await answers(daemon, environment)) {
    return {
      docker: {
        run: (parameters, options) => runCommand("docker", parameters, { ...options, environment }),
        async must(parameters, options) {
          return (await mustRun("docker", parameters, { ...options, environment })).replace(/\n$/, "");
        },
        close,
      },
    };
  }
  const lastWords = (await readFile(join(folder, "dockerd.log"), "utf8")).trim().split("\n").at(-1);
  await close();
  return { reason: lastWords || "dockerd or docker cannot be started; is the Debian package docker.io installed?" };
}

function daemonParameters(folder: string, socket: string): string[] {
  return [
    `--config-file=${join(folder, "daemon.json")}`,
    `--data-root=${join(folder, "data")}`,
    `--exec-root=${join(folder, "exec")}`,
    `--pidfile=${join(folder, "docker.pid")}`,
    `--host=${socket}`,
    "--bridge=none",
    "--iptables=false",
    "--ip6tables=false",
  ];
}

function isRunning(daemon: ChildProcess): boolean {
  return daemon.pid !== undefined && daemon.exitCode === null && daemon.signalCode === null;
}

/** Waits until the daemon answers its client, ends, or half a minute is over. */
async function answers(daemon: ChildProcess, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  while (isRunning(daemon) && Date.now() < deadline) {
    const asked = await runCommand("docker", ["version", "--format", "{{.Server.Version}}"], { environment }).catch(
      () => undefined,
    );
    if (!asked) {
      return false;
    }
    if (asked.exitCode === 0) {
      return true;
    }
    await sleep(200);
  }
  return false;
}
