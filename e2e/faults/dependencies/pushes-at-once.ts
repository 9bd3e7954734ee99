import { findFreePort } from "../../stack.ts";
import type { Ground } from "../ground.ts";
import { Random } from "../random.ts";
import type { RunningRegistry } from "../registry-process.ts";
import type { ScenarioContext, ScenarioReport, Violation } from "../scenario.ts";
import { auditViolations } from "./audit.ts";
import { onGround } from "./on-ground.ts";
import { type Artifact, artifactOf, type Bytes, newBlob, Person, show } from "./person.ts";

const pushers = 50;
const attachers = 20;
const roundMs = 4_000;

/** F47, F49, F52: many do the same thing at once, through two registries. */
export const pushesAtOnce = onGround(
  {
    name: "pushes-at-once",
    description:
      "50 identical pushes, 20 attachments of one image, and pulls of what is being deleted, at two registries",
    weight: 1,
    isDurable: false,
  },
  async (ground, context) => {
    const first = await ground.startRegistry();
    const second = await ground.startRegistry({
      LAYERPORT_PORT: String(await findFreePort()),
      LAYERPORT_PUBLIC_URL: `http://localhost:${first.port}`,
    });
    try {
      return await pushAtOnce(context, ground, [first, second]);
    } finally {
      await Promise.all([first.end(), second.end()]);
    }
  },
);

async function pushAtOnce(
  context: ScenarioContext,
  ground: Ground,
  registries: readonly RunningRegistry[],
): Promise<ScenarioReport> {
  const crowd = new Crowd(ground, registries);
  let rounds = 0;
  do {
    rounds += 1;
    const random = new Random(context.seed, "at once", rounds);
    // In a row of Postgres, and in a file.
    for (const length of [2_000, 200_000]) await crowd.pushOneBlob(newBlob(random, length), random);
    await crowd.attach(random);
    await crowd.deleteWhilePulled(random);
  } while (context.pass === "long" && crowd.violations.length === 0 && context.hasTimeFor(roundMs));
  const violations = [...crowd.violations, ...(await auditViolations(ground.database))];
  return { checked: crowd.checked, counts: { rounds }, violations };
}

class Crowd {
  readonly violations: Violation[] = [];
  checked = 0;
  readonly #ground: Ground;
  readonly #registries: readonly RunningRegistry[];

  constructor(ground: Ground, registries: readonly RunningRegistry[]) {
    this.#ground = ground;
    this.#registries = registries;
  }

  /** F47: all are acknowledged, and there is one blob, once. */
  async pushOneBlob(blob: Bytes, random: Random): Promise<void> {
    const repositories = Array.from({ length: 5 }, () => `${this.#ground.owner}/${random.name()}`);
    await this.#together(pushers, repositories, async (person) => {
      const answer = await person.pushBlob(blob);
      this.#check("I7", answer.status === 201, `one of many equal pushes was answered ${show(answer)}`);
      const pulled = await person.send("GET", `blobs/${blob.digest}`);
      const isWhole = pulled.status === 200 && pulled.body.equals(blob.content);
      this.#check("I1", isWhole, `a pull of what many pushed was answered ${show(pulled)}`);
    });
    const rows = await this.#ground.database.query<{ state: string }>({
      text: "SELECT state::text FROM blob WHERE digest = $1",
      values: [blob.digest],
    });
    const states = rows.map(({ state }) => state).join(", ");
    this.#check("I7", states === "live", `after equal pushes the rows of their blob are ${states}`);
  }

  /** F52: what many attach to one image at once is listed, all of it. */
  async attach(random: Random): Promise<void> {
    const repository = `${this.#ground.owner}/${random.name()}`;
    const subject = await this.#pushImage(repository, random, "subject");
    const attached: string[] = [];
    await this.#together(attachers, [repository], async (person, at) => {
      const artifact = artifactOf(subject.blob, `attachment ${at}`, subject);
      const answer = await person.pushManifest(artifact, artifact.digest);
      this.#check("I2", answer.status === 201, `an attachment was answered ${show(answer)}`);
      attached.push(artifact.digest);
    });
    await this.#together(1, [repository], async (person) => {
      const answer = await person.send("GET", `referrers/${subject.digest}`);
      const { manifests }: { manifests: readonly { digest: string }[] } = JSON.parse(answer.body.toString());
      const listed = manifests.map(({ digest }) => digest).sort();
      const isWhole = listed.join() === attached.sort().join();
      this.#check("I2", isWhole, `${attached.length} were attached and ${listed.length} are listed`);
    });
  }

  /** F49: a pull ends with the right bytes or not at all, whatever is deleted meanwhile, and so does a push. */
  async deleteWhilePulled(random: Random): Promise<void> {
    const repository = `${this.#ground.owner}/${random.name()}`;
    const image = await this.#pushImage(repository, random, "deleted");
    const blob = `blobs/${image.blob.digest}`;
    await this.#together(12, [repository], async (person, at) => {
      for (let turn = 0; turn < 6; turn += 1) {
        if (at === 0) await person.send("DELETE", `manifests/${image.digest}`);
        if (at === 1) await person.send("DELETE", blob);
        if (at === 2) await person.pushBlob(image.blob);
        if (at === 3) {
          const answer = await person.pushManifest(image, "deleted");
          // The blob may be gone at this moment; then the manifest is refused, and nothing else.
          const isRight =
            answer.status === 201 || (answer.status === 400 && answer.body.includes("MANIFEST_BLOB_UNKNOWN"));
          this.#check("I2", isRight, `a push of a manifest beside deletes was answered ${show(answer)}`);
        }
        if (at < 4) continue;
        await this.#pull(person, blob, image.blob);
        await this.#pull(person, "manifests/deleted", image);
      }
    });
    // A manifest that is there has its blob.
    await this.#together(1, [repository], async (person) => {
      const answer = await person.send("GET", "manifests/deleted");
      if (answer.status === 404) return;
      const pulled = await person.send("GET", blob);
      this.#check("I2", pulled.status === 200, `an image is there, and its blob was answered ${show(pulled)}`);
    });
  }

  async #pull(person: Person, place: string, bytes: Bytes): Promise<void> {
    const answer = await person.send("GET", place);
    const isRight = answer.status === 404 || (answer.status === 200 && answer.body.equals(bytes.content));
    this.#check("I8", isRight, `a pull beside deletes was answered ${show(answer)}`);
  }

  async #pushImage(repository: string, random: Random, note: string): Promise<Artifact> {
    const image = artifactOf(newBlob(random, 400_000), note);
    await this.#together(1, [repository], async (person) => {
      const answers = [await person.pushBlob(image.blob), await person.pushManifest(image, note)];
      for (const answer of answers) this.#check("I2", answer.status === 201, `a push was answered ${show(answer)}`);
    });
    return image;
  }

  /** So many people at once, shared out to the registries and the repositories. */
  async #together(
    count: number,
    repositories: readonly string[],
    work: (person: Person, at: number) => Promise<void>,
  ): Promise<void> {
    const authorization = await this.#ground.authorize(...repositories);
    await Promise.all(
      Array.from({ length: count }, async (_, at) => {
        const { port } = this.#registries[at % this.#registries.length] ?? { port: 0 };
        const person = new Person(port, authorization, repositories[at % repositories.length] ?? "");
        await work(person, at);
        await person.close();
      }),
    );
  }

  #check(invariant: string, holds: boolean, seen: string): void {
    this.checked += 1;
    if (!holds) this.violations.push({ invariant, seen });
  }
}
