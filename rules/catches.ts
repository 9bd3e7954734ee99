import { isTest, lineAt, type SourceFile, type Violation } from "./source-file.ts";

/**
 * Every `catch` that neither hands on what it caught (thrown as a cause, rejected, reported) nor says in a comment why
 * the error's way ends here. The comment stands in the block, or on the line above it.
 */
export function findSilentCatches(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      findCatches(file.text)
        .filter((found) => !handsOn(found) && !hasReason(found))
        .map(({ line }) => ({
          path: file.path,
          line,
          reason: "catches an error, and neither hands it on nor says why it ends here",
        })),
    );
}

interface Catch {
  readonly line: number;
  readonly lineBefore: string;
  /** `(error) {…}` of a clause, `(error) => …` or `report` of a callback. */
  readonly handler: string;
}

function findCatches(text: string): Catch[] {
  const lines = text.split("\n");
  return [...text.matchAll(/\bcatch\b\s*(?=[({])/g)]
    .map((match) => {
      const line = lineAt(text, match.index);
      return { match, line, lineBefore: lines[line - 2] ?? "", isComment: isComment(lines[line - 1] ?? "") };
    })
    .filter(({ isComment: ignored }) => !ignored)
    .map(({ match, line, lineBefore }) => {
      const start = match.index + match[0].length;
      const isCallback = text[match.index - 1] === ".";
      const closing = findClosing(text, start);
      // A clause with a parameter has its block after it.
      const end = isCallback || text[start] === "{" ? closing : findClosing(text, text.indexOf("{", closing));
      const handler = text.slice(start, end + 1);
      return { line, lineBefore, handler: isCallback ? handler.slice(1, -1) : handler };
    });
}

function handsOn({ handler }: Catch): boolean {
  if (/^\s*[\w.#]+\s*$/.test(handler)) return true;
  const parameter = /^\s*(?:async\s*)?\(?\s*(\w+)/.exec(handler)?.[1];
  if (!parameter || /^\s*(?:async\s*)?\(\s*\)/.test(handler)) return false;
  return (handler.match(new RegExp(`\\b${parameter}\\b`, "g")) ?? []).length > 1;
}

function hasReason({ handler, lineBefore }: Catch): boolean {
  return /\/\/|\/\*/.test(handler) || isComment(lineBefore);
}

function isComment(line: string): boolean {
  return /^\s*(\/\/|\/\*|\*)/.test(line);
}

function findClosing(text: string, opening: number): number {
  let depth = 0;
  for (let index = opening; index < text.length; index++) {
    if ("{(".includes(text.charAt(index))) depth++;
    if ("})".includes(text.charAt(index)) && --depth === 0) return index;
  }
  return text.length;
}
