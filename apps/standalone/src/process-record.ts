import fs from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process that is told apart from a later one with the same id by the moment it began. */
interface RecordedProcess {
  readonly pid: number;
  readonly began: string;
}

/** Which processes run on a data folder, written down so that the next start can end what a killed one left. */
export class ProcessRecord {
  readonly #file: string;
  readonly #processes = new Map<string, RecordedProcess>();

  constructor(file: string) {
    this.#file = file;
  }

  /** Notes that `name` now runs as `pid`. */
  note(name: string, pid: number): void {
    this.#processes.set(name, { pid, began: whenBegan(pid) ?? "" });
    fs.writeFileSync(this.#file, `${JSON.stringify(Object.fromEntries(this.#processes), null, 2)}\n`);
  }

  /** Ends every process at once. Postgres recovers from its log at the next start. */
  killAll(): void {
    for (const [name, { pid, began }] of this.#processes) {
      if (whenBegan(pid) === began) process.kill(pid, name === "postgres" ? "SIGQUIT" : "SIGKILL");
    }
  }

  /** Forgets everything, after an orderly stop. */
  clear(): void {
    fs.rmSync(this.#file, { force: true });
  }
}

/**
 * Ends the processes that `file` names and that still run, and answers the names of those it had to end. The caller
 * holds the data folder's lock, so whoever started them is gone. Postgres is not for this: it is stopped in its own way.
 */
export async function endLeftovers(file: string): Promise<string[]> {
  const left = readRecord(file).filter(([name, { pid, began }]) => name !== "postgres" && whenBegan(pid) === began);
  const runs = ([, { pid, began }]: [string, RecordedProcess]) => whenBegan(pid) === began;
  for (const [signal, waitMs] of [
    ["SIGTERM", 5_000],
    ["SIGKILL", 2_000],
  ] as const) {
    for (const [, { pid }] of left.filter(runs)) process.kill(pid, signal);
    for (let waited = 0; waited < waitMs && left.some(runs); waited += 25) await delay(25);
  }
  return left.map(([name]) => name);
}

function readRecord(file: string): [string, RecordedProcess][] {
  if (!fs.existsSync(file)) return [];
  try {
    const recorded: Record<string, RecordedProcess> = JSON.parse(fs.readFileSync(file, "utf8"));
    return Object.entries(recorded).filter(([, { began }]) => began !== "");
  } catch {
    // Cut short by a crash of the machine, after which none of them runs.
    return [];
  }
}

/** The 22nd field of /proc/<pid>/stat, counted after the name, which may hold spaces; a zombie no longer runs. */
function whenBegan(pid: number): string | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    // No such process.
    return undefined;
  }
}
