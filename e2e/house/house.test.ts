import { execFileSync, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failToStart, findFreePort, isAlive, type ProcessName, type Stack, startLayerport } from "../stack.ts";

const root = path.join(import.meta.dirname, "../..");
const children: readonly ProcessName[] = ["registry", "portal", "worker", "postgres"];

const directories: string[] = [];

function temporaryDirectory(): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-house-"));
  fs.chmodSync(directory, 0o755);
  directories.push(directory);
  return directory;
}

afterAll(() => {
  for (const directory of directories) fs.rmSync(directory, { recursive: true, force: true });
});

async function status(url: string): Promise<number> {
  return fetch(url).then(
    (response) => response.status,
    () => 0,
  );
}

/** What the start says is one line, on stderr, and the exit code tells a script. */
async function expectRefusal(env: Record<string, string>, message: string | RegExp): Promise<void> {
  const { exitCode, stderr } = await failToStart(env);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toMatch(message);
  expect(exitCode).toBe(1);
}

describe("a start that cannot succeed says why in one line", () => {
  it("when the port is taken", async () => {
    const server = createServer();
    const port = await findFreePort();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    try {
      const env = { LAYERPORT_PORT: String(port), LAYERPORT_DATA_DIR: temporaryDirectory() };
      await expectRefusal(env, `Layerport: port ${port} is taken by another program; set LAYERPORT_PORT`);
    } finally {
      server.close();
    }
  });

  it("when DATABASE_URL names nothing that answers, without its password", async () => {
    const port = await findFreePort();
    const DATABASE_URL = `postgresql://someone:hunter2@127.0.0.1:${port}/layerport`;
    const env = { DATABASE_URL, LAYERPORT_DATA_DIR: temporaryDirectory() };
    await expectRefusal(env, `DATABASE_URL does not work: nothing answers at 127.0.0.1:${port}`);
    const { stdout, stderr } = await failToStart(env);
    expect(stdout + stderr).not.toContain("hunter2");
  });

  it("when the data folder is a file", async () => {
    const file = path.join(temporaryDirectory(), "file");
    fs.writeFileSync(file, "");
    await expectRefusal({ LAYERPORT_DATA_DIR: file }, `the data folder ${file} is not a folder`);
  });

  it("when a setting makes no sense", async () => {
    await expectRefusal({ LAYERPORT_PUBLIC_URL: "localhost:5000" }, "LAYERPORT_PUBLIC_URL must begin with http");
  });

  it.runIf(mayMount())("when the data folder is read-only (needs a user who may mount)", async () => {
    await withMount("ro,size=600m", (directory) =>
      expectRefusal(
        { LAYERPORT_DATA_DIR: directory },
        `the data folder ${directory} is on a read-only file system; set LAYERPORT_DATA_DIR`,
      ),
    );
  });

  it.runIf(mayMount())("when the data folder is full (needs a user who may mount)", async () => {
    await withMount("size=16m", (directory) =>
      expectRefusal({ LAYERPORT_DATA_DIR: directory }, /has \d+ MB free and needs 256 MB; make room/),
    );
  });
});

