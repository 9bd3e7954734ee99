import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseRepositoryName, parseTag, type Reference } from "@layerport/registry-core";
import { afterAll, onTestFinished } from "vitest";
import { openRegistryClient, type RegistryClient, type RegistryClientOptions } from "./registry-client.ts";

/** A server that says what a test wants, and remembers what it was told. */
export interface TestUpstream {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Every request so far. */
  readonly requests: { method: string; url: string; headers: IncomingMessage["headers"] }[];
  /** How many connections were opened to it. */
  connections(): number;
}

/** How a server answers one request. */
export type TestAnswer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Starts a server on `host` that is closed when the test ends, or the file where it is not started by a test. */
export async function startUpstream(answer: TestAnswer, host = "127.0.0.1"): Promise<TestUpstream> {
  let connections = 0;
  const requests: TestUpstream["requests"] = [];
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, url, headers });
    void answer(request, response);
  });
  server.on("connection", () => {
    connections += 1;
  });
  server.listen(0, host);
  await once(server, "listening");
  atEnd(() => close(server));
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, host: `${host}:${port}`, port, requests, connections: () => connections };
}

/** A client that may reach this machine and does not wait long; closed when the test ends. */
export function openTestClient(url: string, options: Partial<RegistryClientOptions> = {}): RegistryClient {
  const { fetchLimits, ...rest } = options;
  const client = openRegistryClient({
    url,
    allowPrivateAddresses: true,
    fetchLimits: { retryPauseMs: 5, ...fetchLimits },
    ...rest,
  });
  atEnd(() => client.close());
  return client;
}

/** The repository and the tag of every test here. */
export const repository = parseRepositoryName("acme/api");
export const latest: Reference = { kind: "tag", tag: parseTag("latest") };

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown, headers = {}): void {
  const text = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** Reads the body of a request to its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
}

function atEnd(run: () => Promise<void>): void {
  try {
    onTestFinished(run);
  } catch {
    // Not inside a test.
    afterAll(run);
  }
}
