import { setTimeout as delay } from "node:timers/promises";
import type { Answer } from "../client.ts";
import { Random } from "../random.ts";
import type { RunningRegistry } from "../registry-process.ts";
import type { ScenarioContext, ScenarioReport, Violation } from "../scenario.ts";
import { onGround } from "./on-ground.ts";
import { artifactOf, newBlob, Person, saysUnavailable, show } from "./person.ts";
import { type Line, openPostgresProxy, type PostgresProxy } from "./postgres-proxy.ts";

const lines: readonly Line[] = ["down", "resetting", "silent"];
const slowMs = 150;
/** A request that waits for a database must end; what it waits at most are the time-outs of connections. */
const answeredWithinMs = 30_000;
const servesWithinMs = 10_000;

/** F36, F59: the way to Postgres is down, resets, drops everything, or is slow. */
export const postgresAway = onGround(
  {
    name: "postgres-away",
    description:
      "the way to Postgres is down, resets, goes silent or is slow: 503 with Retry-After, and then service again",
    weight: 1,
    isDurable: false,
  },
  async (ground, context) => {
    const proxy = await openPostgresProxy(ground.postgres.url);
    const registry = await ground.startRegistry({ DATABASE_URL: proxy.url });
    try {
      const repository = `${ground.owner}/away`;
      const open = async () => new Person(registry.port, await ground.authorize(repository), repository);
      return await takeAway(context, { proxy, registry, open });
    } finally {
      await registry.end();
      await proxy.close();
    }
  },
);

interface Parts {
  readonly proxy: PostgresProxy;
  readonly registry: RunningRegistry;
  readonly open: () => Promise<Person>;
}

async function takeAway(context: ScenarioContext, { proxy, registry, open }: Parts): Promise<ScenarioReport> {
  const violations: Violation[] = [];
  let checked = 0;
  const note = (seen: string) => violations.push({ invariant: "I12", seen });
  for (const line of context.pass === "short" ? lines.slice(0, 2) : lines) {
    const random = new Random(context.seed, line);
    const person = await open();
    await pushAll(person, random);
    await proxy.set(line);
    const asked = performance.now();
    // All at once, as clients do, so that every connection is found to be gone.
    const answers = await Promise.all(questions(random).map(async (ask) => ask(await open())));
    const ms = performance.now() - asked;
    for (const answer of answers) {
      checked += 1;
      if (!saysUnavailable(answer)) note(`${line}: a request was answered ${show(answer)}`);
    }
    if (ms > answeredWithinMs) note(`${line}: requests were answered after ${Math.round(ms)} ms`);
    await proxy.set("up");
    const back = await untilPushed(person, random);
    if (back !== undefined) note(`${line}, ${servesWithinMs} ms after it was up again: ${back}`);
    checked += 1;
    await person.close();
  }
  proxy.delayMs = slowMs;
  const slow = await open();
  await pushAll(slow, new Random(context.seed, "slow"));
  await slow.close();
  checked += 1;
  if (!registry.isRunning()) note("the registry has ended");
  return { checked, violations };
}

/** Requests of each kind, each of which needs the database. */
function questions(random: Random): readonly ((person: Person) => Promise<Answer>)[] {
  const blob = newBlob(random, 300);
  const ask: readonly ((person: Person) => Promise<Answer>)[] = [
    (person) => person.send("GET", "manifests/away"),
    (person) => person.send("GET", "tags/list"),
    (person) => person.send("GET", `blobs/${blob.digest}`),
    (person) => person.pushBlob(blob),
    (person) => person.pushBlob(newBlob(random, 100_000)),
    (person) => person.pushManifest(artifactOf(blob, "away"), "away"),
    (person) => person.send("POST", "blobs/uploads/"),
    (person) => person.send("DELETE", "manifests/away"),
  ];
  // More than there are connections.
  return [...ask, ...ask, ...ask].map((one) => async (person) => {
    const answer = await one(person);
    await person.close();
    return answer;
  });
}

async function pushAll(person: Person, random: Random): Promise<void> {
  const blob = newBlob(random, 100_000);
  for (const answer of [await person.pushBlob(blob), await person.pushManifest(artifactOf(blob, "all"), "away")]) {
    if (answer.status !== 201) throw new Error(`a push was answered ${show(answer)}`);
  }
}

/** The last answer, when no push was taken in time. */
async function untilPushed(person: Person, random: Random): Promise<string | undefined> {
  const endsAt = performance.now() + servesWithinMs;
  for (;;) {
    const answer = await person.pushBlob(newBlob(random, 100_000));
    if (answer.status === 201) return undefined;
    if (performance.now() > endsAt) return show(answer);
    await delay(50);
  }
}
