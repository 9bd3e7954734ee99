import type { Sample } from "./measure.ts";
import type { Finding } from "./run-row.ts";
import type { Side } from "./sides/side.ts";
import { median } from "./statistics.ts";
import type { Target } from "./workload.ts";

const columns = ["work", "unit", "Layerport", "peer", "ratio", "p99 ms", "CPU s", "target", "verdict"];

/** The head of the table, in Markdown. */
export function formatHead(): string {
  return `${line(columns)}\n${line(columns.map((_, at) => (at < 2 || at > 6 ? "---" : "---:")))}`;
}

/** One line for each peer, or one where a row has none. */
export function formatFinding(finding: Finding, earlier: readonly Finding[]): string {
  const [ours, ...peers] = [...finding.samples].map(([side, samples]) => summarize(side, samples));
  if (ours === undefined) throw new Error("a row without Layerport");
  const { row } = finding;
  return (peers.length === 0 ? [undefined] : peers)
    .map((peer) => {
      const checks = check(row.target, { ours, peer, earlier });
      const missed = checks.filter(({ isMet }) => !isMet);
      const ofBoth = (format: (summary: Summary) => string) => [ours, ...(peer ? [peer] : [])].map(format).join(" / ");
      return line([
        peer !== undefined && peers.length > 1 ? `${row.name} (${peer.name})` : row.name,
        row.unit,
        formatValue(ours),
        peer === undefined ? "–" : formatValue(peer),
        peer === undefined ? "–" : `${formatNumber(ours.value / peer.value)}×`,
        ours.p99Ms === undefined ? "–" : ofBoth(({ p99Ms }) => (p99Ms === undefined ? "–" : formatNumber(p99Ms))),
        row.cpuPer === undefined || ours.cpuSeconds === undefined
          ? "–"
          : `${ofBoth(({ cpuSeconds }) => (cpuSeconds === undefined ? "–" : formatNumber(cpuSeconds)))} per ${row.cpuPer}`,
        checks.length === 0 ? "–" : checks.map(({ text }) => text).join("; "),
        checks.length === 0
          ? "–"
          : missed.length === 0
            ? "met"
            : `missed: ${missed.map(({ found }) => found).join("; ")}`,
      ]);
    })
    .join("\n");
}

interface Summary {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly p99Ms: number | undefined;
  readonly cpuSeconds: number | undefined;
}

function summarize({ name }: Side, samples: readonly Sample[]): Summary {
  const values = samples.map(({ value }) => value);
  return {
    name,
    value: median(values),
    least: Math.min(...values),
    most: Math.max(...values),
    p99Ms: medianOfKnown(samples.map(({ p99Ms }) => p99Ms)),
    cpuSeconds: medianOfKnown(samples.map(({ cpuSeconds }) => cpuSeconds)),
  };
}

function medianOfKnown(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : median(known);
}

interface Check {
  readonly text: string;
  readonly found: string;
  readonly isMet: boolean;
}

function check(
  target: Target,
  { ours, peer, earlier }: { ours: Summary; peer: Summary | undefined; earlier: readonly Finding[] },
): readonly Check[] {
  const checks: Check[] = [];
  const add = (text: string, found: number | undefined, isMet: (found: number) => boolean) => {
    if (found !== undefined) checks.push({ text, found: `${formatNumber(found)} (${text})`, isMet: isMet(found) });
  };
  const { ratio, atMost, atLeast, cpuSeconds, p99Ms, partOf } = target;
  if (ratio !== undefined && peer !== undefined) add(`≥ ${ratio}×`, ours.value / peer.value, (found) => found >= ratio);
  if (atMost !== undefined) add(`≤ ${atMost}`, ours.value, (found) => found <= atMost);
  if (atLeast !== undefined) add(`≥ ${atLeast}`, ours.value, (found) => found >= atLeast);
  if (cpuSeconds !== undefined) add(`CPU ≤ ${cpuSeconds}`, ours.cpuSeconds, (found) => found <= cpuSeconds);
  if (p99Ms !== undefined) add(`p99 ≤ ${p99Ms} ms`, ours.p99Ms, (found) => found <= p99Ms);
  const peerP99Ms = peer?.p99Ms;
  if (target.p99NotAbovePeer && peerP99Ms !== undefined) {
    add("p99 ≤ peer's", ours.p99Ms, (found) => found <= peerP99Ms);
  }
  if (partOf !== undefined) {
    const other = earlier.find(({ row }) => row.name === partOf.row);
    const [samples] = other?.samples.values() ?? [];
    const whole = samples && median(samples.map(({ value }) => value));
    add(`≥ ${partOf.part} of ${partOf.row}`, whole && ours.value / whole, (found) => found >= partOf.part);
  }
  return checks;
}

function formatValue({ value, least, most }: Summary): string {
  return `${formatNumber(value)} (${formatNumber(least)}–${formatNumber(most)})`;
}

/** Three digits that count. */
function formatNumber(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
