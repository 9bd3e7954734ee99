import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const root = join(import.meta.dirname, "../..");
const entry = join(root, "apps/registry/src/main.ts");
const spare = join(import.meta.dirname, "spare-registry.ts");
const listeningWithinMs = 30_000;

type Variables = Readonly<Record<string, string>>;

/** A registry process. */
export interface RunningRegistry {
  readonly pid: number;
  readonly port: number;
  /** Everything it has printed. */
  output(): string;
  isRunning(): boolean;
  /** Resolves when it has ended, with the exit code or the signal. */
  readonly exited: Promise<number | string>;
  /** Sends a signal, SIGKILL unless given, and resolves when it has ended. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/** What registry processes have in common. */
export interface RegistriesOptions {
  readonly port: number;
  readonly variables: Variables;
  readonly keepsSpare: boolean;
}

/** Starts registry processes, all on one port unless told otherwise. */
export class Registries {
  readonly #options: RegistriesOptions;
  readonly #running = new Set<RunningRegistry>();
  #spare: { readonly child: ChildProcess; readonly registry: RunningRegistry } | undefined;

  constructor(options: RegistriesOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the registry listens.
   * @param beforeStart is called with the process id of a spare that has done nothing but load its code.
   */
  async start(env: Variables = {}, beforeStart?: (pid: number) => Promise<void>): Promise<RunningRegistry> {
    const { keepsSpare } = this.#options;
    let registry: RunningRegistry;
    if (keepsSpare) {
      const { child, registry: loaded } = this.#spare ?? this.#load();
      await beforeStart?.(loaded.pid);
      child.stdin?.end(`${JSON.stringify(env)}\n`);
      registry = loaded;
    } else {
      registry = this.#run([entry], env).registry;
    }
    await untilListening(registry);
    // Not before, or both would load at once.
    this.#spare = keepsSpare ? this.#load() : undefined;
    return registry;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((registry) => registry.end()));
  }

  #load() {
    return this.#run([spare, entry], {});
  }

  #run(args: readonly string[], env: Variables) {
    const { port, variables } = this.#options;
    const child: ChildProcess = spawn(process.execPath, args, {
      cwd: root,
      env: { PATH: process.env.PATH, ...variables, ...env },
      stdio: ["pipe", "pipe", "pipe"],
      // Ctrl-C reaches this process, which ends the registry in its own way.
      detached: true,
    });
    // A process that was killed takes no more lines.
    child.stdin?.on("error", () => {});
    // Where two run at once, one of them is told another.
    const registry = watch(child, Number(env.LAYERPORT_PORT ?? port));
    this.#running.add(registry);
    void registry.exited.then(() => this.#running.delete(registry));
    return { child, registry };
  }
}

function watch(child: ChildProcess, port: number): RunningRegistry {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (part: Buffer) => {
      output += part.toString();
    });
  }
  const exited = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    port,
    output: () => output,
    isRunning,
    exited,
    async end(signal = "SIGKILL") {
      if (isRunning()) child.kill(signal);
      await exited;
    },
  };
}

async function untilListening(registry: RunningRegistry): Promise<void> {
  const endsAt = performance.now() + listeningWithinMs;
  while (!(await accepts(registry.port))) {
    if (!registry.isRunning()) throw new Error(`the registry ended at its start:\n${registry.output()}`);
    if (performance.now() > endsAt) throw new Error(`the registry does not listen:\n${registry.output()}`);
    await delay(10);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    // Not yet, or no longer.
    return false;
  } finally {
    socket.destroy();
  }
}
