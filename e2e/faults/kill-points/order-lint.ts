import { dirname } from "node:path";
import { type Call, parseTrace, pathsOf, statementIn, targetOf } from "./trace.ts";

/** What tells the calls of a registry apart. */
export interface LintedRegistry {
  readonly port: number;
  readonly postgresPort: number;
  /** The folder under which blobs and uploads lie. */
  readonly storage: string;
}

/** What a lint has found. */
export interface LintReport {
  /** How many answers to what writes it has judged, how many files at their final place, and how many committed lengths. */
  readonly answers: number;
  readonly publications: number;
  readonly lengths: number;
  readonly violations: readonly string[];
}

/** The calls that a log must have for the lint. */
export const lintedCalls: readonly string[] = [
  "openat open creat mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat",
  "write pwrite64 writev pwritev pwritev2 truncate ftruncate fallocate copy_file_range",
  "fsync fdatasync sendto sendmsg read readv recvfrom recvmsg",
].flatMap((names) => names.split(" "));

/**
 * Reads what one registry process did, from its start on, for one client that waits for each answer, and finds what a
 * loss of power could take away after it was promised. What must have returned before what begins:
 *
 * sync of a file, then its rename; sync of the folder that it is in, and of every folder above it in its parent, then
 * the statement that tells of it; Postgres's word that it is committed, then the answer.
 */
export function lintOrder(log: string, registry: LintedRegistry): LintReport {
  const lint = new OrderLint(registry);
  for (const { call, isBegin } of inOrder(parseTrace(log))) {
    if (isBegin) lint.begin(call);
    else if ((call.result ?? -1) >= 0) lint.end(call);
  }
  return lint.report;
}

/** Beginnings and returns. A call that succeeded has its effect when it returns; what follows waits until then. */
function inOrder(calls: readonly Call[]): { readonly call: Call; readonly isBegin: boolean }[] {
  return calls
    .flatMap((call) => [
      { call, isBegin: true, at: call.began },
      { call, isBegin: false, at: call.returned },
    ])
    .filter(({ at }) => Number.isFinite(at))
    .sort((one, other) => one.at - other.at || Number(other.isBegin) - Number(one.isBegin));
}

const syncs = ["fsync", "fdatasync"];
const fileWrites = ["write", "pwrite64", "writev", "pwritev", "pwritev2", "ftruncate", "fallocate", "copy_file_range"];
const sends = ["write", "writev", "sendto", "sendmsg"];
const receives = ["read", "readv", "recvfrom", "recvmsg"];

/** How what writes is answered. A pull asks more than one question, and answers when it knows enough. */
const written = [201, 202, 204];

/** The statement by which an upload's length is promised. */
const lengthStatement = "upload-commit-staged";

/** What a session with Postgres was asked and has answered, by the ends of its messages. */
class Session {
  #unanswered = 0;
  #isInTransaction = false;

  get state(): "committed" | "unanswered" | "in a transaction" {
    if (this.#unanswered > 0) return "unanswered";
    return this.#isInTransaction ? "in a transaction" : "committed";
  }

  /** Each Sync and each plain query is answered by one ReadyForQuery. */
  sent({ args }: Call): void {
    this.#unanswered += (args.match(/S\\0\\0\\0\\(?:00)?4|"Q\\0\\0/g) ?? []).length;
  }

  received({ args }: Call): void {
    const ready = args.match(/Z\\0\\0\\0\\(?:00)?5([ITE])/g) ?? [];
    // Of a long answer the log shows the beginning only.
    const isCut = args.includes('"...');
    this.#unanswered = isCut ? 0 : Math.max(0, this.#unanswered - ready.length);
    const last = ready.at(-1);
    if (last !== undefined) this.#isInTransaction = !last.endsWith("I");
  }
}

interface Ports {
  readonly localPort: number;
  readonly remotePort: number;
}

class OrderLint {
  readonly #registry: LintedRegistry;
  /** When bytes of a file were last written that no sync has covered. */
  readonly #dirty = new Map<string, number>();
  /** When a file or a folder got its name, in this process. */
  readonly #appeared = new Map<string, number>();
  /** When the last sync of a folder began that has succeeded. */
  readonly #synced = new Map<string, number>();
  readonly #sessions = new Map<number, Session>();
  /** Files at their final place of which Postgres has not been told. */
  readonly #published = new Set<string>();
  /** Whether the client has been answered that something is written, and has sent nothing since. */
  #isIdle = true;
  #hasServed = false;
  #answers = 0;
  #publications = 0;
  #lengths = 0;
  readonly #violations = new Set<string>();

  constructor(registry: LintedRegistry) {
    this.#registry = registry;
  }

