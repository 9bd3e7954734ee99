/** One system call of a process, as strace shows it. */
export interface Call {
  readonly thread: number;
  readonly name: string;
  /** Everything between the parentheses. */
  readonly args: string;
  /** Negative for one that failed; absent for one that did not return. */
  readonly result: number | undefined;
  /** The lines of the log on which it began and returned. */
  readonly began: number;
  readonly returned: number;
}

const line = /^(\d+)\s+(.*)$/;
const whole = /^(\w+)\((.*)\)\s+=\s+(-?\d+|\?|0x[0-9a-f]+)/s;
const begun = /^(\w+)\((.*?)\s*<unfinished \.\.\.>$/s;
const resumed = /^<\.\.\. (\w+) resumed>(.*)\)\s+=\s+(-?\d+|\?|0x[0-9a-f]+)/s;

/** Reads a log of `strace -f -o`, in the order in which calls began; what it says of signals and ends is left out. */
export function parseTrace(text: string): Call[] {
  const calls: Call[] = [];
  const open = new Map<number, { readonly name: string; readonly args: string; readonly began: number }>();
  for (const [at, row] of text.split("\n").entries()) {
    const [, threadText, rest = ""] = line.exec(row) ?? [];
    const thread = Number(threadText);
    const unfinished = begun.exec(rest);
    const continued = resumed.exec(rest);
    const complete = whole.exec(rest);
    if (unfinished) {
      open.set(thread, { name: unfinished[1] ?? "", args: unfinished[2] ?? "", began: at });
    } else if (continued) {
      const begin = open.get(thread);
      open.delete(thread);
      calls.push({
        thread,
        name: continued[1] ?? "",
        args: `${begin?.args ?? ""}${continued[2] ?? ""}`,
        result: toResult(continued[3]),
        began: begin?.began ?? at,
        returned: at,
      });
    } else if (complete) {
      const [, name = "", args = "", result] = complete;
      calls.push({ thread, name, args, result: toResult(result), began: at, returned: at });
    }
  }
  for (const [thread, begin] of open) {
    calls.push({ thread, ...begin, result: undefined, returned: Number.POSITIVE_INFINITY });
  }
  return calls.sort((one, other) => one.began - other.began);
}

function toResult(text: string | undefined): number | undefined {
  return text === undefined || text === "?" ? undefined : Number(text);
}

/** What a descriptor stands for. */
export type Target =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "socket"; readonly localPort: number; readonly remotePort: number }
  | { readonly kind: "other" };

/** What the call's first argument, a descriptor as `strace -yy` shows it, stands for. */
export function targetOf({ args }: Call): Target {
  const socket = /^\d+<TCP(?:v6)?:\[.*?:(\d+)->.*?:(\d+)\]>/.exec(args);
  if (socket) return { kind: "socket", localPort: Number(socket[1]), remotePort: Number(socket[2]) };
  const file = /^\d+<(\/[^>]*)>/.exec(args);
  return file?.[1] ? { kind: "file", path: file[1].replace(/ \(deleted\)$/, "") } : { kind: "other" };
}

/** The paths that a call names itself, in quotes. */
export function pathsOf({ args }: Call): readonly string[] {
  return [...args.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path]) => path ?? "");
}

/** What a call sends to Postgres: the name of a prepared statement, or the first word of a plain one. */
export function statementIn({ args }: Call): string {
  const prepared = /"[BP]\\0.*?\\0([a-z][a-z-]+)\\0/.exec(args)?.[1];
  const plain = /"Q\\0\\0\\0.*?([A-Z]{4,})/.exec(args)?.[1];
  return prepared ?? plain ?? "a message";
}
