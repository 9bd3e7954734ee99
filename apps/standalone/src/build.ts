import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { lockFolder } from "./folder-lock.ts";
import { errorCode, StartError } from "./start-error.ts";

const TASKS = ["run", "generate", "build", "--filter=@layerport/portal"];

/** The built portal, relative to the repository's root. */
export const PORTAL_BUILD = "apps/portal/.next/standalone/apps/portal";

/** What the build that lies there was made from. */
const STAMP = `${PORTAL_BUILD}/built-from`;

/**
 * Generates the database client and builds the portal, if what they are made from has changed. A build that is up to
 * date is left alone, so that a second Layerport started from the same checkout takes no file away from the first; one
 * that is under way in another process is waited for.
 */
export async function buildWhatChanged(root: string, signal: AbortSignal, say: (line: string) => void): Promise<void> {
  const wanted = await fingerprint(root, signal);
  if (isBuiltFrom(root, wanted)) return;
  const release = await waitForCheckout(root, signal, say);
  try {
    if (!isBuiltFrom(root, wanted)) await build(root, signal, { wanted, say });
  } finally {
    release();
  }
}

function isBuiltFrom(root: string, wanted: string): boolean {
  const stamp = path.join(root, STAMP);
  const isGenerated = fs.existsSync(path.join(root, "packages/database/src/generated"));
  return isGenerated && fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8") === wanted;
}

async function waitForCheckout(root: string, signal: AbortSignal, say: (line: string) => void): Promise<() => void> {
  for (let attempt = 0; ; attempt++) {
    const lock = await lockFolder(path.join(root, "apps/portal"));
    if (lock.isHeld) return () => lock.release();
    if (attempt === 0) say(`waiting for process ${lock.holder}, which builds the portal`);
    await delay(500, undefined, { signal });
  }
}

async function build(
  root: string,
  signal: AbortSignal,
  { wanted, say }: { readonly wanted: string; readonly say: (line: string) => void },
): Promise<void> {
  say("building the portal; this takes a minute the first time");
  const { code, output } = await turbo(root, [...TASKS, "--output-logs=errors-only"], signal);
  if (code !== 0) throw new StartError(`the build failed:\n${output.trimEnd()}`);
  // Next leaves these two out of its standalone server, for installations that serve them from elsewhere.
  copyFolder(path.join(root, "apps/portal/.next/static"), path.join(root, PORTAL_BUILD, ".next/static"));
  copyFolder(path.join(root, "apps/portal/public"), path.join(root, PORTAL_BUILD, "public"));
  fs.writeFileSync(path.join(root, STAMP), wanted);
}

/** Generates the database client only, for a portal that Next builds as it goes. */
export async function generate(root: string, signal: AbortSignal): Promise<void> {
  const { code, output } = await turbo(root, ["run", "generate", "--output-logs=errors-only"], signal);
  if (code !== 0) throw new StartError(`the database client could not be generated:\n${output.trimEnd()}`);
}

function copyFolder(from: string, to: string): void {
  fs.rmSync(to, { recursive: true, force: true });
  if (fs.existsSync(from)) fs.cpSync(from, to, { recursive: true });
}

/** turbo's own hashes of everything that goes into the build. */
async function fingerprint(root: string, signal: AbortSignal): Promise<string> {
  const { code, output, stdout } = await turbo(root, [...TASKS, "--dry=json"], signal);
  if (code !== 0) throw new StartError(`turbo could not read the repository:\n${output.trimEnd()}`);
  const plan: { tasks: { taskId: string; hash: string }[] } = JSON.parse(stdout);
  return plan.tasks
    .map(({ taskId, hash }) => `${taskId} ${hash}\n`)
    .sort()
    .join("");
}

interface TurboRun {
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams, as a person would have seen them. */
  readonly output: string;
}

function turbo(root: string, args: readonly string[], signal: AbortSignal): Promise<TurboRun> {
  return new Promise((resolve, reject) => {
    // The portal is built for production whatever this process runs in.
    const env = { ...process.env, NODE_ENV: undefined };
    const child = spawn("turbo", args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], signal });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", (error) => {
      const isMissing = errorCode(error) === "ENOENT";
      reject(isMissing ? new StartError("turbo is not installed; start Layerport with npm start") : error);
    });
    child.once("close", (code) => resolve({ code, stdout, output }));
  });
}

if (import.meta.main) {
  try {
    await buildWhatChanged(path.join(import.meta.dirname, "../../.."), new AbortController().signal, console.log);
  } catch (error) {
    if (!StartError.is(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
