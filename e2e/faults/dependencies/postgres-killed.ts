import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "../client.ts";
import type { Ground } from "../ground.ts";
import { Random } from "../random.ts";
import type { RunningRegistry } from "../registry-process.ts";
import type { ScenarioContext, ScenarioReport, Violation } from "../scenario.ts";
import { auditViolations } from "./audit.ts";
import { onGround } from "./on-ground.ts";
import { type Artifact, artifactOf, newBlob, Person, saysUnavailable, show } from "./person.ts";

const pushers = 6;
const servesWithinMs = 10_000;
const roundMs = 6_000;

/** F36, F37: Postgres dies under load, again and again. */
export const postgresKilled = onGround(
  {
    name: "postgres-killed",
    description:
      "kill -9 of Postgres under pushes: nothing acknowledged is lost, 503 while it is down, no restart needed",
    weight: 2,
    isDurable: true,
  },
  async (ground, context) => {
    const registry = await ground.startRegistry();
    try {
      return await killOften(context, ground, registry);
    } finally {
      await registry.end();
    }
  },
);

interface Acknowledged {
  readonly repository: string;
  readonly tag: string;
  readonly artifact: Artifact;
}

async function killOften(context: ScenarioContext, ground: Ground, registry: RunningRegistry): Promise<ScenarioReport> {
  const violations: Violation[] = [];
  const acknowledged: Acknowledged[] = [];
  let checked = 0;
  let rounds = 0;
  do {
    rounds += 1;
    const repositories = Array.from({ length: pushers }, (_, at) => `${ground.owner}/load-${at}`);
    const authorization = await ground.authorize(...repositories);
    const load = new Load(registry.port, new Random(context.seed, rounds), { repositories, authorization });
    await delay(300 + new Random(context.seed, "pause", rounds).below(500));
    await ground.postgres.kill();
    await delay(200);
    const probed = await probeWhileDown(registry.port, load);
    await ground.postgres.start();
    violations.push(...probed.violations, ...(await servesAgain(registry.port, load)), ...(await load.end()));
    acknowledged.push(...load.acknowledged);
    const kept = await findLost(registry.port, await ground.authorize(...repositories), acknowledged);
    violations.push(...kept, ...(await auditViolations(ground.database)));
    checked += probed.checked + acknowledged.length;
    if (!registry.isRunning()) violations.push({ invariant: "I12", seen: "the registry ended" });
  } while (context.pass === "long" && violations.length === 0 && context.hasTimeFor(roundMs));
  return { checked, counts: { kills: rounds, "pushes acknowledged": acknowledged.length }, violations };
}

/** People who push images one after the other, each over a connection of its own. */
class Load {
  readonly acknowledged: Acknowledged[] = [];
  readonly repositories: readonly string[];
  readonly authorization: string;
  readonly #port: number;
  readonly #random: Random;
  readonly #refusals = new Set<string>();
  readonly #running: readonly Promise<void>[];
  #isEnding = false;

  /** Begins at once. */
  constructor(
    port: number,
    random: Random,
    people: { readonly repositories: readonly string[]; authorization: string },
  ) {
    this.#port = port;
    this.#random = random;
    this.repositories = people.repositories;
    this.authorization = people.authorization;
    this.#running = people.repositories.map((repository) => this.#push(repository));
  }

