import fs from "node:fs";
import path from "node:path";
import { isTest, lineAt, root, type SourceFile, type Violation } from "./source-file.ts";

/** What the files of one room may import. */
interface Room {
  /** Rooms of this repository, beside itself. */
  readonly rooms: readonly string[];
  /** The only packages of others, where the list is closed. */
  readonly packages?: readonly string[];
  readonly mayUseNode?: boolean;
}

const every = ["registry-core", "blob-storage", "database"];

/** The table of docs/architecture.md. A room that is not named here may not exist. */
export const table: Readonly<Record<string, Room>> = {
  "packages/registry-core": { rooms: [], packages: ["zod"], mayUseNode: false },
  "packages/blob-storage": { rooms: ["registry-core"] },
  "packages/database": { rooms: ["registry-core"] },
  "packages/registry-store": { rooms: every },
  "packages/registry-client": { rooms: ["registry-core"] },
  "packages/accounts": { rooms: every },
  "packages/builds": { rooms: every },
  "packages/image-files": { rooms: every },
  "packages/testkit": { rooms: every },
  "apps/registry": { rooms: ["registry-store", "registry-client", "accounts", ...every] },
  "apps/portal": { rooms: ["registry-store", "registry-client", "accounts", "builds", "image-files", ...every] },
  "apps/worker": { rooms: ["registry-store", "registry-client", "accounts", "builds", "image-files", ...every] },
  "apps/standalone": { rooms: ["database"] },
  prisma: { rooms: [] },
  // The client is HTTP, and spoken to in the words of registry-core: by it the tests push and look up what a browser or
  // another client is then tried with.
  // Faults need a Postgres and a person without the portal, and look at rows where the protocol shows none.
  e2e: { rooms: ["testkit", "registry-client", "registry-core", "accounts", "database"] },
  bench: { rooms: ["testkit"] },
  rules: { rooms: [] },
};

/** Entries of a package beside ".", and whether tests alone may use them. */
const subpaths: Readonly<Record<string, { readonly testsOnly: boolean }>> = {
  "@layerport/blob-storage/contract": { testsOnly: true },
  "@layerport/testkit/contract": { testsOnly: true },
  // Both work before the client is generated, and without loading it.
  "@layerport/database/embedded-postgres": { testsOnly: false },
  "@layerport/database/migrate": { testsOnly: false },
};

/** Relative imports that leave their room, each for a reason. */
const crossings: readonly { readonly from: RegExp; readonly to: RegExp; readonly reason: string }[] = [
  {
    from: /^bench\//,
    to: /^e2e\/(stack|images\/)/,
    reason: "the benchmark starts Layerport and makes images as the tests do",
  },
];

/** Parts of the portal that know less than the whole. */
const portalParts: readonly { readonly part: string; readonly mayNotImport: RegExp; readonly because: string }[] = [
  {
    part: "apps/portal/ui/",
    mayNotImport: /^(@layerport\/|apps\/portal\/(app|api|views|server)\/)/,
    because: "an element of ui knows no domain word",
  },
  {
    part: "apps/portal/format/",
    mayNotImport: /^apps\/portal\/(app|api|views|server|ui)\//,
    because: "a format is text to text",
  },
  {
    part: "apps/portal/app/",
    mayNotImport: /^(@layerport\/database|@prisma\/|pg$)/,
    because: "a page asks a room, not the database",
  },
];

