import { measureRate } from "../measure.ts";
import { repositoryName, seedImage, seedManyTags, seedRepositories } from "../seed.ts";
import { pullAndPush } from "../sides/side.ts";
import type { Bench, Row, Workload } from "../workload.ts";

const pageSize = 100;

/** Pages of a long list of tags, and the whole list. */
export const tagsList: Workload = {
  name: "tags-list",
  async prepare(bench) {
    const image = await seedManyTags(bench);
    const tag = (at: number) => `t${String(at).padStart(5, "0")}`;
    const list = { path: `/v2/${image.repository}/tags/list`, scope: pullAndPush(image.repository) };
    const { tags } = bench.scale;
    return [
      pageRow(bench, { name: "tags-list from the start", ...list, last: undefined, ratio: 25 }),
      pageRow(bench, { name: "tags-list from the middle", ...list, last: tag(tags / 2), ratio: 25 }),
      pageRow(bench, { name: "tags-list at the end", ...list, last: tag(tags - pageSize - 1), ratio: 25 }),
      wholeRow(bench, { name: `tags-list, all ${tags}`, ...list, ratio: 5 }),
    ];
  },
};

/** Pages of a long list of repositories, and the whole list. */
export const catalog: Workload = {
  name: "catalog",
  async prepare(bench) {
    const image = await seedImage(bench, "catalog", 2_000);
    const names = await seedRepositories(bench, image);
    const list = { path: "/v2/_catalog", scope: "registry:catalog:*" };
    const first = repositoryName(bench, "r");
    return [
      pageRow(bench, { name: "catalog from the start", ...list, last: first, ratio: 25 }),
      pageRow(bench, { name: "catalog from the middle", ...list, last: names[names.length / 2], ratio: 300 }),
      pageRow(bench, { name: "catalog at the end", ...list, last: names.at(-pageSize - 1), ratio: 25 }),
      wholeRow(bench, { name: `catalog, all ${names.length}`, ...list, ratio: 5 }),
    ];
  },
};

interface List {
  readonly name: string;
  readonly path: string;
  readonly scope: string;
  readonly ratio: number;
}

function pageRow(bench: Bench, { name, path, scope, last, ratio }: List & { readonly last: string | undefined }): Row {
  const after = last === undefined ? "" : `&last=${encodeURIComponent(last)}`;
  return {
    name: `${name}, n=${pageSize}, 4 conn.`,
    unit: "req/s",
    cpuPer: "1,000",
    target: { ratio },
    measure: async (side) =>
      measureRate(side, bench.generator, {
        kind: "read",
        method: "GET",
        address: side.address,
        headers: await side.headersFor([scope]),
        connections: 4,
        targets: [`${path}?n=${pageSize}${after}`],
        forMs: bench.scale.readMs,
      }),
  };
}

/** Page by page where a registry pages by itself, which Layerport's lists without `n` may do. */
function wholeRow(bench: Bench, { name, path, scope, ratio }: List): Row {
  return {
    name: `${name}, 1 conn.`,
    unit: "lists/s",
    cpuPer: "1,000",
    target: { ratio },
    measure: async (side) =>
      measureRate(side, bench.generator, {
        kind: "walk",
        address: side.address,
        headers: await side.headersFor([scope]),
        connections: 1,
        target: `${path}?n=1000`,
        times: 3,
      }),
  };
}