  /** Resolves when everybody has stopped; tells of answers that were neither success nor 503. */
  async end(): Promise<readonly Violation[]> {
    this.#isEnding = true;
    await Promise.all(this.#running);
    return [...this.#refusals].map((seen) => ({ invariant: "I12", seen: `a push was answered ${seen}` }));
  }

  async #push(repository: string): Promise<void> {
    const person = new Person(this.#port, this.authorization, repository);
    for (let at = 0; !this.#isEnding; at += 1) {
      const blob = newBlob(this.#random, at % 2 === 0 ? 2_000 : 200_000);
      const artifact = artifactOf(blob, `${repository} ${at}`);
      const tag = `t${at % 5}-${this.#random.name()}`;
      const isPushed =
        this.#isDone(await person.pushBlob(blob)) && this.#isDone(await person.pushManifest(artifact, tag));
      if (isPushed) this.acknowledged.push({ repository, tag, artifact });
      else await delay(20);
    }
    await person.close();
  }

  #isDone(answer: Answer): boolean {
    if (answer.status === 201) return true;
    if (!saysUnavailable(answer)) this.#refusals.add(show(answer));
    return false;
  }
}

/** Every route, while Postgres does not run. */
async function probeWhileDown(port: number, load: Load): Promise<ScenarioReport> {
  const repository = load.repositories[0] ?? "";
  const person = new Person(port, load.authorization, repository);
  const known = load.acknowledged.find((push) => push.repository === repository);
  const digest = known?.artifact.digest ?? `sha256:${"0".repeat(64)}`;
  const blob = known?.artifact.blob ?? newBlob(new Random("blob"), 10);
  const basic = { authorization: `Basic ${Buffer.from("ada:a guess").toString("base64")}` };
  const upload = "blobs/uploads/00000000-0000-4000-8000-000000000000";
  const routes: Record<string, () => Promise<Answer>> = {
    "GET manifest by tag": () => person.send("GET", `manifests/${known?.tag ?? "none"}`),
    "GET manifest by digest": () => person.send("GET", `manifests/${digest}`),
    "HEAD manifest": () => person.send("HEAD", `manifests/${digest}`),
    "PUT manifest": () => person.pushManifest(artifactOf(blob, "while down"), "while-down"),
    "DELETE tag": () => person.send("DELETE", `manifests/${known?.tag ?? "none"}`),
    "DELETE manifest": () => person.send("DELETE", `manifests/${digest}`),
    "GET blob": () => person.send("GET", `blobs/${blob.digest}`),
    "HEAD blob": () => person.send("HEAD", `blobs/${blob.digest}`),
    "DELETE blob": () => person.send("DELETE", `blobs/${blob.digest}`),
    "POST upload": () => person.send("POST", "blobs/uploads/"),
    "POST blob": () => person.pushBlob(newBlob(new Random("small"), 100)),
    "POST large blob": () => person.pushBlob(newBlob(new Random("large"), 100_000)),
    "POST mount": () => person.send("POST", `blobs/uploads/?mount=${blob.digest}&from=${load.repositories[1]}`),
    "GET upload": () => person.send("GET", upload),
    "PATCH upload": () => person.send("PATCH", upload, { body: Buffer.from("x") }),
    "PUT upload": () => person.send("PUT", `${upload}?digest=${digest}`),
    "DELETE upload": () => person.send("DELETE", upload),
    "GET tags": () => person.send("GET", "tags/list"),
    "GET referrers": () => person.send("GET", `referrers/${digest}`),
    "GET catalog": () => person.sendTo("GET", "/v2/_catalog", basic),
    "GET token": () => person.sendTo("GET", "/token?service=localhost", basic),
    "GET readyz": () => person.sendTo("GET", "/readyz"),
  };
  const violations: Violation[] = [];
  for (const [route, ask] of Object.entries(routes)) {
    const answer = await ask();
    const isReadiness = route === "GET readyz";
    if (isReadiness ? answer.status === 503 : saysUnavailable(answer)) continue;
    violations.push({ invariant: "I12", seen: `${route} without Postgres was answered ${show(answer)}` });
  }
  const alive = await person.sendTo("GET", "/livez");
  if (alive.status !== 200) violations.push({ invariant: "I12", seen: `livez without Postgres: ${show(alive)}` });
  await person.close();
  return { checked: Object.keys(routes).length + 1, violations };
}

/** The same process takes pushes and pulls again soon after Postgres is back. */
async function servesAgain(port: number, load: Load): Promise<readonly Violation[]> {
  const person = new Person(port, load.authorization, load.repositories[0] ?? "");
  const startedAt = performance.now();
  const blob = newBlob(new Random("back", startedAt), 100_000);
  let last: Answer;
  do {
    last = await person.pushBlob(blob);
    if (last.status === 201) last = await person.send("GET", `blobs/${blob.digest}`);
    if (last.status === 200) {
      await person.close();
      return [];
    }
    await delay(50);
  } while (performance.now() - startedAt < servesWithinMs);
  await person.close();
  return [{ invariant: "I12", seen: `${servesWithinMs} ms after Postgres was back: ${show(last)}` }];
}

/** I1, I2: what was acknowledged is there, under its tag and its digest, byte for byte. */
async function findLost(
  port: number,
  authorization: string,
  acknowledged: readonly Acknowledged[],
): Promise<readonly Violation[]> {
  const violations: Violation[] = [];
  const people = new Map<string, Person>();
  for (const { repository, tag, artifact } of acknowledged) {
    const person = people.get(repository) ?? new Person(port, authorization, repository);
    people.set(repository, person);
    for (const [place, bytes, invariant] of [
      [`manifests/${tag}`, artifact, "I2"],
      [`manifests/${artifact.digest}`, artifact, "I2"],
      [`blobs/${artifact.blob.digest}`, artifact.blob, "I1"],
    ] as const) {
      const answer = await person.send("GET", place);
      if (answer.status === 200 && answer.body.equals(bytes.content)) continue;
      violations.push({ invariant, seen: `${repository} ${place} was answered ${show(answer)}` });
    }
  }
  for (const person of people.values()) await person.close();
  return violations;
}
