import { measureRate, measureThroughput, peakMegabytes } from "../measure.ts";
import { repositoryName, seedImage } from "../seed.ts";
import { pullAndPush, type Side } from "../sides/side.ts";
import { median } from "../statistics.ts";
import type { Bench, Row, Workload } from "../workload.ts";

/** PUT of a large blob, at once and in chunks. */
export const blobPut: Workload = {
  name: "blob-put",
  async prepare(bench) {
    const repository = repositoryName(bench, "put");
    const row = (name: string, chunkBytes: number | undefined): Row => ({
      name,
      unit: "MB/s",
      cpuPer: "GB",
      target: { ratio: 1, cpuSeconds: 2.1 },
      measure: async (side, turn) =>
        measureThroughput(side, bench.generator, {
          kind: "upload",
          address: side.address,
          headers: await side.headersFor([pullAndPush(repository)]),
          connections: 1,
          repository,
          count: 2,
          sizeBytes: 100_000_000,
          ...(chunkBytes !== undefined && { chunkBytes }),
          seed: `${bench.runId}/${name}/${turn}`,
        }),
    });
    return [row("blob-put 100 MB at once", undefined), row("blob-put 100 MB in 16 MB chunks", 16 * 1024 * 1024)];
  },
};

/** Many middling uploads at the same time. */
export const parallelPut: Workload = {
  name: "parallel-put",
  async prepare(bench) {
    return [
      {
        name: "parallel-put 32 × 5 MB",
        unit: "MB/s",
        cpuPer: "GB",
        target: { ratio: 1.5 },
        measure: async (side, turn) =>
          measureThroughput(side, bench.generator, await manyUploads(bench, side, `parallel/${turn}`, 5_000_000)),
      },
    ];
  },
};

/** 32 uploads at the same time, each of so many bytes. */
export async function manyUploads(bench: Bench, side: Side, seed: string, sizeBytes: number) {
  const repository = repositoryName(bench, "parallel");
  return {
    kind: "upload",
    address: side.address,
    headers: await side.headersFor([pullAndPush(repository)]),
    connections: 32,
    repository,
    count: 32,
    sizeBytes,
    seed: `${bench.runId}/${seed}`,
  } as const;
}

/** Whole images of a config, a small layer and a manifest. */
export const tinyImages: Workload = {
  name: "tiny-images",
  async prepare(bench) {
    const repository = repositoryName(bench, "tiny");
    return [1, 8].map(
      (connections): Row => ({
        name: `tiny-images, ${connections} at once`,
        unit: "images/s",
        cpuPer: "1,000",
        target: { ratio: 5, p99Ms: 40 },
        measure: async (side, turn) =>
          measureRate(side, bench.generator, {
            kind: "image",
            address: side.address,
            headers: await side.headersFor([pullAndPush(repository)]),
            connections,
            repository,
            count: bench.scale.images,
            seed: `${bench.runId}-${connections}-${turn}`,
          }),
      }),
    );
  },
};

/** Mounts of many blobs into another repository. */
export const mounts: Workload = {
  name: "mount",
  async prepare(bench) {
    const image = await seedImage(bench, "mounted", 2_000);
    return [
      {
        name: "mount, 4 at once",
        unit: "mounts/s",
        cpuPer: "1,000",
        target: { ratio: 1.5 },
        async measure(side, turn) {
          // A repository takes a blob once, and a token names at most a hundred: so many are mounted into, again and again.
          const repositories = Array.from({ length: 50 }, (_, at) => repositoryName(bench, `m${turn}-${at}`));
          return measureRate(side, bench.generator, {
            kind: "mount",
            address: side.address,
            headers: await side.headersFor([image.repository, ...repositories].map(pullAndPush)),
            connections: 4,
            from: image.repository,
            mounts: Array.from({ length: bench.scale.mounts }, (_, at) => ({
              repository: repositories[at % repositories.length] ?? "",
              digest: image.layer.digest,
            })),
          });
        },
      },
    ];
  },
};

const slopeWindow = 100;

/** Whether pushing gets slower as a repository grows. */
export const pushSlope: Workload = {
  name: "push-slope",
  async prepare(bench) {
    const { tags } = bench.scale;
    let turns = 0;
    return [
      {
        name: `push-slope, last ${slopeWindow} of ${tags} tags over first ${slopeWindow}`,
        unit: "×",
        target: { atMost: 1.2 },
        turns: 1,
        // What a peer does here is no target, and would take most of the run.
        isFor: (side) => side === bench.sides[0],
        async measure(side) {
          turns += 1;
          const image = await seedImage({ ...bench, sides: [side] }, `slope-${turns}`, 2_000);
          const { latenciesMs } = await bench.generator.run({
            kind: "tag",
            address: side.address,
            headers: await side.headersFor([pullAndPush(image.repository)]),
            connections: 1,
            repository: image.repository,
            manifest: image.manifest,
            count: tags,
          });
          const first = median(latenciesMs.slice(0, slopeWindow));
          return { value: median(latenciesMs.slice(-slopeWindow)) / first };
        },
      },
    ];
  },
};

/** What 32 uploads take, in the processes that serve them. */
export function uploadMemory(bench: Bench, target: number): Row {
  return {
    name: "memory, data plane, 32 uploads of 20 MB",
    unit: "MB",
    target: { atMost: target },
    isFor: ({ dataPlane }) => dataPlane !== undefined,
    async measure(side, turn) {
      const job = await manyUploads(bench, side, `memory/${turn}`, 20_000_000);
      const { dataPlane } = side;
      if (dataPlane === undefined) throw new Error(`the processes of ${side.name} are not known`);
      return { value: await peakMegabytes(() => dataPlane.memoryBytes(), bench.generator.run(job)) };
    },
  };
}
