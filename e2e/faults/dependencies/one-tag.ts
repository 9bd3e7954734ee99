import { setTimeout as delay } from "node:timers/promises";
import { findFreePort } from "../../stack.ts";
import { type Answer, Unanswered } from "../client.ts";
import type { Ground } from "../ground.ts";
import { Random } from "../random.ts";
import type { RunningRegistry } from "../registry-process.ts";
import type { ScenarioContext, ScenarioReport, Violation } from "../scenario.ts";
import { auditViolations } from "./audit.ts";
import { onGround } from "./on-ground.ts";
import { artifactOf, newBlob, Person, saysUnavailable, show } from "./person.ts";
import { findBreak, isLinearizable, type Operation } from "./register.ts";

const clients = 64;
const roundMs = 4_000;
const tag = "latest";

/** I4, F46: one tag under many clients of two registries, one of which is killed meanwhile. */
export const oneTag = onGround(
  {
    name: "one-tag",
    description: "64 clients read and write one tag through two registries, of which one is killed: one register",
    weight: 2,
    isDurable: false,
  },
  async (ground, context) => {
    const nodes = await Node.startTwo(ground);
    try {
      return await shareTags(context, ground, nodes);
    } finally {
      await Promise.all(nodes.map((node) => node.end()));
    }
  },
);

async function shareTags(context: ScenarioContext, ground: Ground, nodes: readonly Node[]): Promise<ScenarioReport> {
  const violations: Violation[] = [];
  const counts = { operations: 0, unanswered: 0, kills: 0 };
  let rounds = 0;
  do {
    rounds += 1;
    const random = new Random(context.seed, rounds);
    // Many clients that never delete, and then a few that do: only few can be checked when tags may be gone.
    for (const { people, removes, turns } of [
      { people: clients, removes: false, turns: context.pass === "short" ? 4 : 30 },
      { people: 5, removes: true, turns: 6 },
    ]) {
      const repository = `${ground.owner}/${random.name()}`;
      const use = new TagUse({ ground, nodes, repository, random, removes });
      await use.prepare();
      const nemesis = removes ? Promise.resolve(0) : killSometimes(nodes, random, use);
      await use.run(people, turns);
      counts.kills += await nemesis;
      counts.operations += use.history.length;
      counts.unanswered += use.history.filter(({ returnedAt }) => returnedAt === Number.POSITIVE_INFINITY).length;
      violations.push(...(await use.judge()));
    }
  } while (context.pass === "long" && violations.length === 0 && context.hasTimeFor(roundMs));
  violations.push(...(await auditViolations(ground.database)));
  return { checked: rounds * 2, counts, violations };
}

/** A registry process that is started again at the same port when it was killed. */
class Node {
  readonly #start: () => Promise<RunningRegistry>;
  #registry: RunningRegistry;

  private constructor(start: () => Promise<RunningRegistry>, registry: RunningRegistry) {
    this.#start = start;
    this.#registry = registry;
  }

  static async startTwo(ground: Ground): Promise<readonly Node[]> {
    const first = await ground.startRegistry();
    const env = {
      LAYERPORT_PORT: String(await findFreePort()),
      // Both are the one registry that tokens are for.
      LAYERPORT_PUBLIC_URL: `http://localhost:${first.port}`,
    };
    const second = await ground.startRegistry(env);
    return [new Node(() => ground.startRegistry(), first), new Node(() => ground.startRegistry(env), second)];
  }

  get port(): number {
    return this.#registry.port;
  }

  end(): Promise<void> {
    return this.#registry.end();
  }

  async killAndStart(): Promise<void> {
    await this.#registry.end("SIGKILL");
    this.#registry = await this.#start();
  }
}

/** Kills one of the two while there are clients; answers how often. */
async function killSometimes(nodes: readonly Node[], random: Random, use: TagUse): Promise<number> {
  let kills = 0;
  do {
    await delay(150 + random.below(300));
    await nodes[random.below(nodes.length)]?.killAndStart();
    kills += 1;
  } while (!use.isDone);
  return kills;
}

interface TagUseOptions {
  readonly ground: Ground;
  readonly nodes: readonly Node[];
  readonly repository: string;
  readonly random: Random;
  readonly removes: boolean;
}

/** Clients that use one tag of one repository, and what they saw of it. */
class TagUse {
  readonly history: Operation[] = [];
  readonly #options: TagUseOptions;
  readonly #blob;
  readonly #unexpected = new Set<string>();
  #authorization = "";
  isDone = false;

  constructor(options: TagUseOptions) {
    this.#options = options;
    this.#blob = newBlob(options.random, 300);
  }

