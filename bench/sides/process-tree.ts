import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second for user space, whatever the kernel's own clock is. */
const ticksPerSecond = 100;

/** What some processes and all their descendants use, from /proc. */
export class ProcessTree {
  readonly #roots: () => readonly number[];

  /** Asked anew each time, since a process may have been started again. */
  constructor(roots: () => readonly number[]) {
    this.#roots = roots;
  }

  /** Seconds of processor time so far. What ended and was waited for counts with its parent, so nothing gets lost. */
  cpuSeconds(): number {
    return this.#members().reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond;
  }

  /** Bytes of memory, each shared page counted once in all (PSS). */
  memoryBytes(): number {
    return this.#members().reduce((sum, { pid }) => sum + proportionalBytes(pid), 0);
  }

  #members(): readonly ProcessStat[] {
    const all = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readStat(Number(name)))
      .filter((stat) => stat !== undefined);
    const children = Map.groupBy(all, ({ parent }) => parent);
    const found = new Map<number, ProcessStat>();
    const roots = new Set(this.#roots());
    const visit = (stat: ProcessStat) => {
      if (found.has(stat.pid)) return;
      found.set(stat.pid, stat);
      for (const child of children.get(stat.pid) ?? []) visit(child);
    };
    for (const stat of all) if (roots.has(stat.pid)) visit(stat);
    return [...found.values()];
  }
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

function readStat(pid: number): ProcessStat | undefined {
  const text = readProcFile(pid, "stat");
  if (text === undefined) return undefined;
  // The name in parentheses may hold spaces and parentheses; the fields begin after the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
  return {
    pid,
    parent: Number(fields[1]),
    ticks: (user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0),
  };
}

function proportionalBytes(pid: number): number {
  const kilobytes = /^Pss: +(\d+) kB/m.exec(readProcFile(pid, "smaps_rollup") ?? "")?.[1];
  return Number(kilobytes ?? 0) * 1024;
}

/** A process may end while it is being looked at; it then uses nothing. */
function readProcFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}
