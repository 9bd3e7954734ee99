import os from "node:os";
import { parseArgs } from "node:util";
import { Generator } from "./load/generator.ts";
import { formatFinding, formatHead } from "./report.ts";
import { type Finding, runRow } from "./run-row.ts";
import { startDebian } from "./sides/debian.ts";
import { startOurs } from "./sides/layerport.ts";
import { peerAt } from "./sides/peer.ts";
import type { Side } from "./sides/side.ts";
import { type Bench, fullScale, quickScale, type Workload } from "./workload.ts";
import { blobGet, mixed } from "./workloads/blobs.ts";
import { bombs, oracle } from "./workloads/hostile.ts";
import { memory, start } from "./workloads/house.ts";
import { catalog, tagsList } from "./workloads/lists.ts";
import { head, manifestGet, manifestGetMany } from "./workloads/manifests.ts";
import { blobPut, mounts, parallelPut, pushSlope, tinyImages } from "./workloads/pushes.ts";

// Memory comes first: at rest means before any work.
const workloads: readonly Workload[] = [
  memory,
  manifestGet,
  manifestGetMany,
  head,
  tagsList,
  catalog,
  blobGet,
  mixed,
  blobPut,
  parallelPut,
  tinyImages,
  mounts,
  pushSlope,
  oracle,
  bombs,
  start,
];

const leastRepeats = 5;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { repeat: { type: "string" }, peer: { type: "string", multiple: true }, quick: { type: "boolean" } },
  });
  const chosen = choose(positionals);
  const repeats = Number(values.repeat ?? leastRepeats);
  if (!Number.isSafeInteger(repeats) || repeats < leastRepeats) {
    throw new Error(`--repeat is a number from ${leastRepeats} on: fewer say nothing`);
  }
  const opened: { stop(): Promise<void> }[] = [];
  const open = async <T extends { stop(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const one = await opening;
    opened.push(one);
    return one;
  };
  const stopAll = async () => {
    for (const one of opened.splice(0).reverse()) await one.stop();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void stopAll().finally(() => process.exit(1)));
  }
  try {
    const sides: Side[] = [await open(startOurs()), await open(startDebian())];
    for (const url of values.peer ?? []) sides.push(peerAt(url));
    const bench: Bench = {
      sides,
      generator: await open(Generator.start()),
      otherGenerator: await open(Generator.start()),
      scale: values.quick ? quickScale : fullScale,
      runId: `b${Date.now().toString(36)}`,
    };
    console.log(describeMachine(sides, repeats));
    console.log(formatHead());
    await runAll(bench, chosen, repeats);
  } finally {
    await stopAll();
  }
}

async function runAll(bench: Bench, chosen: readonly Workload[], repeats: number): Promise<void> {
  const findings: Finding[] = [];
  for (const workload of chosen) {
    for (const row of await workload.prepare(bench)) {
      const finding = await runRow(row, bench.sides, repeats);
      console.log(formatFinding(finding, findings));
      findings.push(finding);
    }
  }
}

function choose(names: readonly string[]): readonly Workload[] {
  const unknown = names.filter((name) => !workloads.some((workload) => workload.name === name));
  if (unknown.length > 0) {
    throw new Error(`no workload ${unknown.join(", ")}; there are ${workloads.map(({ name }) => name).join(", ")}`);
  }
  return names.length === 0 ? workloads : workloads.filter(({ name }) => names.includes(name));
}

function describeMachine(sides: readonly Side[], repeats: number): string {
  const cpus = os.cpus();
  const load = os.loadavg().map((value) => value.toFixed(1));
  return [
    `${new Date().toISOString()}, ${cpus.length} × ${cpus[0]?.model ?? "unknown"}, Node ${process.versions.node}`,
    `load before: ${load.join(" ")}; sides: ${sides.map(({ name }) => name).join(", ")}; ${repeats} repeats after one warm-up`,
    "",
  ].join("\n");
}

await main();
