#!/usr/bin/env node
// `npm start` on a bare machine: any Node from 18 on that has npm runs this file, with nothing installed yet.
//  1. fetches the pinned pnpm with npm, because corepack needs more than a registry and pnpm needs a newer Node
//  2. installs what the lockfile names, when it has changed
//  3. hands over to the pinned Node, which comes as an npm package
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "../..");
const OLDEST_SYSTEM_NODE = [22, 19]; // Type stripping, and undici 8.
const bootstrapFolder = path.join(root, "node_modules", ".bootstrap");

const entries = {
  start: ["apps/standalone/src/main.ts"],
  dev: ["apps/standalone/src/main.ts", "--dev"],
  test: ["e2e/run.ts", "test"],
  check: ["e2e/run.ts", "check"],
  e2e: ["e2e/run.ts", "e2e"],
  bench: ["bench/main.ts"],
};

// What npm sets for its own scripts must not reach pnpm, turbo and Next. How to reach the registry must.
const withoutNpm = environmentWithout((name) => /^npm_/i.test(name));
const withRegistry = environmentWithout(
  (name) =>
    /^npm_/i.test(name) && !/^npm_config_(registry|userconfig|ca|cafile|strict_ssl|proxy|https_proxy)$/i.test(name),
);

function environmentWithout(isUnwanted) {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isUnwanted(name)));
}

function fail(message) {
  console.error(`Layerport: ${message}`);
  process.exit(1);
}

function pnpmExecutable() {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const version = packageManager.replace(/^pnpm@/, "").replace(/\+.*/, "");
  const folder = path.join(bootstrapFolder, `pnpm-${version}`);
  const found = findPnpm(folder);
  if (found) return found;

  console.log(`Layerport: fetching pnpm ${version}`);
  mkdirSync(folder, { recursive: true });
  const fetched = spawnSync(
    "npm",
    [
      "install",
      "--prefix",
      folder,
      "--no-save",
      "--no-package-lock",
      "--ignore-scripts",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
      `pnpm@${version}`,
    ],
    { stdio: "inherit", env: withRegistry, cwd: folder },
  );
  if (fetched.status !== 0) fail(`npm could not fetch pnpm ${version}; is the npm registry in reach?`);
  return findPnpm(folder) ?? fail(`pnpm ${version} has no build for ${process.platform}-${process.arch}`);
}

/** The native executable, not npm's link to it: turbo starts `pnpm` without a shell. */
function findPnpm(folder) {
  const scope = path.join(folder, "node_modules", "@pnpm");
  if (!existsSync(scope)) return undefined;
  return readdirSync(scope)
    .map((name) => path.join(scope, name, "pnpm"))
    .find((file) => existsSync(file));
}

/** The parent of another process, where the system tells. */
function parentOf(pid) {
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  } catch {
    // Not Linux, or the process is gone, which its own child notices by itself.
    return undefined;
  }
}

function install(pnpm) {
  const stamp = path.join(bootstrapFolder, "installed");
  const wanted = createHash("sha256")
    .update(readFileSync(path.join(root, "pnpm-lock.yaml")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;

  console.log("Layerport: installing packages");
  const installed = spawnSync(pnpm, ["install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: root,
    env: { ...withRegistry, CI: "1" },
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
  });
  if (installed.status !== 0) {
    console.error(installed.stdout);
    fail("pnpm could not install the packages; see above");
  }
  writeFileSync(stamp, wanted);
}

function pinnedNode() {
  const require = createRequire(path.join(root, "package.json"));
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = require.resolve(`${name}/package.json`);
    const node = path.join(path.dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin.node);
    // A system without glibc can hold the file but not run it.
    if (spawnSync(node, ["--version"]).status === 0) return node;
  } catch {
    // npm has no pinned Node for this system; the one that runs may do.
  }
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_SYSTEM_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return process.execPath;
  return fail(
    `needs Node ${OLDEST_SYSTEM_NODE.join(".")} or newer on ${process.platform}-${process.arch}; this is ${process.version}`,
  );
}

const [command = "start", ...rest] = process.argv.slice(2);
const entry = entries[command] ?? fail(`unknown command "${command}"; there is ${Object.keys(entries).join(", ")}`);

const pnpm = pnpmExecutable();
install(pnpm);
const node = pinnedNode();

// npm runs this file below a shell, and neither passes a SIGTERM on: whether they are still there has to be looked at.
const parent = process.ppid;
const npm = process.env.npm_lifecycle_event ? parentOf(parent) : undefined;
const child = spawn(node, [path.join(root, entry[0]), ...entry.slice(1), ...rest], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...withoutNpm,
    PATH: [path.dirname(node), path.join(root, "node_modules", ".bin"), path.dirname(pnpm), withoutNpm.PATH].join(
      path.delimiter,
    ),
    LAYERPORT_PARENT_PID: String(process.pid),
    NODE_COMPILE_CACHE: path.join(root, "node_modules", ".cache", "node"),
    NEXT_TELEMETRY_DISABLED: "1",
    TURBO_TELEMETRY_DISABLED: "1",
    CHECKPOINT_DISABLE: "1",
    DO_NOT_TRACK: "1",
  },
});
// Ctrl-C reaches the child through the terminal; the child decides when this process ends.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGTERM"));
const watch = setInterval(() => {
  if (process.ppid === parent && (npm === undefined || parentOf(parent) === npm)) return;
  clearInterval(watch);
  child.kill("SIGTERM");
}, 250);
watch.unref();
child.on("error", (error) => fail(`the pinned Node does not start: ${error.message}`));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)));
