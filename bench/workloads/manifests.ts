import { manifestType } from "../load/push.ts";
import { measureRate } from "../measure.ts";
import { type SeededImage, seedImage, seedManyTags } from "../seed.ts";
import { pullAndPush } from "../sides/side.ts";
import type { Bench, Row, Target, Workload } from "../workload.ts";

const microsecondsPerRequest = 70;

/** GET of one small manifest, by tag and by digest. */
export const manifestGet: Workload = {
  name: "manifest-get",
  async prepare(bench) {
    const image = await seedImage(bench, "manifest", 2_000);
    const target: Target = { ratio: 10, cpuSeconds: microsecondsPerRequest / 1000, p99NotAbovePeer: true };
    return [1, 16, 64].flatMap((connections) => [
      readRow(bench, {
        name: `manifest-get by tag, ${connections} conn.`,
        image,
        paths: [`manifests/${image.tag}`],
        connections,
        target,
      }),
      readRow(bench, {
        name: `manifest-get by digest, ${connections} conn.`,
        image,
        paths: [`manifests/${image.digest}`],
        connections,
        target,
      }),
    ]);
  },
};

/** The same in a repository of very many tags, a thousand of which are asked for in turn. */
export const manifestGetMany: Workload = {
  name: "manifest-get-10k",
  async prepare(bench) {
    const image = await seedManyTags(bench);
    const step = Math.max(1, Math.floor(bench.scale.tags / 1_000));
    const paths = Array.from(
      { length: Math.min(1_000, bench.scale.tags) },
      (_, at) => `manifests/${tagName(at * step)}`,
    );
    const target: Target = { ratio: 10, partOf: { row: "manifest-get by tag, 16 conn.", part: 0.9 } };
    return [
      readRow(bench, {
        name: `manifest-get of ${bench.scale.tags} tags, 16 conn.`,
        image,
        paths,
        connections: 16,
        target,
      }),
    ];
  },
};

/** HEAD of a manifest and of a blob. */
export const head: Workload = {
  name: "head",
  async prepare(bench) {
    const image = await seedImage(bench, "head", 2_000);
    const rest = { image, connections: 16, method: "HEAD", target: { ratio: 10 } } as const;
    return [
      readRow(bench, { name: "head manifest, 16 conn.", paths: [`manifests/${image.tag}`], ...rest }),
      readRow(bench, { name: "head blob, 16 conn.", paths: [`blobs/${image.layer.digest}`], ...rest }),
    ];
  },
};

function tagName(number: number): string {
  return `t${String(number).padStart(5, "0")}`;
}

function readRow(
  bench: Bench,
  from: {
    readonly name: string;
    readonly image: SeededImage;
    readonly paths: readonly string[];
    readonly connections: number;
    readonly method?: "HEAD";
    readonly target: Target;
  },
): Row {
  const { repository } = from.image;
  return {
    name: from.name,
    unit: "req/s",
    cpuPer: "1,000",
    target: from.target,
    measure: async (side) =>
      measureRate(side, bench.generator, {
        kind: "read",
        method: from.method ?? "GET",
        address: side.address,
        headers: [...(await side.headersFor([pullAndPush(repository)])), `Accept: ${manifestType}`],
        connections: from.connections,
        targets: from.paths.map((path) => `/v2/${repository}/${path}`),
        forMs: bench.scale.readMs,
      }),
  };
}
