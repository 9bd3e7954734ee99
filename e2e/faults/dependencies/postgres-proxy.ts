import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** How a proxy treats connections. */
export type Line =
  | "up"
  /** Nobody listens. */
  | "down"
  /** Whoever connects is reset at once. */
  | "resetting"
  /** Everything is taken and nothing is passed on, as by a network that drops what it carries. */
  | "silent";

/** Where a connection is cut, seen from the statement that was chosen for it. */
export type CutPoint =
  /** Postgres never sees the statement. */
  | "before"
  /** Postgres has done what it says, and the registry never learns of it. */
  | "after";

/** Between a registry and its Postgres. */
export interface PostgresProxy {
  /** The address of the database by way of the proxy. */
  readonly url: string;
  /** What happens to connections from now on, and to those that are open. */
  set(line: Line): Promise<void>;
  /** How long everything takes longer in each direction. */
  delayMs: number;
  /**
   * Cuts the connection on which the statement of this number comes, counted from 1 and from now on, over all
   * connections. Only one cut is armed at a time.
   */
  arm(statement: number, point: CutPoint): void;
  /** How many statements have come since `arm`, and the connection of which was cut, if it has been. */
  disarm(): { readonly statements: number; readonly cut: string | undefined };
  close(): Promise<void>;
}

interface Cut {
  readonly statement: number;
  readonly point: CutPoint;
  seen: number;
  done: string | undefined;
}

/** Opens a way to a Postgres, whose protocol it reads as far as it must to know where statements begin and end. */
export async function openPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let line: Line = "up";
  let cut: Cut | undefined;
  let server: Server | undefined;
  let port = 0;

  const accept = (client: Socket) => {
    sockets.add(client);
    client.on("error", () => {});
    client.on("close", () => sockets.delete(client));
    if (line === "resetting") client.resetAndDestroy();
    else if (line === "up") pass(client);
  };
  const pass = (client: Socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    sockets.add(upstream);
    upstream.on("error", () => {});
    const later = inOrder(() => proxy.delayMs);
    upstream.on("close", () => {
      sockets.delete(upstream);
      // What was on its way still arrives.
      later(() => client.destroy());
    });
    client.on("close", () => upstream.destroy());
    let cutting: Cut | undefined;
    let count = 0;
    const statements = new StatementReader();
    const answers = new AnswerReader();
    client.on("data", (bytes) => {
      if (line === "silent") return;
      for (const text of statements.read(bytes)) {
        count += 1;
        if (cut === undefined) continue;
        cut.seen += 1;
        if (cut.seen !== cut.statement) continue;
        cut.done = text;
        if (cut.point === "before") return upstream.destroy();
        cutting = cut;
        answers.expect(count);
      }
      later(() => upstream.write(bytes));
    });
    upstream.on("data", (bytes) => {
      if (line === "silent") return;
      answers.read(bytes);
      if (cutting === undefined) later(() => client.write(bytes));
      else if (answers.areComplete) client.destroy();
    });
  };
  const listen = async () => {
    server = createServer(accept).listen(port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    port = typeof address === "object" && address ? address.port : 0;
  };
  const stopListening = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    closing.close();
    for (const socket of sockets) socket.destroy();
    await once(closing, "close");
  };
  await listen();
  const url = new URL(databaseUrl);
  url.port = String(port);

  const proxy: PostgresProxy = {
    url: url.href,
    delayMs: 0,
    async set(next) {
      const before = line;
      line = next;
      if (next === "down") return stopListening();
      if (before === "down") await listen();
      if (next === "resetting") for (const socket of sockets) socket.resetAndDestroy();
      // What was swallowed is lost to both sides, so these connections cannot go on.
      else if (before === "silent") for (const socket of sockets) socket.destroy();
    },
    arm(statement, point) {
      cut = { statement, point, seen: 0, done: undefined };
    },
    disarm() {
      const { seen = 0, done } = cut ?? {};
      cut = undefined;
      return { statements: seen, cut: done };
    },
    close: stopListening,
  };
  return proxy;
}

/** Runs one thing after the other, each as late as the first of them allows. */
function inOrder(delayMs: () => number): (work: () => void) => void {
  let last = Promise.resolve();
  let waiting = 0;
  return (work) => {
    const ms = delayMs();
    if (ms === 0 && waiting === 0) return work();
    waiting += 1;
    const due = performance.now() + ms;
    last = last.then(async () => {
      const left = due - performance.now();
      if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
      waiting -= 1;
      work();
    });
  };
}

/** Splits a stream into the protocol's messages: a letter, a length that counts itself, and the rest. */
abstract class MessageReader {
  #left: Buffer = Buffer.alloc(0);
  /** Only the first message of a client has no letter. */
  protected isStarted = true;

  protected messages(bytes: Buffer): { readonly letter: string; readonly body: Buffer }[] {
    this.#left = Buffer.concat([this.#left, bytes]);
    const found: { letter: string; body: Buffer }[] = [];
    for (;;) {
      const head = this.isStarted ? 1 : 0;
      if (this.#left.byteLength < head + 4) return found;
      const end = head + this.#left.readUInt32BE(head);
      if (this.#left.byteLength < end) return found;
      const letter = this.isStarted ? String.fromCharCode(this.#left[0] ?? 0) : "";
      found.push({ letter, body: this.#left.subarray(head + 4, end) });
      this.#left = this.#left.subarray(end);
      this.isStarted = true;
    }
  }
}

/** What a client asks: the text of each simple query, and the name of each prepared statement that it runs. */
class StatementReader extends MessageReader {
  #name = "";

  constructor() {
    super();
    this.isStarted = false;
  }

  /** In order; each is answered with one word that Postgres is ready. */
  read(bytes: Buffer): string[] {
    const found: string[] = [];
    for (const { letter, body } of this.messages(bytes)) {
      if (letter === "Q") found.push(textAt(body, 0));
      // Bind: the portal's name, then the statement's.
      if (letter === "B") this.#name = textAt(body, body.indexOf(0) + 1) || "without a name";
      if (letter === "S") found.push(this.#name);
    }
    return found;
  }
}

/** Counts how often Postgres has said that it is ready for the next statement, the first time before any. */
class AnswerReader extends MessageReader {
  #ready = -1;
  #expected = Number.POSITIVE_INFINITY;

  /** After how many statements the answers are complete. */
  expect(statements: number): void {
    this.#expected = statements;
  }

  get areComplete(): boolean {
    return this.#ready >= this.#expected;
  }

  read(bytes: Buffer): void {
    for (const { letter } of this.messages(bytes)) if (letter === "Z") this.#ready += 1;
  }
}

function textAt(body: Buffer, start: number): string {
  return body.subarray(start, body.indexOf(0, start)).toString("utf8");
}
