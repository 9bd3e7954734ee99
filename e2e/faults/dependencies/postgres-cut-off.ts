import { type Answer, Client, type Request, Unanswered } from "../client.ts";
import type { Ground } from "../ground.ts";
import { Attempt, Refused } from "../kill-points/attempt.ts";
import { blobOperations } from "../kill-points/blob-operations.ts";
import { judge } from "../kill-points/facts.ts";
import { manifestOperations } from "../kill-points/manifest-operations.ts";
import { type Operation, Stage } from "../kill-points/operation.ts";
import { Random } from "../random.ts";
import type { RunningRegistry } from "../registry-process.ts";
import type { ScenarioContext, ScenarioReport, Violation } from "../scenario.ts";
import { auditViolations } from "./audit.ts";
import { onGround } from "./on-ground.ts";
import { saysUnavailable, show } from "./person.ts";
import { type CutPoint, openPostgresProxy, type PostgresProxy } from "./postgres-proxy.ts";

// What a crash does to them is the business of the kill points.
const operations = [...blobOperations, ...manifestOperations].filter(({ name }) => name !== "blob-resume-after-crash");
const cutPoints: readonly CutPoint[] = ["after", "before"];
const cutMs = 500;
/** At least as many statements as any operation has; the short pass takes a few of the first. */
const mostStatements = { short: 8, long: 30 } as const;
const shortSample = 10;

/**
 * F08, F38: the connection to Postgres breaks at a statement, of every statement of every operation: before Postgres
 * sees it, or after it has done it, COMMIT among them.
 */
export const postgresCutOff = onGround(
  {
    name: "postgres-cut-off",
    description:
      "a connection to Postgres is cut before or after each statement, COMMIT too: once, whole, or not at all",
    weight: 4,
    isDurable: false,
  },
  async (ground, context) => {
    const proxy = await openPostgresProxy(ground.postgres.url);
    const registry = await ground.startRegistry({ DATABASE_URL: proxy.url });
    try {
      return await new CutOffs({ context, ground, proxy, registry }).run();
    } finally {
      await registry.end();
      await proxy.close();
    }
  },
);

interface Parts {
  readonly context: ScenarioContext;
  readonly ground: Ground;
  readonly proxy: PostgresProxy;
  readonly registry: RunningRegistry;
}

/** One statement of one operation. */
interface Target {
  readonly operation: Operation;
  readonly statement: number;
  readonly point: CutPoint;
}

class CutOffs {
  readonly #parts: Parts;
  readonly #violations: Violation[] = [];
  readonly #statements = new Set<string>();
  #checked = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async run(): Promise<ScenarioReport> {
    const { context, ground } = this.#parts;
    const { operation: name, statement, point } = context.options;
    const chosen =
      name === undefined ? this.#drawn() : this.#one(name, Number(statement), point === "before" ? "before" : "after");
    for (const target of chosen) {
      const isEnough = context.pass === "short" ? this.#checked >= shortSample : !context.hasTimeFor(cutMs);
      if (isEnough) break;
      await this.#cut(target);
    }
    this.#violations.push(...(await auditViolations(ground.database)));
    return {
      checked: this.#checked,
      counts: { "kinds of statement": this.#statements.size },
      violations: this.#violations,
    };
  }

  *#one(name: string, statement: number, point: CutPoint): Generator<Target> {
    const operation = operations.find((other) => other.name === name);
    if (operation === undefined) throw new Error(`there is no operation ${name}`);
    yield { operation, statement, point };
  }

  /** Every statement of every operation when there is time, in an order that is drawn. */
  *#drawn(): Generator<Target> {
    const { pass, seed } = this.#parts.context;
    const random = new Random(seed, "targets");
    const numbers = Array.from({ length: mostStatements[pass] }, (_, at) => at + 1);
    const all = operations.flatMap((operation) =>
      numbers.flatMap((statement) => cutPoints.map((point) => ({ operation, statement, point }))),
    );
    // How many statements an operation has is learnt from a number that it does not reach.
    const lengths = new Map<string, number>();
    for (const target of random.shuffle(all)) {
      const { name } = target.operation;
      if (target.statement > (lengths.get(name) ?? target.statement)) continue;
      yield target;
      if (this.#reached < target.statement) lengths.set(name, this.#reached);
    }
  }

  /** How many statements the last operation came to. */
  #reached = 0;

  async #cut(target: Target): Promise<void> {
    const { ground, proxy, context, registry } = this.#parts;
    const { operation, statement, point } = target;
    const random = new Random(context.seed, operation.name, statement, point);
    const names = { repository: `${ground.owner}/${random.name()}`, source: `${ground.owner}/${random.name()}` };
    const authorization = await ground.authorize(names.repository, names.source);
    const open = () => new PatientClient(registry.port, authorization);
    const [staging, client, again] = [open(), open(), open()] as const;
    const crash = () => Promise.reject(new Error("this operation is not for cut connections"));
    const stage = new Stage({ client: staging, random, names, storage: ground.storage, crash });
    const attempt = new Attempt(await operation.stage(stage));
    const found = (invariant: string, seen: string) => {
      const where = `${operation.name}, statement ${statement} (${cut ?? "none"}), cut ${point} it`;
      const repeat = `--operation=${operation.name} --statement=${statement} --point=${point}`;
      this.#violations.push({ invariant, seen: `${where}: ${seen}`, repeat });
    };
    proxy.arm(statement, point);
    const failure = await attempt.run(client).then(
      () => undefined,
      (error: unknown) => (error instanceof Refused ? error.message : Promise.reject(error)),
    );
    const { cut, statements } = proxy.disarm();
    this.#reached = statements;
    if (cut !== undefined) {
      this.#statements.add(cut);
      this.#checked += 1;
      if (failure !== undefined) found("I12", failure);
      for (const seen of client.outages) found("I12", seen);
      const observed = await attempt.observe(again, ground.database);
      for (const seen of judge(observed, attempt.expected)) found("I3", seen);
      await this.#finish(attempt, again).catch((error: unknown) => found("I3", `tried again: ${String(error)}`));
      const finished = await attempt.observe(again, ground.database);
      for (const seen of judge(finished, { acknowledged: attempt.wanted })) found("I3", `tried again: ${seen}`);
    }
    await Promise.all([staging.close(), client.close(), again.close()]);
  }

  /** As a client goes on: with the upload where it stands, or from the beginning. */
  async #finish(attempt: Attempt, client: Client): Promise<void> {
    const wantsBlob = Object.keys(attempt.wanted.seen).length > 0;
    if (!(wantsBlob && (await attempt.resume(client)))) await attempt.repeat(client);
  }
}

/** A client to whom 503 with Retry-After is no answer, as it is to those who try again. */
class PatientClient extends Client {
  /** Answers that said that the registry was not able, and not how. */
  readonly outages: string[] = [];

  override async send(request: Request): Promise<Answer> {
    const answer = await super.send(request);
    if (answer.status < 500) return answer;
    if (!saysUnavailable(answer)) this.outages.push(`${request.method} ${request.path} was answered ${show(answer)}`);
    throw new Unanswered(`${request.method} ${request.path}`);
  }
}
