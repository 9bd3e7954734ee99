import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AuditVerdict, verifyAuditChain } from "@layerport/accounts";
import { Client } from "../client.ts";
import type { Ground } from "../ground.ts";
import { Random } from "../random.ts";
import type { RunningRegistry } from "../registry-process.ts";
import type { Violation } from "../scenario.ts";
import { Attempt, Refused } from "./attempt.ts";
import { plainUpload } from "./blob-operations.ts";
import { judge } from "./facts.ts";
import { type Operation, Stage, type StageNames } from "./operation.ts";
import { effectful, findPoints, type Point, type ThreadRole } from "./points.ts";
import { StorageCheck } from "./storage-check.ts";
import { attach, type Trace } from "./strace.ts";

/** What came of killing a registry at one point. */
export interface KillOutcome {
  /** False when the operation ended without coming to the point. */
  readonly isReached: boolean;
  readonly violations: readonly Violation[];
}

/** Registries over one storage folder, one after the other, of which each is killed. */
export class ProvingGround {
  readonly #ground: Ground;
  readonly #storage: string;
  readonly #seed: string;
  readonly #check: StorageCheck;
  readonly #beganAt = new Date();
  #prepared = 0;
  readonly #repositories = new WeakMap<Attempt, StageNames>();
  readonly #clients = new Set<Client>();
  readonly #judged: Attempt[] = [];
  #registry: RunningRegistry | undefined;

  /** @param seed from which everything is drawn that the operations push. */
  constructor(ground: Ground, folder: string, seed: string) {
    this.#ground = ground;
    this.#storage = join(ground.folder, folder);
    this.#seed = seed;
    this.#check = new StorageCheck(this.#storage);
  }

  /** Leads a registry through the operation, so that what a process does once is done. */
  async warmUp(operation: Operation): Promise<void> {
    const attempt = await this.prepare(operation, "warm-up");
    if ((await this.run(attempt)) !== "done") throw new Error(`${operation.name} fails`);
  }

  /** An attempt at the operation, everything up to its first step acknowledged. Starts a registry where none runs. */
  async prepare(operation: Operation, name: string): Promise<Attempt> {
    const random = new Random(this.#seed, operation.name, name, this.#prepared++);
    const { owner } = this.#ground;
    const names = { repository: `${owner}/${random.name()}`, source: `${owner}/${random.name()}` };
    const stage = new Stage({
      client: await this.#clientFor(names),
      random,
      names,
      storage: this.#storage,
      crash: async () => {
        await this.crash();
        return this.#clientFor(names);
      },
    });
    const attempt = new Attempt(await operation.stage(stage));
    this.#repositories.set(attempt, names);
    if (operation.crashes) await this.warmUp(plainUpload);
    return attempt;
  }

  /** Does the operations one after the other under observation from the registry's own start on; answers the log. */
  async record(operations: readonly Operation[], calls: readonly string[]): Promise<string> {
    await this.crash();
    let trace: Trace | undefined;
    this.#registry = await this.#ground.startRegistry(this.#environment, async (pid) => {
      trace = await attach({ pid, follows: true, calls, shownBytes: 1024 });
    });
    for (const operation of operations) {
      const attempt = await this.prepare(operation, "record");
      const client = await this.#clientOf(attempt);
      if ((await attempt.run(client)) !== "done") throw new Error(`${operation.name} fails under observation`);
      await attempt.observe(client, this.#ground.database);
    }
    return (await trace?.detach()) ?? "";
  }