const STATEMENTS = [
  /^[ \t]*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"'\n]+)["']/gm,
  /^[ \t]*import\s*["']([^"'\n]+)["']/gm,
  /\bimport\(\s*["'`]([^"'`\n]+)["'`]/g,
  /\brequire(?:\.resolve)?\(\s*["'`]([^"'`\n]+)["'`]/g,
];

/** Everything a file names in an import, with where. */
export function findImports({ text }: SourceFile): { specifier: string; line: number }[] {
  return STATEMENTS.flatMap((statement) =>
    [...text.matchAll(statement)].map((match) => ({
      specifier: match[1] ?? "",
      // The line of the name, not of the first brace.
      line: lineAt(text, match.index + match[0].length - 1),
      isComment: /^\s*(\/\/|\*)/.test(text.slice(text.lastIndexOf("\n", match.index) + 1, match.index + 3)),
    })),
  )
    .filter(({ isComment }) => !isComment)
    .map(({ specifier, line }) => ({ specifier, line }));
}

/** Every import of `files` that the table forbids. */
export function findForbiddenImports(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) =>
    findImports(file).flatMap(({ specifier, line }) => {
      const reason = judge(file, specifier);
      return reason ? [{ path: file.path, line, reason: `imports "${specifier}": ${reason}` }] : [];
    }),
  );
}

function judge(file: SourceFile, specifier: string): string | undefined {
  const room = roomOf(file.path);
  // Files at the root wire the tools.
  if (room === undefined) return file.path.includes("/") ? "its room is not in the table" : undefined;
  const target = resolve(file.path, specifier);
  const limited = portalParts.find(({ part, mayNotImport }) => file.path.startsWith(part) && mayNotImport.test(target));
  if (limited && !isTest(file)) return limited.because;
  if (!isTest(file) && isInTree(specifier) && isTest({ path: target, text: "" })) {
    return "production code does not import what serves tests only";
  }
  if (isInTree(specifier)) return judgePath(file, target, room);
  if (specifier.startsWith("@layerport/")) return judgeRoom(file, specifier, room);
  return judgePackage(file, specifier, room);
}

function judgePath(file: SourceFile, target: string, room: string): string | undefined {
  if (target.startsWith(`${room}/`)) return undefined;
  if (crossings.some(({ from, to }) => from.test(file.path) && to.test(target))) return undefined;
  return "a relative import may not leave its room";
}

function judgeRoom(file: SourceFile, specifier: string, room: string): string | undefined {
  const [, name = "", ...deeper] = specifier.split("/");
  if (deeper.length > 0) {
    const entry = subpaths[specifier];
    if (!entry) return "a package is imported by its name, not by a path inside it";
    if (entry.testsOnly && !isTest(file)) return "this entry is for tests";
  }
  if (name === path.posix.basename(room)) return "a room imports its own files by their paths";
  if (name === "testkit") {
    return isTest(file) ? undefined : "production code does not import testkit";
  }
  return table[room]?.rooms.includes(name) ? undefined : `${room} may not import ${name}`;
}

function judgePackage(file: SourceFile, specifier: string, room: string): string | undefined {
  const name = packageName(specifier);
  const rules = table[room];
  if (name === "@prisma/client" || name === "@prisma/adapter-pg") {
    return room === "packages/database" ? undefined : "only database imports Prisma";
  }
  if (name === "vitest") return isTest(file) ? undefined : "production code does not import vitest";
  if (specifier.startsWith("node:")) {
    return rules?.mayUseNode === false && !isTest(file) ? `${room} does no I/O and imports nothing of Node` : undefined;
  }
  if (rules?.packages && !rules.packages.includes(name) && !isTest(file)) {
    return `${room} may import no package but ${rules.packages.join(", ")}`;
  }
  return undefined;
}

function roomOf(file: string): string | undefined {
  return Object.keys(table).find((room) => file.startsWith(`${room}/`));
}

function isInTree(specifier: string): boolean {
  return specifier.startsWith(".") || specifier.startsWith("@/");
}

/** The path below the root that a relative import means, or the specifier itself. */
function resolve(file: string, specifier: string): string {
  if (specifier.startsWith("@/")) return `apps/portal/${specifier.slice(2)}`;
  if (!specifier.startsWith(".")) return specifier;
  return path.posix.join(path.posix.dirname(file), specifier);
}

function packageName(specifier: string): string {
  const [first = "", second = ""] = specifier.split("/");
  return specifier.startsWith("@") ? `${first}/${second}` : first;
}

/** Every room that exists, by its folder. */
export function readRooms(): string[] {
  const inside = (folder: string) =>
    fs
      .readdirSync(path.join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `${folder}/${entry.name}`);
  return [...inside("apps"), ...inside("packages")];
}
