import { describe, expect, it } from "vitest";
import { readSourceFiles } from "./source-file.ts";

const numbers = (letter: string, width: number, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${letter}${String(from + at).padStart(width, "0")}`);

/** Attacks and bad inputs, by the ids of the design's tables, that must bounce off. */
const rows = [
  ...numbers("T", 2, 1, 3),
  ...numbers("T", 2, 5, 9),
  ...numbers("T", 2, 12, 16),
  "T20",
  ...numbers("T", 2, 22, 26),
  "T59",
  ...numbers("B", 1, 1, 46),
  ...numbers("B", 1, 48, 56),
];

/** The rows that no test of `texts` carries in its title. */
function findMissing(texts: readonly string[]): string[] {
  const found = new Set<string>();
  for (const text of texts) for (const [id] of text.matchAll(/\b(?:T\d{2}|B\d{1,2})\b/g)) found.add(id);
  return rows.filter((row) => !found.has(row));
}

describe("attacks and bad inputs", () => {
  it("each have a test that carries their id", () => {
    const tests = readSourceFiles().filter(({ path }) => /^(?!rules\/).*(?:\.test\.ts$|\/contract\/)/.test(path));
    expect(findMissing(tests.map(({ text }) => text))).toEqual([]);
  });

  it("are missed when no test names them", () => {
    const [first = "", ...rest] = rows;
    expect(findMissing([rest.join(" ")])).toEqual([first]);
    expect(findMissing([`${first}0`, rest.join(" ")])).toEqual([first]);
  });
});