  /** What tells the calls of its registries apart. */
  get ports(): { readonly port: number; readonly postgresPort: number; readonly storage: string } {
    const { port, postgres } = this.#ground;
    return { port, postgresPort: postgres.port, storage: this.#storage };
  }

  get #environment(): Readonly<Record<string, string>> {
    return { LAYERPORT_STORAGE_DIR: this.#storage };
  }

  /** Does the operation once under observation, and answers the points at which it can be killed. */
  async enumerate(operation: Operation): Promise<readonly Point[]> {
    const attempt = await this.prepare(operation, "enumeration");
    const client = await this.#clientOf(attempt);
    const registry = await this.#running();
    const threads = threadsOf(registry.pid);
    const trace = await attach({ pid: registry.pid, follows: true, calls: effectful });
    const ended = await attempt.run(client);
    const log = await trace.detach();
    if (ended !== "done") throw new Error(`${operation.name} fails under observation`);
    return findPoints(log, { ...this.ports, roleOf: (thread) => threads.get(thread) });
  }

  /** Tries the operation, kills the registry at a point of it, starts another, and finds what does not hold then. */
  async kill(operation: Operation, point: Point | "answered", name: string): Promise<KillOutcome> {
    const attempt = await this.prepare(operation, name);
    const client = await this.#clientOf(attempt);
    const registry = await this.#running();
    let isReached = true;
    if (point === "answered") {
      await attempt.run(client);
    } else {
      const trace = await this.#aim(registry, point);
      const ended = await attempt.run(client);
      isReached = ended === "unanswered" || (await endsSoon(registry));
      await trace.detach();
    }
    await this.crash();
    return { isReached, violations: await this.judge(attempt, name) };
  }

  /** Does what was prepared, as far as it goes. */
  async run(attempt: Attempt): Promise<"done" | "unanswered"> {
    return attempt.run(await this.#clientOf(attempt));
  }

  /** Kills the registry, if one runs. The next that is needed is another. */
  async crash(): Promise<void> {
    // Before its clients leave, so that it cannot tell that they have.
    await this.#registry?.end();
    this.#registry = undefined;
    const clients = [...this.#clients];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.close()));
  }

  /** What does not hold of an attempt after a crash: as it is found, and as it is when its client tries again. */
  async judge(attempt: Attempt, name: string): Promise<readonly Violation[]> {
    const { database } = this.#ground;
    const client = await this.#clientOf(attempt);
    const found: Violation[] = [];
    const note = (complaints: readonly string[], when: string) => {
      for (const complaint of complaints) found.push(toViolation(complaint, `${attempt.repository}: ${when}`));
    };
    const look = async (when: string, expected = { acknowledged: attempt.wanted }) =>
      note(judge(await attempt.observe(client, database), expected), when);
    await look("after the restart", attempt.expected);
    note(await this.judgeAll(), "after the restart");
    try {
      // Half of the clients go on where they were cut off, and all begin anew.
      if (new Random(this.#seed, name).below(2) === 0) await attempt.resume(client);
      await attempt.repeat(client);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      note([error.message], "when it is tried again");
    }
    await look("when it was tried again");
    this.#judged.push(attempt);
    return found;
  }

  /** What does not hold of everything that is stored, whoever stored it. */
  async judgeAll(): Promise<readonly string[]> {
    const { database } = this.#ground;
    const [storage, audit] = await Promise.all([
      this.#check.judge(database, this.#beganAt),
      verifyAuditChain(database),
    ]);
    return [...storage, ...judgeAudit(audit)];
  }

  /** Whether everything that was promised in all attempts still holds, after another restart. */
  async judgeLater(): Promise<readonly Violation[]> {
    await this.crash();
    const found: Violation[] = [];
    for (const attempt of this.#judged) {
      const observed = await attempt.observe(await this.#clientOf(attempt), this.#ground.database);
      for (const complaint of judge(observed, { acknowledged: attempt.wanted })) {
        found.push(toViolation(complaint, `${attempt.repository}: after a later restart`));
      }
    }
    return found;
  }

  async #clientOf(attempt: Attempt): Promise<Client> {
    const names = this.#repositories.get(attempt);
    if (names === undefined) throw new Error("this attempt was prepared elsewhere");
    return this.#clientFor(names);
  }

  /** A client with a connection of its own. */
  async #clientFor({ repository, source }: StageNames): Promise<Client> {
    const { port } = await this.#running();
    const client = new Client(port, await this.#ground.authorize(repository, source));
    this.#clients.add(client);
    return client;
  }

  async #running(): Promise<RunningRegistry> {
    this.#registry ??= await this.#ground.startRegistry(this.#environment);
    return this.#registry;
  }

  async #aim(registry: RunningRegistry, { role, call, nth }: Point): Promise<Trace> {
    const thread = [...threadsOf(registry.pid)].find(([, found]) => found === role)?.[0];
    if (thread === undefined) throw new Error(`the registry has no ${role} thread`);
    return attach({ pid: thread, follows: false, calls: [call], kill: { call, nth } });
  }
}

function toViolation(complaint: string, when: string): Violation {
  const [, invariant = "I3", text = complaint] = /^(I\d+): (.*)$/s.exec(complaint) ?? [];
  return { invariant, seen: `${when}: ${text}` };
}

/** The complaint about an audit log that is not intact. */
export function judgeAudit(verdict: AuditVerdict): string[] {
  return verdict.isIntact ? [] : [`I9: record ${verdict.sequence} of the audit log: ${verdict.reason}`];
}

/** The threads that do the work, by their ids. With UV_THREADPOOL_SIZE=1 there is one of each role. */
function threadsOf(pid: number): ReadonlyMap<number, ThreadRole> {
  const folder = `/proc/${pid}/task`;
  const threads = readdirSync(folder).flatMap((id): [number, ThreadRole][] => {
    if (Number(id) === pid) return [[pid, "main"]];
    const name = readFileSync(join(folder, id, "comm"), "utf8").trim();
    return name === "libuv-worker" ? [[Number(id), "pool"]] : [];
  });
  return new Map(threads);
}

/** Whether the process ends now, without an answer having been waited for. */
async function endsSoon(registry: RunningRegistry): Promise<boolean> {
  const waiting = new Promise<boolean>((resolve) => setTimeout(resolve, 200, false));
  return Promise.race([registry.exited.then(() => true), waiting]);
}