describe("a running Layerport", () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startLayerport();
  });

  afterAll(() => stack?.stop());

  it("answers at the address it prints, and prints the set-up link and how to push", async () => {
    expect(await status(`${stack.url}/livez`)).toBe(200);
    expect(await status(`${stack.url}/readyz`)).toBe(200);
    expect(stack.setupUrl).toMatch(new RegExp(`^${stack.url}/setup\\?token=[\\w-]{43}$`));
    expect(await status(stack.setupUrl ?? "")).toBe(200);
    for (const line of [
      `docker login ${stack.host}`,
      `docker tag alpine ${stack.host}/`,
      `docker push ${stack.host}/`,
    ]) {
      expect(stack.log()).toContain(line);
    }
  });

  it("keeps its secrets to its user and out of every command line", async () => {
    const directory = path.join(stack.dataDir, "secrets");
    expect(fs.statSync(directory).mode & 0o777).toBe(0o700);
    const secrets = fs.readdirSync(directory).map((name) => {
      expect(fs.statSync(path.join(directory, name)).mode & 0o077).toBe(0);
      return fs.readFileSync(path.join(directory, name), "utf8").trim();
    });
    expect(secrets.length).toBeGreaterThanOrEqual(5);
    for (const name of children) {
      const commandLine = fs.readFileSync(`/proc/${stack.pid(name)}/cmdline`, "utf8");
      for (const secret of secrets) expect(commandLine).not.toContain(secret);
    }
  });

  it("refuses a second start on the same data and names the process that has it", async () => {
    await expectRefusal(
      { LAYERPORT_DATA_DIR: stack.dataDir },
      `another Layerport (process ${stack.pid("standalone")}) already runs on the data folder ${stack.dataDir}`,
    );
    expect(await status(`${stack.url}/readyz`)).toBe(200);
  });

  it.each(children)("starts %s again when it is killed, and serves again", async (name) => {
    const killed = stack.pid(name);
    process.kill(killed, "SIGKILL");
    await expect.poll(() => stack.pid(name), { timeout: 20_000 }).not.toBe(killed);
    await expect.poll(() => status(`${stack.url}/readyz`), { timeout: 20_000 }).toBe(200);
    await expect.poll(() => status(`${stack.url}/setup`), { timeout: 20_000 }).toBeLessThan(500);
  });

  it("starts again on the same data after a kill of every process at once", async () => {
    const before = stack.setupUrl;
    await stack.killAll();
    await stack.restart();
    expect(await status(`${stack.url}/readyz`)).toBe(200);
    expect(stack.setupUrl).toBe(before);
  });

  it("starts again at once when only its supervisor was killed, and leaves no process of the killed run", async () => {
    const left = children.map((name) => stack.pid(name));
    await stack.kill("SIGKILL");
    await stack.restart();
    expect(await status(`${stack.url}/readyz`)).toBe(200);
    expect(left.filter(isAlive)).toEqual([]);
  });

  it("ends its children within seconds when its supervisor was killed and nobody starts it again", async () => {
    const left = children.map((name) => stack.pid(name));
    await stack.kill("SIGKILL");
    await expect.poll(() => left.filter(isAlive), { timeout: 15_000 }).toEqual([]);
    await stack.restart();
  });

  it("is up again within four seconds when nothing has changed", async () => {
    await stack.kill("SIGTERM");
    const startedAt = performance.now();
    await stack.restart();
    const seconds = (performance.now() - startedAt) / 1000;
    // Twice the promise, because tests share the machine.
    expect(seconds).toBeLessThan(8);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("stops everything in order on %s, Postgres last", async (signal) => {
    const pids = children.map((name) => stack.pid(name));
    expect(await stack.kill(signal)).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(fs.existsSync(path.join(stack.dataDir, "postgres", "postmaster.pid"))).toBe(false);
    expect(fs.readFileSync(path.join(stack.dataDir, "logs", "postgres.log"), "utf8").trimEnd()).toMatch(
      /database system is shut down$/,
    );
    await stack.restart();
  });

  it("stops when whoever started it is gone", async () => {
    const dataDir = temporaryDirectory();
    const port = String(await findFreePort());
    const env = { ...process.env, NODE_ENV: undefined, LAYERPORT_PORT: port, LAYERPORT_DATA_DIR: dataDir };
    // A shell that starts it as npm does, and is killed.
    const script = 'LAYERPORT_PARENT_PID=$$ "$0" apps/standalone/src/main.ts >/dev/null 2>&1; true';
    const shell = spawn("sh", ["-c", script, process.execPath], { cwd: root, env, stdio: "ignore" });
    await expect.poll(() => status(`http://127.0.0.1:${port}/livez`), { timeout: 60_000 }).toBe(200);
    shell.kill("SIGKILL");
    await expect.poll(() => status(`http://127.0.0.1:${port}/livez`), { timeout: 30_000 }).toBe(0);
    const pidFile = path.join(dataDir, "postgres", "postmaster.pid");
    await expect.poll(() => fs.existsSync(pidFile), { timeout: 30_000 }).toBe(false);
  });
});

function mayMount(): boolean {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-mount-"));
  try {
    if (spawnSync("mount", ["-t", "tmpfs", "tmpfs", directory]).status !== 0) return false;
    return spawnSync("umount", [directory]).status === 0;
  } finally {
    fs.rmdirSync(directory);
  }
}

async function withMount(options: string, use: (directory: string) => Promise<void>): Promise<void> {
  const directory = temporaryDirectory();
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]);
  try {
    await use(directory);
  } finally {
    execFileSync("umount", [directory]);
  }
}