  async prepare(): Promise<void> {
    const { ground, repository } = this.#options;
    this.#authorization = await ground.authorize(repository);
    const person = this.#person(0);
    const answer = await person.pushBlob(this.#blob);
    if (answer.status !== 201) throw new Error(`the blob was answered ${show(answer)}`);
    await person.close();
  }

  async run(people: number, turns: number): Promise<void> {
    await Promise.all(Array.from({ length: people }, (_, client) => this.#shareTag(client, turns)));
    this.isDone = true;
  }

  /** I4 of what clients saw, I9 of what was recorded, and whether the end is the same for both. */
  async judge(): Promise<readonly Violation[]> {
    const { removes, ground, repository } = this.#options;
    const violations = [...this.#unexpected].map((seen) => ({ invariant: "I12", seen }));
    const reader = this.#person(0);
    const last = await this.#record("read", undefined, () => reader.send("GET", `manifests/${tag}`));
    await reader.close();
    const found = removes ? undefined : findBreak(this.history, undefined);
    if (found !== undefined) violations.push({ invariant: "I4", seen: `${repository}:${tag}: ${found}` });
    if (removes && !isLinearizable(this.history, undefined)) {
      violations.push({
        invariant: "I4",
        seen: `${repository}:${tag}: no order explains ${JSON.stringify(this.history)}`,
      });
    }
    const recorded = await ground.database.query<{ digest: string | null }>({
      text: "SELECT after->>'digest' AS digest FROM audit_record WHERE target = $1 ORDER BY sequence",
      values: [`${repository}:${tag}`],
    });
    const digests = recorded.map(({ digest }) => digest);
    const acknowledged = this.history.filter(
      ({ kind, returnedAt }) => kind === "write" && returnedAt < Number.POSITIVE_INFINITY,
    );
    for (const { value = "" } of acknowledged) {
      const times = digests.filter((digest) => digest === value).length;
      if (times !== 1)
        violations.push({ invariant: "I9", seen: `${value} was acknowledged once and recorded ${times} times` });
    }
    if ((digests.at(-1) ?? undefined) !== last) {
      violations.push({ invariant: "I9", seen: `the log ends with ${digests.at(-1)}, and the tag is ${last}` });
    }
    return violations;
  }

  async #shareTag(client: number, turns: number): Promise<void> {
    const { random, removes } = this.#options;
    let person = this.#person(client);
    for (let turn = 0; turn < turns; turn += 1) {
      const choice = random.below(removes ? 3 : 2);
      try {
        if (choice === 0) await this.#record("read", undefined, () => person.send("GET", `manifests/${tag}`));
        if (choice === 1) {
          const artifact = artifactOf(this.#blob, `${client} ${turn}`);
          await this.#record("write", artifact.digest, () => person.pushManifest(artifact, tag));
        }
        if (choice === 2) await this.#record("remove", undefined, () => person.send("DELETE", `manifests/${tag}`));
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        // Its registry is gone; the other one is there, and this one soon is again.
        await person.close();
        await delay(20);
        person = this.#person(client + turn + 1);
      }
    }
    await person.close();
  }

  #person(client: number): Person {
    const { nodes, repository } = this.#options;
    return new Person(nodes[client % nodes.length]?.port ?? 0, this.#authorization, repository);
  }

  /** Notes what was asked and what was answered; answers what was read. @throws Unanswered */
  async #record(
    kind: Operation["kind"],
    value: string | undefined,
    ask: () => Promise<Answer>,
  ): Promise<string | undefined> {
    const calledAt = performance.now();
    const unknown = { kind, value, calledAt, returnedAt: Number.POSITIVE_INFINITY };
    let answer: Answer;
    try {
      answer = await ask();
    } catch (error) {
      this.history.push(unknown);
      throw error;
    }
    const returnedAt = performance.now();
    const { status, headers } = answer;
    if (status === 200 && kind === "read") {
      const read = headers["docker-content-digest"];
      this.history.push({ kind, value: read, calledAt, returnedAt });
      return read;
    }
    // Whoever finds nothing to read or to remove has read that there is nothing.
    if (status === 404 && kind !== "write") this.history.push({ kind: "read", value: undefined, calledAt, returnedAt });
    else if (status === 201 || status === 202) this.history.push({ kind, value, calledAt, returnedAt });
    else {
      this.history.push(unknown);
      if (!saysUnavailable(answer)) this.#unexpected.add(`a ${kind} was answered ${show(answer)}`);
    }
    return undefined;
  }
}
