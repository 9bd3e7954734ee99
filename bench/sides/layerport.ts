import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { request } from "undici";
import { findFreePort, type Stack, startLayerport } from "../../e2e/stack.ts";
import { ProcessTree } from "./process-tree.ts";
import { administrator, setUp } from "./set-up.ts";
import type { Side } from "./side.ts";
import { untilAnswering } from "./until-answering.ts";

const root = join(import.meta.dirname, "../..");
const stranger = { name: "eve", password: "another quiet river" } as const;

/** Starts the whole of Layerport, with its own Postgres in its durable settings, and signs up its administrator. */
export async function startOurs(): Promise<Side> {
  // All load comes from one address here.
  const stack = await startLayerport({ env: { LAYERPORT_CONNECTIONS_PER_ADDRESS: "0" } });
  try {
    if (stack.setupUrl === undefined) throw new Error("a new Layerport printed no set-up link");
    await setUp(stack.setupUrl);
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return {
    name: "Layerport",
    address: { host: "localhost", port: stack.port },
    headersFor: async (scopes) => [bearer(await fetchToken(stack.url, administrator, scopes))],
    strangerHeaders: async () => {
      await createStranger(stack);
      return [bearer(await fetchToken(stack.url, stranger, []))];
    },
    processes: new ProcessTree(() => [stack.pid("standalone"), stack.pid("postgres")]),
    dataPlane: new ProcessTree(() => [stack.pid("registry")]),
    starts: {
      "the data plane alone": () => startDataPlane(stack),
      everything: startEverything,
    },
    stop: () => stack.stop(),
  };
}

type Person = typeof administrator | typeof stranger;

function bearer(token: string): string {
  return `Authorization: Bearer ${token}`;
}

async function fetchToken(url: string, person: Person, scopes: readonly string[]): Promise<string> {
  const basic = `Basic ${Buffer.from(`${person.name}:${person.password}`).toString("base64")}`;
  const query = scopes.map((scope) => `&scope=${encodeURIComponent(scope)}`).join("");
  const { body, statusCode } = await request(`${url}/token?service=bench${query}`, {
    headers: { authorization: basic },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`no token (${statusCode}): ${text}`);
  const { token }: { token: string } = JSON.parse(text);
  return token;
}

/** Adds the stranger in the administrator's name, as whoever runs the machine does it. */
async function createStranger(stack: Stack): Promise<void> {
  const child = spawn(
    process.execPath,
    ["apps/worker/src/commands/create-user.ts", administrator.name, stranger.name, "eve@example.test"],
    { cwd: root, env: environmentOf(stack.pid("worker")), stdio: ["pipe", "ignore", "inherit"] },
  );
  child.stdin.end(`${administrator.password}\n${stranger.password}\n`);
  const [code]: unknown[] = await once(child, "exit");
  if (code !== 0) throw new Error("the stranger could not be made");
}

function environmentOf(pid: number): NodeJS.ProcessEnv {
  const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return Object.fromEntries(
    variables.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

/** A second data plane on the same database, on a port of its own. */
async function startDataPlane(stack: Stack): Promise<number> {
  const port = await findFreePort();
  const begunAt = performance.now();
  const child = spawn(process.execPath, ["apps/registry/src/main.ts"], {
    cwd: root,
    env: { ...environmentOf(stack.pid("registry")), LAYERPORT_PORT: String(port) },
    stdio: "ignore",
  });
  await once(child, "spawn");
  await untilAnswering({ host: "localhost", port }, child);
  const ms = performance.now() - begunAt;
  child.kill("SIGTERM");
  await once(child, "exit");
  return ms;
}

/** Everything, on a data folder that was made before, until it says that it is ready. */
async function startEverything(): Promise<number> {
  const stack = await startLayerport();
  try {
    await stack.kill("SIGTERM");
    const begunAt = performance.now();
    await stack.restart();
    return performance.now() - begunAt;
  } finally {
    await stack.stop();
  }
}
