import { request } from "undici";
import { manifestType } from "../load/push.ts";
import { seedImage } from "../seed.ts";
import { pullAndPush, type Side } from "../sides/side.ts";
import { mannWhitneyP, median } from "../statistics.ts";
import type { Bench, Row, Workload } from "../workload.ts";

const pairs = 2_000;

/**
 * Whether the time of a refusal tells a private repository from one that does not exist: how likely 2,000 times of each
 * would differ as much as they do if it did not.
 */
export const oracle: Workload = {
  name: "oracle",
  async prepare(bench) {
    const { repository, tag, layer } = await seedImage(bench, "oracle", 2_000);
    // As long as the other, so that neither request is larger.
    const absent = repository.replace(/e$/, "x");
    const paths = { manifest: `manifests/${tag}`, blob: `blobs/${layer.digest}` };
    let stranger: Promise<readonly string[]> | undefined;
    const askers = {
      nobody: async () => [],
      "a stranger": ({ strangerHeaders }: Side) => {
        stranger ??= strangerHeaders?.();
        return stranger ?? [];
      },
    };
    return Object.entries(askers).flatMap(([who, headersOf]) =>
      Object.entries(paths).map(([what, path]) =>
        oracleRow(bench, {
          name: `oracle, ${what}, private or absent, to ${who}`,
          targets: [`/v2/${repository}/${path}`, `/v2/${absent}/${path}`],
          headersOf,
        }),
      ),
    );
  },
};

function oracleRow(
  bench: Bench,
  from: {
    readonly name: string;
    readonly targets: readonly [string, string];
    readonly headersOf: (side: Side) => Promise<readonly string[]> | readonly string[];
  },
): Row {
  return {
    name: from.name,
    unit: "p",
    target: { atLeast: 0.01 },
    turns: 3,
    // A registry that asks nobody who they are has nothing to tell apart.
    isFor: ({ strangerHeaders }) => strangerHeaders !== undefined,
    async measure(side) {
      const { latenciesMs } = await bench.generator.run({
        kind: "read",
        method: "GET",
        address: side.address,
        headers: await from.headersOf(side),
        connections: 1,
        targets: from.targets,
        status: 401,
        forMs: 120_000,
        most: 2 * pairs,
      });
      // One connection asks for the two in turn.
      const ofTarget = (place: number) => [...latenciesMs].filter((_, at) => at % 2 === place);
      return { value: mannWhitneyP(ofTarget(0), ofTarget(1)) };
    },
  };
}

const refusals = 10;

/** How long a manifest of nearly 4 MiB that was made to hurt takes to be refused. */
export const bombs: Workload = {
  name: "bombs",
  async prepare(bench) {
    const { repository } = await seedImage(bench, "bombs", 2_000);
    const keys = Array.from({ length: 300_000 }, (_, at) => `"${at}":""`).join(",");
    const deep = `{"annotations":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    return [
      bombRow("bomb, 100,000 lists in each other", repository, deep),
      bombRow("bomb, 300,000 annotations", repository, `{"annotations":{${keys}}}`),
    ];
  },
};

function bombRow(name: string, repository: string, body: string): Row {
  return {
    name,
    unit: "ms",
    target: { atMost: 50 },
    isFor: ({ strangerHeaders }) => strangerHeaders !== undefined,
    async measure(side) {
      const { host, port } = side.address;
      const headers = [...(await side.headersFor([pullAndPush(repository)])), `Content-Type: ${manifestType}`];
      const times: number[] = [];
      for (let time = 0; time < refusals; time += 1) {
        const begunAt = performance.now();
        const answer = await request(`http://${host}:${port}/v2/${repository}/manifests/bomb`, {
          method: "PUT",
          headers: headers.flatMap((line) => line.split(": ")),
          body,
        });
        await answer.body.dump();
        if (answer.statusCode !== 400) throw new Error(`a bomb was answered ${answer.statusCode}`);
        times.push(performance.now() - begunAt);
      }
      return { value: median(times) };
    },
  };
}
