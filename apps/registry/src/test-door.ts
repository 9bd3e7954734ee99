import {
  createServer as createBackend,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestOptions,
} from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type Accounts, openAccounts, readSecrets, type Secrets, type Viewer } from "@layerport/accounts";
import { memoryBlobStore } from "@layerport/blob-storage";
import { openDatabase } from "@layerport/database";
import {
  type Actor,
  parseRepositoryName,
  type Registry,
  type RepositoryName,
  systemActor,
} from "@layerport/registry-core";
import { openRegistryStore, type RegistryStore } from "@layerport/registry-store";
import { type MemoryRegistry, memoryRegistry, testDatabase, testSecrets } from "@layerport/testkit";
import { afterAll } from "vitest";
import { allowedHosts } from "./environment.ts";
import { makeLog } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { createServer, type DoorServer, type Settings } from "./server.ts";

/** The password of everybody in the tests. */
export const password = "a long quiet river";

/** A request as a test writes it. */
export interface TestRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** `name:secret` for Basic, or whatever follows `Bearer `. */
  readonly as?: string | undefined;
}

/** An answer, read to its end. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
}

/** The real door over the real gatehouse and a registry in memory, listening on a free port. */
export interface TestDoor {
  readonly door: DoorServer;
  readonly port: number;
  readonly host: string;
  readonly accounts: Accounts;
  readonly administrator: Viewer;
  readonly memory: MemoryRegistry;
  /** Only with `isStored`. */
  readonly store: RegistryStore | undefined;
  /** The registry as the system sees it, to arrange what a test needs. */
  readonly registry: Registry;
  /** What the door has logged so far. */
  readonly logLines: readonly string[];
  readonly metricsToken: string;
  /** Adds a user with an organization of the same name, and answers `name:password`. */
  addUser(name: string): Promise<string>;
  viewerOf(credentials: string): Promise<Viewer>;
  /** A bearer token for these scopes. */
  bearer(credentials: string | undefined, ...scopes: string[]): Promise<string>;
  send(method: string, path: string, request?: TestRequest): Promise<TestAnswer>;
  /** Another registry process over the same database and content, as behind one address; only its port differs. */
  startAnother(): Promise<Pick<TestDoor, "port" | "send">>;
  /** Writes these bytes to a fresh connection as they are, and answers all that comes until it closes. */
  sendRaw(text: string | Uint8Array, options?: { readonly untilMs?: number }): Promise<string>;
}

/** What a test may set up differently. */
export interface TestDoorOptions {
  /** Whether the content is in the real store, over the gatehouse's database and a disk in memory. */
  readonly isStored?: boolean;
  /** Organizations that the registry knows besides those of the people; the gatehouse is told of them by the test. */
  readonly organizations?: readonly string[];
  readonly settings?: Partial<Settings>;
  readonly wrapRegistry?: (registry: Registry) => Registry;
  readonly checkReadiness?: () => Promise<void>;
}

/** Call it in `beforeAll`. Everything is closed when the file ends. */
export async function startDoor(options: TestDoorOptions = {}): Promise<TestDoor> {
  const databaseUrl = await testDatabase();
  const secrets = readSecrets(testSecrets());
  const memory = memoryRegistry({
    organizations: ["ada", "alice", "bob", "library", ...(options.organizations ?? [])],
  });
  const { door, accounts, store, port, log, written } = await startProcess({ databaseUrl, secrets, memory, options });
  const origin = { address: "192.0.2.1", requestId: "request-1", userAgent: "tests" } as const;
  const { session } = await accounts.createFirstAdministrator(
    { setupToken: secrets.setupToken ?? "", name: "ada", email: "ada@example.test", password },
    origin,
  );
  const administrator = await accounts.findViewer(session.id);
  if (administrator === undefined) throw new Error("the administrator's session is gone");
  const host = `127.0.0.1:${port}`;

  const send = (method: string, path: string, request: TestRequest = {}) => sendTo(port, method, path, request);
  return {
    door,
    port,
    host,
    accounts,
    administrator,
    memory,
    store,
    registry: store?.registryFor(systemActor) ?? memory.registryFor(),
    get logLines() {
      log.flush();
      return written.join("").split("\n").slice(0, -1);
    },
    metricsToken: secrets.metricsToken,
    send,
    async startAnother() {
      const { port: other } = await startProcess({ databaseUrl, secrets, memory, options });
      return { port: other, send: (method, path, request) => sendTo(other, method, path, request) };
    },
    sendRaw: (text, { untilMs = 5_000 } = {}) => sendRawTo(port, text, untilMs),
    async addUser(name) {
      await accounts.createUser(administrator, { name, email: `${name}@example.test`, password }, origin);
      return `${name}:${password}`;
    },
    async viewerOf(credentials) {
      const nameOrEmail = credentials.split(":", 1)[0] ?? "";
      const { session: started } = await accounts.signIn({ nameOrEmail, password, ...origin });
      const viewer = await accounts.findViewer(started.id);
      if (viewer === undefined) throw new Error("the session that was just started is gone");
      return viewer;
    },
    async bearer(credentials, ...scopes) {
      const query = scopes.map((scope) => `&scope=${encodeURIComponent(scope)}`).join("");
      const answer = await send("GET", `/token?service=registry.example${query}`, { as: credentials });
      return (JSON.parse(answer.text) as { token: string }).token;
    },
  };
}

