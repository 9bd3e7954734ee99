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
const basic = `Basic ${Buffer.from(`${administrator.name}:${administrator.password}`).toString("base64")}`;

/** Starts the whole of Layerport, with its own Postgres in its durable settings, and signs up its administrator. */
export async function startOurs(): Promise<Side> {
  const stack = await startLayerport();
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
    headersFor: async (scopes) => [`Authorization: Bearer ${await fetchToken(stack.url, scopes)}`],
    processes: new ProcessTree(() => [stack.pid("standalone"), stack.pid("postgres")]),
    dataPlane: new ProcessTree(() => [stack.pid("registry")]),
    starts: {
      "the data plane alone": () => startDataPlane(stack),
      everything: startEverything,
    },
    stop: () => stack.stop(),
  };
}

async function fetchToken(url: string, scopes: readonly string[]): Promise<string> {
  const query = scopes.map((scope) => `&scope=${encodeURIComponent(scope)}`).join("");
  const { body, statusCode } = await request(`${url}/token?service=bench${query}`, {
    headers: { authorization: basic },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`no token (${statusCode}): ${text}`);
  const { token }: { token: string } = JSON.parse(text);
  return token;
}

/** A second data plane on the same database, on a port of its own. */
async function startDataPlane(stack: Stack): Promise<number> {
  const port = await findFreePort();
  const variables = readFileSync(`/proc/${stack.pid("registry")}/environ`, "utf8").split("\0");
  const env = Object.fromEntries(
    variables.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const begunAt = performance.now();
  const child = spawn(process.execPath, ["apps/registry/src/main.ts"], {
    cwd: root,
    env: { ...env, LAYERPORT_PORT: String(port) },
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