  get report(): LintReport {
    return {
      answers: this.#answers,
      publications: this.#publications,
      lengths: this.#lengths,
      violations: [...this.#violations],
    };
  }

  begin(call: Call): void {
    if (call.name.startsWith("rename")) this.#beginRename(call);
    const target = targetOf(call);
    if (target.kind !== "socket" || !sends.includes(call.name)) return;
    if (target.remotePort === this.#registry.postgresPort) this.#beginStatement(call, target.localPort);
    const status = Number(/HTTP\/1\.1 (\d+)/.exec(call.args)?.[1]);
    if (target.localPort === this.#registry.port) this.#beginAnswer(status);
  }

  end(call: Call): void {
    const target = targetOf(call);
    if (target.kind === "socket") {
      if (receives.includes(call.name) && (call.result ?? 0) > 0) this.#received(call, target);
    } else if (target.kind === "file") {
      // Folders above ours too: the first of ours is new in one.
      if (syncs.includes(call.name)) this.#endSync(target.path, call);
      else if (fileWrites.includes(call.name) && this.#isOurs(target.path)) this.#dirty.set(target.path, call.returned);
    } else {
      this.#endOnPaths(call);
    }
  }

  #received(call: Call, { localPort, remotePort }: Ports): void {
    if (localPort === this.#registry.port) {
      this.#isIdle = false;
      this.#hasServed = true;
    }
    if (remotePort === this.#registry.postgresPort) this.#sessions.get(localPort)?.received(call);
  }

  #endSync(path: string, { began }: Call): void {
    if ((this.#dirty.get(path) ?? Number.POSITIVE_INFINITY) < began) this.#dirty.delete(path);
    this.#synced.set(path, began);
  }

  #endOnPaths(call: Call): void {
    const [from = "", to = ""] = pathsOf(call).filter((path) => this.#isOurs(path));
    if (from === "") return;
    if (call.name.startsWith("mkdir")) this.#appeared.set(from, call.returned);
    // A file that is there is opened in the same way; its name is then synced once more than it need be.
    else if (call.name.startsWith("open") && call.args.includes("O_CREAT")) this.#appeared.set(from, call.returned);
    else if (call.name.startsWith("unlink") || call.name === "rmdir") this.#vanish(from);
    else if (call.name.startsWith("rename")) {
      this.#vanish(from);
      this.#appeared.set(to, call.returned);
      if (!to.startsWith(`${this.#registry.storage}/blobs/`)) return;
      this.#publications += 1;
      this.#published.add(to);
    }
  }

  #beginRename(call: Call): void {
    const [from = ""] = pathsOf(call);
    if (this.#dirty.has(from)) this.#violate(`${from} is renamed before its bytes are synced`);
  }

  #beginStatement(call: Call, session: number): void {
    // What a process does before its first request is nobody's change.
    if (this.#isIdle && this.#hasServed) this.#violate(`${statementIn(call)} is sent after the answer`);
    for (const path of this.#published) {
      for (let named = path; this.#isOurs(dirname(named)); named = dirname(named)) {
        if (!this.#isNamed(named)) this.#violate(`Postgres is told of ${path} before ${dirname(named)} is synced`);
      }
    }
    this.#published.clear();
    if (call.args.includes(lengthStatement)) {
      this.#lengths += 1;
      this.#judgeSynced("Postgres is told of a length");
    }
    const known = this.#sessions.get(session) ?? new Session();
    this.#sessions.set(session, known);
    known.sent(call);
  }

  #beginAnswer(status: number): void {
    if (!written.includes(status)) return;
    this.#isIdle = true;
    this.#answers += 1;
    this.#judgeSynced(`${status} is answered`);
    for (const path of this.#published) this.#violate(`${status} is answered before Postgres is told of ${path}`);
    for (const { state } of this.#sessions.values()) {
      if (state !== "committed") this.#violate(`${status} is answered while a session with Postgres is ${state}`);
    }
  }

  #judgeSynced(what: string): void {
    for (const path of this.#dirty.keys()) this.#violate(`${what} before the bytes of ${path} are synced`);
    for (const path of this.#appeared.keys()) {
      if (!this.#isNamed(path)) this.#violate(`${what} before ${dirname(path)} is synced, which ${path} is new in`);
    }
  }

  /** A folder that another process has made may be as new, so this process must have synced its parent once as well. */
  #isNamed(path: string): boolean {
    return (this.#synced.get(dirname(path)) ?? -1) > (this.#appeared.get(path) ?? -1);
  }

  #vanish(path: string): void {
    this.#dirty.delete(path);
    this.#appeared.delete(path);
  }

  #isOurs(path: string): boolean {
    return `${path}/`.startsWith(`${this.#registry.storage}/`);
  }

  #violate(text: string): void {
    this.#violations.add(text.replaceAll(`${this.#registry.storage}/`, ""));
  }
}
