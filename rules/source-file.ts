import fs from "node:fs";
import path from "node:path";

/** The repository's root. */
export const root = path.join(import.meta.dirname, "..");

/** A file of source text, by its path below the root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** Where in the tree a rule is broken, and how. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly reason: string;
}

const IGNORED = new Set(["node_modules", "generated", "data", "dist", "test-results", "playwright-report"]);

/** Every folder of the tree that holds our own text. */
export function readFolders(from = root): string[] {
  return fs
    .readdirSync(from, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !IGNORED.has(entry.name))
    .flatMap((entry) => {
      const folder = path.join(from, entry.name);
      return [path.relative(root, folder).replaceAll(path.sep, "/"), ...readFolders(folder)];
    });
}

/** Every source file of the tree that we wrote. */
export function readSourceFiles(): SourceFile[] {
  return ["", ...readFolders()].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|js|mjs|cjs)$/.test(entry.name))
      .filter((entry) => entry.name !== "next-env.d.ts")
      .map((entry) => path.posix.join(folder, entry.name))
      .map((file) => ({ path: file, text: fs.readFileSync(path.join(root, file), "utf8") })),
  );
}

/** The 1-based line on which the character at `index` stands. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

/** Whether a file is a test, or serves tests only. */
export function isTest({ path: file }: SourceFile): boolean {
  return (
    /\.test\.tsx?$|(^|\/)test-[\w-]+\.tsx?$|\.spec\.ts$|(^|[/.-])contract\.ts$|(^|\/)(vitest|playwright)\.config\.ts$/.test(
      file,
    ) || /^(packages\/testkit|e2e|rules|bench)\//.test(file)
  );
}

/** One line per violation, as an editor opens it. */
export function format(violations: readonly Violation[]): string[] {
  return violations.map(({ path: file, line, reason }) => `${file}:${line} ${reason}`);
}