interface ProcessParts {
  readonly databaseUrl: string;
  readonly secrets: Secrets;
  readonly memory: MemoryRegistry;
  readonly options: TestDoorOptions;
}

/** A door with a gatehouse and connections of its own. */
async function startProcess({ databaseUrl, secrets, memory, options }: ProcessParts) {
  const database = openDatabase({ url: databaseUrl, connections: 5 });
  const publicUrl = "http://registry.example:8080";
  const store = options.isStored
    ? openRegistryStore({
        database,
        blobs: memoryBlobStore(),
        record: (transaction, event) => accounts.record(transaction, event),
      })
    : undefined;
  const accounts: Accounts = openAccounts({
    database,
    secrets,
    publicUrl,
    findRepository: async (name) => {
      if (store !== undefined) return store.findRepository(name);
      const visibility = memory.visibilityOf(name);
      return visibility && { visibility, names: [name] };
    },
    repositoriesOf: async (organization) => (await store?.repositoriesOf(organization)) ?? [],
  });
  const written: string[] = [];
  const log = makeLog("info", { write: (text) => written.push(text) });
  const hosts = new Set<string>(allowedHosts({ host: "127.0.0.1", port: 0, address: { url: publicUrl, host: "" } }));
  const wrap = options.wrapRegistry ?? ((registry: Registry) => registry);
  const door = createServer({
    rooms: {
      registryFor: (actor: Actor) => wrap(store?.registryFor(actor) ?? memory.registryFor(actor)),
      gatehouse: accounts,
      checkReadiness: options.checkReadiness ?? (() => database.ping()),
    },
    settings: {
      address: { url: publicUrl, host: "registry.example:8080" },
      allowedHosts: hosts,
      metricsToken: secrets.metricsToken,
      portalUrl: "http://127.0.0.1:1",
      workerUrl: "http://127.0.0.1:1",
      allowsPortalSockets: false,
      progress: { windowMs: 30_000, bytesPerSecond: 1024 },
      headersTimeoutMs: 15_000,
      connectionsPerAddress: 0,
      ...options.settings,
    },
    metrics: new Metrics({ withProcess: false }),
    log,
  });
  const port = await listen(door);
  hosts.add(`127.0.0.1:${port}`);
  hosts.add(`localhost:${port}`);
  afterAll(async () => {
    await door.drain(100);
    await store?.close();
    await accounts.close();
    await database.close();
  });
  return { door, accounts, store, port, log, written };
}

/** A repository's name, as the door parses it. */
export const repository: (text: string) => RepositoryName = parseRepositoryName;

/** A registry of which some methods are others; the rest work as before. */
export function overriding(registry: Registry, methods: Partial<Registry>): Registry {
  return new Proxy(registry, {
    get(target, name) {
      const own: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      // Bound, since private fields are found on the registry only, not on what stands before it.
      return typeof own === "function" ? own.bind(Object.hasOwn(methods, name) ? methods : target) : own;
    },
  });
}

/** The header line of a raw request by which somebody signs in. */
export function basic(credentials: string): string {
  return `Authorization: ${authorization(credentials)}\r\n`;
}

/** Starts a plain HTTP server that answers as told and is closed when the file ends; answers its address. */
export async function startBackend(answer: Parameters<typeof createBackend>[1]): Promise<string> {
  const server = createBackend(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function listen({ server }: DoorServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Sends a request to a port of this machine and reads the whole answer. */
export function sendTo(port: number, method: string, path: string, request: TestRequest = {}): Promise<TestAnswer> {
  const { as, body, headers = {} } = request;
  const options: RequestOptions = {
    host: "127.0.0.1",
    port,
    method,
    path,
    agent: false,
    headers: {
      ...(as === undefined ? {} : { authorization: authorization(as) }),
      ...(body === undefined || "transfer-encoding" in headers
        ? {}
        : { "content-length": String(Buffer.byteLength(body)) }),
      ...headers,
    },
  };
  return new Promise((resolve, reject) => {
    const sent = httpRequest(options, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const content = Buffer.concat(parts);
        const { statusCode = 0, headers: received, rawHeaders } = answer;
        resolve({ status: statusCode, headers: received, rawHeaders, body: content, text: content.toString("utf8") });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function authorization(credentials: string): string {
  return credentials.includes(":") ? `Basic ${Buffer.from(credentials).toString("base64")}` : `Bearer ${credentials}`;
}

/** Writes these bytes to a port of this machine and answers all that comes until the connection closes. */
export function sendRawTo(port: number, text: string | Uint8Array, untilMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    const timer = setTimeout(() => socket.destroy(), untilMs);
    socket.on("data", (part) => parts.push(part));
    // A server that refuses may close while we still write; what it said before counts.
    socket.on("error", (error) => (parts.length === 0 ? reject(error) : undefined));
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(parts).toString("latin1"));
    });
  });
}
