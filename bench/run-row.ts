import type { Sample } from "./measure.ts";
import type { Side } from "./sides/side.ts";
import type { Row } from "./workload.ts";

/** What one row found: for each side, a sample of each turn. */
export interface Finding {
  readonly row: Row;
  readonly samples: ReadonlyMap<Side, readonly Sample[]>;
}

/**
 * Measures a row on all sides in turn, every second time in the other order, so that none always runs on what the
 * others left. The first turn warms up and is thrown away, unless the row has turns of its own. @throws on any wrong answer of any side
 */
export async function runRow(row: Row, allSides: readonly Side[], repeats: number): Promise<Finding> {
  const sides = row.isFor === undefined ? allSides : allSides.filter(row.isFor);
  const samples = new Map<Side, Sample[]>(sides.map((side) => [side, []]));
  const last = row.turns ?? repeats;
  for (let turn = row.turns === undefined ? 0 : 1; turn <= last; turn += 1) {
    for (const side of turn % 2 === 0 ? sides : sides.toReversed()) {
      const sample = await row.measure(side, turn).catch((cause: unknown) => {
        throw new Error(`${row.name} failed on ${side.name}`, { cause });
      });
      if (turn > 0) samples.get(side)?.push(sample);
    }
  }
  return { row, samples };
}
