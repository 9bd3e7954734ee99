import { type Call, parseTrace, pathsOf, statementIn, targetOf } from "./trace.ts";

/** The calls by which a process changes anything outside itself. */
export const effectful: readonly string[] = [
  "openat open creat mkdir mkdirat rmdir unlink unlinkat link linkat symlink rename renameat renameat2",
  "truncate ftruncate fallocate copy_file_range sendfile fsync fdatasync sync_file_range syncfs",
  "write pwrite64 writev pwritev pwritev2 sendto sendmsg sendmmsg",
].flatMap((names) => names.split(" "));

/** A thread by what it does: the number of a process differs from run to run. */
export type ThreadRole = "main" | "pool";

/** A moment at which a process can be killed: right before the n-th call of one name by one thread. */
export interface Point {
  readonly role: ThreadRole;
  readonly call: string;
  /** From 1 on, as `when=` of strace counts. */
  readonly nth: number;
  /** What the call was about to do. */
  readonly doing: string;
}

/** What tells the calls of a registry apart. */
export interface TracedRegistry {
  readonly port: number;
  readonly postgresPort: number;
  readonly storage: string;
  roleOf(thread: number): ThreadRole | undefined;
}

/** As `--point` takes it. */
export function formatPoint({ role, call, nth }: Point): string {
  return `${role}:${call}:${nth}`;
}

/**
 * Every moment of a log at which a kill leaves another state behind than at the one before: each effectful call that
 * succeeded. The others are counted, since strace counts them, and are no points: what wakes a thread of the same
 * process up, what opens a file that is there, and what fails.
 */
export function findPoints(log: string, registry: TracedRegistry): Point[] {
  const counts = new Map<string, number>();
  return parseTrace(log).flatMap((call) => {
    const role = registry.roleOf(call.thread);
    if (role === undefined || !effectful.includes(call.name)) return [];
    const counter = `${role}:${call.name}`;
    const nth = (counts.get(counter) ?? 0) + 1;
    counts.set(counter, nth);
    const doing = describe(call, registry);
    return doing === undefined ? [] : [{ role, call: call.name, nth, doing }];
  });
}

function describe(call: Call, registry: TracedRegistry): string | undefined {
  if ((call.result ?? -1) < 0) return undefined;
  const target = targetOf(call);
  if (target.kind === "socket") {
    if (target.localPort === registry.port) return `${call.name} ${answerIn(call)}`;
    if (target.remotePort === registry.postgresPort) return `${call.name} ${statementIn(call)} to Postgres`;
    return `${call.name} to port ${target.remotePort}`;
  }
  if (target.kind === "file") return `${call.name} ${shorten(target.path, registry)}`;
  if (call.name.startsWith("open") && !call.args.includes("O_CREAT")) return undefined;
  const paths = pathsOf(call).filter((path) => path.startsWith("/"));
  return paths.length === 0 ? undefined : `${call.name} ${paths.map((path) => shorten(path, registry)).join(" → ")}`;
}

function answerIn({ args }: Call): string {
  return `the answer ${/HTTP\/1\.1 (\d+)/.exec(args)?.[1] ?? ""}`.trim();
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function shorten(path: string, { storage }: TracedRegistry): string {
  return path
    .replace(`${storage}/`, "")
    .replace(uuid, "<id>")
    .replace(/[0-9a-f]{64,}/, "<hex>");
}
