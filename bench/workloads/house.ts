import { peakMegabytes } from "../measure.ts";
import { repositoryName } from "../seed.ts";
import type { ProcessTree } from "../sides/process-tree.ts";
import type { Side } from "../sides/side.ts";
import { pullAndPush } from "../sides/side.ts";
import type { Row, Workload } from "../workload.ts";
import { uploadMemory } from "./pushes.ts";

/** What the processes take, at rest and under uploads. */
export const memory: Workload = {
  name: "memory",
  prepare: async (bench) => [
    restRow("memory, data plane, at rest", (side) => side.dataPlane, 150),
    restRow("memory, everything, at rest", (side) => side.processes, undefined),
    uploadMemory(bench, 300),
    heldRow("memory, data plane, 200 uploads of 1 GiB, cancelled", 512, async (side) => {
      const repository = repositoryName(bench, "flood");
      await bench.generator.run({
        kind: "flood",
        address: side.address,
        headers: await side.headersFor([pullAndPush(repository)]),
        connections: 200,
        repository,
        declaredBytes: 2 ** 30,
        forMs: bench.scale.holdMs,
      });
    }),
    heldRow("memory, data plane, 10,000 idle connections", 600, async ({ address }) => {
      await bench.generator.run({
        kind: "idle",
        address,
        headers: [],
        connections: 10_000,
        forMs: bench.scale.holdMs,
      });
    }),
  ],
};

/** The most that the data plane takes while something is done to it. */
function heldRow(name: string, atMost: number, work: (side: Side) => Promise<void>): Row {
  return {
    name,
    unit: "MB",
    target: { atMost },
    turns: 1,
    isFor: ({ dataPlane }) => dataPlane !== undefined,
    async measure(side) {
      const { dataPlane } = side;
      if (dataPlane === undefined) throw new Error(`the processes of ${side.name} are not known`);
      return { value: await peakMegabytes(() => dataPlane.memoryBytes(), work(side)) };
    },
  };
}

function restRow(name: string, choose: (side: Side) => ProcessTree | undefined, atMost: number | undefined): Row {
  return {
    name,
    unit: "MB",
    target: atMost === undefined ? {} : { atMost },
    isFor: (side) => choose(side) !== undefined,
    async measure(side) {
      const processes = choose(side);
      if (processes === undefined) throw new Error(`the processes of ${side.name} are not known`);
      return { value: processes.memoryBytes() / 1e6 };
    },
  };
}

/** How long a start takes. */
export const start: Workload = {
  name: "start",
  prepare: async () => [startRow("the data plane alone", 600), startRow("everything", 4_000, 3)],
};

function startRow(what: string, atMost: number, turns?: number): Row {
  return {
    ...(turns !== undefined && { turns }),
    name: `start, ${what}`,
    unit: "ms",
    target: { atMost },
    isFor: ({ starts }) => what in starts,
    async measure({ starts, name }) {
      const measureStart = starts[what];
      if (measureStart === undefined) throw new Error(`${what} of ${name} cannot be started`);
      return { value: await measureStart() };
    },
  };
}
