import { manifestType } from "../load/push.ts";
import { measureRate, measureThroughput, type Sample } from "../measure.ts";
import { type SeededImage, seedImage } from "../seed.ts";
import { pullAndPush } from "../sides/side.ts";
import { percentile } from "../statistics.ts";
import type { Bench, Row, Workload } from "../workload.ts";

const sizes = [
  { name: "4 KB", bytes: 4_096, ratio: 15 },
  { name: "1 MB", bytes: 1_000_000, ratio: 4 },
  { name: "100 MB", bytes: 100_000_000, ratio: 1.4 },
] as const;

/** GET of a blob of three sizes. */
export const blobGet: Workload = {
  name: "blob-get",
  async prepare(bench) {
    const rows: Row[] = [];
    for (const { name, bytes, ratio } of sizes) {
      const image = await seedImage(bench, `blob-${bytes}`, bytes);
      for (const connections of [1, 8]) {
        const isSmall = bytes < 100_000;
        rows.push({
          name: `blob-get ${name}, ${connections} conn.`,
          unit: isSmall ? "req/s" : "MB/s",
          cpuPer: isSmall ? "1,000" : "GB",
          target: { ratio },
          measure: async (side) => {
            const job = await blobJob(bench, side, image, connections);
            return (isSmall ? measureRate : measureThroughput)(side, bench.generator, job);
          },
        });
      }
    }
    return rows;
  },
};

/** Small requests while three large blobs go out. */
export const mixed: Workload = {
  name: "mixed",
  async prepare(bench) {
    const large = await seedImage(bench, "large", bench.scale.largeBlobBytes);
    const small = await seedImage(bench, "small", 2_000);
    return [
      {
        name: "mixed: manifests beside 3 large downloads, 4 conn.",
        unit: "req/s",
        target: { p99Ms: 15 },
        async measure(side): Promise<Sample> {
          const downloads = bench.otherGenerator.run(await blobJob(bench, side, large, 3));
          const headers = [...(await side.headersFor([pullAndPush(small.repository)])), `Accept: ${manifestType}`];
          const work = await bench.generator.run({
            kind: "read",
            method: "GET",
            address: side.address,
            headers,
            connections: 4,
            targets: [`/v2/${small.repository}/manifests/${small.tag}`],
            forMs: bench.scale.readMs,
          });
          await downloads;
          return { value: work.done / work.seconds, p99Ms: percentile(work.latenciesMs, 0.99) };
        },
      },
    ];
  },
};

async function blobJob(bench: Bench, side: Bench["sides"][number], image: SeededImage, connections: number) {
  return {
    kind: "read",
    method: "GET",
    address: side.address,
    headers: await side.headersFor([pullAndPush(image.repository)]),
    connections,
    targets: [`/v2/${image.repository}/blobs/${image.layer.digest}`],
    bodyBytes: image.layer.content.length,
    forMs: bench.scale.readMs,
  } as const;
}
