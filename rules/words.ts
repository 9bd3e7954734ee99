import { isTest, lineAt, type SourceFile, type Violation } from "./source-file.ts";

/** Names under which a folder collects what has no home. */
const homeless = new Set(["utils", "util", "lib", "shared", "common", "helpers", "types", "constants"]);

interface ForbiddenText {
  readonly text: RegExp;
  readonly reason: string;
  readonly isAllowed?: (file: SourceFile) => boolean;
}

const forbidden: readonly ForbiddenText[] = [
  { text: /\b(?:TODO|FIXME|XXX|HACK)\b/g, reason: "what is not done is an issue, or an it.todo with a title" },
  { text: /\bvi\.(?:mock|doMock|hoisted)\(/g, reason: "tests use the real thing, or memoryRegistry" },
  { text: /\b(?:it|test|describe)(?:\.\w+)*\.only\b/g, reason: "one test alone hides all others" },
  {
    // A condition says by itself why a test does not run; a bare skip says it in its title.
    text: /\b(?:it|test|describe)\.skip\(\s*(?!(["'`])(?:(?!\1).)*\((?:because|needs|until|not) )/g,
    reason: 'a skipped test says why, as in "… (needs a user who may mount)"',
    isAllowed: (file) => !isTest(file),
  },
  {
    text: /\$(?:queryRawUnsafe|executeRawUnsafe)\b/g,
    reason: "statements are written with the tag that quotes their values",
    isAllowed: (file) => file.path.startsWith("packages/database/"),
  },
  {
    text: /@ts-(?:ignore|nocheck)\b/g,
    reason: "an expected error is @ts-expect-error with its reason",
  },
];

/** Every folder whose name says nothing. */
export function findHomelessFolders(folders: readonly string[]): string[] {
  return folders.filter((folder) => homeless.has(folder.split("/").at(-1) ?? ""));
}

/** Every forbidden text in `files`. The rules themselves must name what they forbid. */
export function findForbiddenWords(files: readonly SourceFile[]): Violation[] {
  return files
    .filter(({ path }) => !path.startsWith("rules/"))
    .flatMap((file) =>
      forbidden
        .filter(({ isAllowed }) => !isAllowed?.(file))
        .flatMap(({ text, reason }) =>
          [...file.text.matchAll(text)].map((match) => ({
            path: file.path,
            line: lineAt(file.text, match.index),
            reason: `"${match[0].trim()}": ${reason}`,
          })),
        ),
    );
}
