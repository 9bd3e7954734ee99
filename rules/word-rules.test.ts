import { describe, expect, it } from "vitest";
import { format, readFolders, readSourceFiles } from "./source-file.ts";
import { findForbiddenWords, findHomelessFolders } from "./words.ts";

function judge(path: string, ...lines: string[]): string[] {
  return format(findForbiddenWords([{ path, text: lines.join("\n") }]));
}

describe("words", () => {
  it("that hide what is unfinished or untested stand in no file", () => {
    expect(format(findForbiddenWords(readSourceFiles()))).toEqual([]);
  });

  it("that say nothing name no folder", () => {
    expect(findHomelessFolders(readFolders())).toEqual([]);
    expect(findHomelessFolders(["apps/portal/utils", "apps/portal/ui", "packages/shared"])).toEqual([
      "apps/portal/utils",
      "packages/shared",
    ]);
  });

  it.each([
    ["packages/a/src/a.ts", "// TODO: later"],
    ["packages/a/src/a.test.ts", 'vi.mock("./b.ts");'],
    ["packages/a/src/a.test.ts", 'it.only("x", () => {});'],
    ["packages/a/src/a.test.ts", 'describe.concurrent.only("x", () => {});'],
    ["packages/a/src/a.test.ts", 'it.skip("does a thing", () => {});'],
    ["packages/accounts/src/a.ts", "await prisma.$queryRawUnsafe(text);"],
    ["packages/a/src/a.ts", "// @ts-ignore"],
  ])("are refused in %s: %s", (path, line) => {
    expect(judge(path, "", line)).toEqual([expect.stringMatching(new RegExp(`^${path}:2 `))]);
  });

  it.each([
    ["packages/a/src/a.test.ts", 'it.skip("mounts a disk (needs a user who may mount)", () => {});'],
    ["packages/a/src/a.test.ts", 'it.todo("counts pulls");'],
    ["packages/a/src/a.ts", "const list = source.skip(1);"],
    ["packages/database/src/lock.ts", "await prisma.$executeRawUnsafe(text);"],
  ])("are allowed in %s: %s", (path, line) => {
    expect(judge(path, line)).toEqual([]);
  });
});
