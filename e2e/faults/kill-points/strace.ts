import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What strace is to do to a process. */
export interface TraceOptions {
  /** A process, or one thread of it. */
  readonly pid: number;
  /** Whether all threads are traced, those to come included. */
  readonly follows: boolean;
  readonly calls: readonly string[];
  /** How much of each buffer is shown. */
  readonly shownBytes?: number;
  /** Makes the n-th of these calls, and with `always` all after it, fail with this error instead of being done. */
  readonly fail?: { readonly calls: readonly string[]; readonly error: string; readonly nth: number; always?: boolean };
  /** Kills the process right before it makes this call for the n-th time. */
  readonly kill?: { readonly call: string; readonly nth: number };
}

/** A strace that is attached. */
export interface Trace {
  /** Lets go of the process, if it still runs, and answers the log. */
  detach(): Promise<string>;
}

/** Attaches to a process; what it does from then on is traced. */
export async function attach({ pid, follows, calls, shownBytes = 64, kill, fail }: TraceOptions): Promise<Trace> {
  const folder = mkdtempSync(join(tmpdir(), "layerport-strace-"));
  const file = join(folder, "log");
  const args = ["-yy", "-s", String(shownBytes), "-o", file, "-p", String(pid), "-e", `trace=${calls.join(",")}`];
  if (follows) args.push("-f");
  if (kill) args.push("-e", `inject=${kill.call}:signal=SIGKILL:when=${kill.nth}`);
  if (fail) {
    const { calls: failing, error, nth, always } = fail;
    args.push("-e", `inject=${failing.join(",")}:error=${error}:when=${nth}${always ? "+" : ""}`);
  }
  const child = spawn("strace", args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  const ended = once(child, "close").catch((error: unknown) => [error]);
  let said = "";
  const isAttached = new Promise<boolean>((resolve) => {
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (/^strace: Process \d+ attached/m.test(said)) resolve(true);
    });
    void ended.then(() => resolve(false));
  });
  const remove = () => rmSync(folder, { recursive: true, force: true });
  if (!(await isAttached)) {
    const [cause] = await ended;
    remove();
    throw new Error(`strace does not attach: ${said.trim() || "it does not start"}`, { cause });
  }
  return {
    async detach() {
      child.kill("SIGINT");
      await ended;
      const log = readFileSync(file, "utf8");
      remove();
      return log;
    },
  };
}

/** Why this machine does not let processes be traced, in one line; `undefined` when it does. */
export async function whyNoTrace(): Promise<string | undefined> {
  const sleeper = spawn("sleep", ["60"], { stdio: "ignore" });
  try {
    const trace = await attach({ pid: sleeper.pid ?? 0, follows: false, calls: ["write"] });
    await trace.detach();
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.split("\n")[0];
  } finally {
    sleeper.kill("SIGKILL");
  }
}
