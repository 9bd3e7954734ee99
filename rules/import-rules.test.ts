import { describe, expect, it } from "vitest";
import { findForbiddenImports, findImports, readRooms, table } from "./imports.ts";
import { format, readSourceFiles } from "./source-file.ts";

function judge(path: string, ...lines: string[]): string[] {
  return format(findForbiddenImports([{ path, text: lines.join("\n") }]));
}

describe("who may import whom", () => {
  it("holds in every file of the tree", () => {
    const files = readSourceFiles();
    expect(files.length).toBeGreaterThan(50);
    expect(format(findForbiddenImports(files))).toEqual([]);
  });

  it("is said for every room that exists", () => {
    expect(readRooms().filter((room) => !(room in table))).toEqual([]);
  });

  it("finds every way of writing an import, on the line of its name", () => {
    const text = [
      'import fs from "node:fs";',
      "import {",
      "  one,",
      '} from "./one.ts";',
      'import "./two.ts";',
      'export * from "./three.ts";',
      'export type { Four } from "./four.ts";',
      'const five = await import("./five.ts");',
      'const six = require("./six.cjs");',
      '// import none from "./none.ts";',
      ' * import("./none.ts")',
    ].join("\n");
    const found = findImports({ path: "x.ts", text }).map(({ specifier, line }) => `${line} ${specifier}`);
    expect(found.sort()).toEqual([
      "1 node:fs",
      "4 ./one.ts",
      "5 ./two.ts",
      "6 ./three.ts",
      "7 ./four.ts",
      "8 ./five.ts",
      "9 ./six.cjs",
    ]);
  });

  it("names file, line and reason of an app that imports an app", () => {
    expect(judge("apps/portal/server/rooms.ts", "", 'import { serve } from "@layerport/registry";')).toEqual([
      'apps/portal/server/rooms.ts:2 imports "@layerport/registry": apps/portal may not import registry',
    ]);
    expect(judge("apps/portal/server/rooms.ts", 'import { serve } from "../../registry/src/server.ts";')).toEqual([
      'apps/portal/server/rooms.ts:1 imports "../../registry/src/server.ts": a relative import may not leave its room',
    ]);
  });

  it.each([
    ["packages/registry-core/src/tag.ts", "node:crypto"],
    ["packages/registry-core/src/tag.ts", "undici"],
    ["packages/registry-core/src/tag.ts", "@layerport/database"],
    ["packages/accounts/src/user.ts", "@layerport/registry-store"],
    ["packages/registry-store/src/tags.ts", "@layerport/accounts"],
    ["packages/registry-store/src/tags.ts", "@prisma/client"],
    ["packages/registry-store/src/tags.ts", "@layerport/database/src/database.ts"],
    ["packages/registry-store/src/tags.ts", "@layerport/testkit"],
    ["packages/registry-store/src/tags.ts", "@layerport/blob-storage/contract"],
    ["packages/registry-store/src/tags.ts", "vitest"],
    ["packages/registry-store/src/tags.ts", "./test-tags.ts"],
    ["packages/registry-client/src/wire.ts", "@layerport/database"],
    ["packages/registry-client/src/wire.ts", "@layerport/testkit"],
    ["packages/blob-storage/src/volume.ts", "@layerport/database"],
    ["packages/database/src/database.ts", "../../../apps/standalone/src/ports.ts"],
    ["apps/standalone/src/main.ts", "@layerport/accounts"],
    ["apps/portal/ui/button.tsx", "@layerport/registry-core"],
    ["apps/portal/ui/button.tsx", "@/views/tag/tag-list.tsx"],
    ["apps/portal/ui/button.tsx", "../views/tag/tag-list.tsx"],
    ["apps/portal/app/page.tsx", "@layerport/database"],
    ["e2e/clients/skopeo.test.ts", "@layerport/registry-store"],
    ["e2e/clients/skopeo.test.ts", "../../packages/accounts/src/index.ts"],
    ["bench/main.ts", "../apps/registry/src/server.ts"],
    ["packages/lobby/src/index.ts", "node:fs"],
  ])("refuses that %s imports %s", (path, specifier) => {
    expect(judge(path, `import x from "${specifier}";`)).toHaveLength(1);
  });

  it.each([
    ["packages/registry-core/src/tag.ts", "zod"],
    ["packages/registry-core/src/tag.test.ts", "node:crypto"],
    ["packages/registry-store/src/tags.test.ts", "@layerport/testkit"],
    ["packages/registry-store/src/tags.test.ts", "./test-tags.ts"],
    ["packages/registry-store/src/test-tags.ts", "@layerport/testkit"],
    ["packages/blob-storage/src/filesystem.test.ts", "./contract.ts"],
    ["packages/database/src/database.ts", "@prisma/client"],
    ["apps/portal/views/tag/tag-list.tsx", "@/ui/button.tsx"],
    ["apps/standalone/src/database.ts", "@layerport/database/embedded-postgres"],
    ["bench/main.ts", "../e2e/stack.ts"],
    ["e2e/clients/skopeo.test.ts", "../stack.ts"],
    ["e2e/clients/skopeo.test.ts", "@layerport/registry-client"],
  ])("allows that %s imports %s", (path, specifier) => {
    expect(judge(path, `import x from "${specifier}";`)).toEqual([]);
  });
});
