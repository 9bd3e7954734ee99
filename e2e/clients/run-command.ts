import { spawn } from "node:child_process";

/** What a finished program left behind. A program that a signal ended has the exit code 128 plus the signal's number. */
export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a program; the environment replaces this process's one where it is given. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly stdin?: string | Uint8Array;
  /** After this the whole process group is killed; five minutes where it is absent. */
  readonly timeoutMs?: number;
  /** Kills the whole process group when it aborts. */
  readonly signal?: AbortSignal;
}

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** Runs a program to its end, whatever its exit code; rejects only if it cannot start. */
export function runCommand(
  program: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: options.cwd,
      env: options.environment ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
      // A group of its own, so that a time-out also ends what the program started.
      detached: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const kill = () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, "SIGKILL");
      }
    };
    const timer = setTimeout(kill, options.timeoutMs ?? 300_000);
    options.signal?.addEventListener("abort", kill, { once: true });

    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    // A program that does not read its input closes the pipe early, which is its right.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(new Error(`${program} cannot be started; is its Debian package installed?`, { cause }));
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      resolve({
        exitCode: code ?? 128 + (signal === null ? 0 : (signalNumbers[signal] ?? 0)),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      });
    });
  });
}

/** Like `runCommand`, but an exit code other than 0 is an error that carries the program's own words. */
export async function mustRun(
  program: string,
  parameters: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const outcome = await runCommand(program, parameters, options);
  if (outcome.exitCode !== 0) {
    throw new Error(`${program} ${parameters.join(" ")} ended with ${outcome.exitCode}\n${outcome.stderr.trim()}`);
  }
  return outcome.stdout;
}
