import type { ProcessTree } from "../sides/process-tree.ts";
import type { Side } from "../sides/side.ts";
import type { Row, Workload } from "../workload.ts";
import { uploadMemory } from "./pushes.ts";

/** What the processes take, at rest and under uploads. */
export const memory: Workload = {
  name: "memory",
  prepare: async (bench) => [
    restRow("memory, data plane, at rest", (side) => side.dataPlane, 150),
    restRow("memory, everything, at rest", (side) => side.processes, undefined),
    uploadMemory(bench, 300),
  ],
};

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
  prepare: async () => [startRow("the data plane alone", 600), startRow("everything", 4_000)],
};

function startRow(what: string, atMost: number): Row {
  return {
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
