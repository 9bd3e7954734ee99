import { describe, expect, it } from "vitest";
import { format, readSourceFiles, type SourceFile, type Violation } from "./source-file.ts";

/** Far above the 200 lines that a file should aim for: whoever is above it does two things. */
const MOST_LINES = 700;

/** Files that are longer because they are one thing. */
const exceptions: Readonly<Record<string, string>> = {};

function findLongFiles(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => !(path in exceptions))
    .map(({ path, text }) => ({ path, line: text.split("\n").length }))
    .filter(({ line }) => line > MOST_LINES)
    .map(({ path, line }) => ({ path, line, reason: `is longer than ${MOST_LINES} lines` }));
}

describe("sizes", () => {
  it("of all files stay where one can still read them", () => {
    expect(format(findLongFiles(readSourceFiles()))).toEqual([]);
  });

  it("excuse no file that is short, or gone", () => {
    const long = new Set(
      readSourceFiles()
        .filter(({ text }) => text.split("\n").length > MOST_LINES)
        .map((file) => file.path),
    );
    expect(Object.keys(exceptions).filter((path) => !long.has(path))).toEqual([]);
  });

  it("are counted in lines", () => {
    expect(format(findLongFiles([{ path: "a.ts", text: "\n".repeat(MOST_LINES) }]))).toEqual([
      `a.ts:${MOST_LINES + 1} is longer than ${MOST_LINES} lines`,
    ]);
    expect(findLongFiles([{ path: "a.ts", text: "\n".repeat(MOST_LINES - 1) }])).toEqual([]);
  });
});
