import { RegistryError } from "./registry-error.ts";

/** What a JSON text may contain at most. */
export interface JsonLimits {
  readonly depth: number;
  readonly nodes: number;
}

/** The limits of every manifest that is pushed. */
export const manifestJsonLimits: JsonLimits = { depth: 32, nodes: 50_000 };

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const escapePattern = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const [quote, backslash, space] = [0x22, 0x5c, 0x20];
const wordPattern = /true|false|null/y;
const spacePattern = /[ \t\n\r]*/y;

/**
 * Decodes UTF-8 and walks the JSON text once, without recursion, before `JSON.parse` sees it, because `JSON.parse`
 * accepts any depth, keeps the last of two equal keys and rounds large integers.
 * @throws MANIFEST_INVALID for bad UTF-8, a byte order mark, bad syntax, a duplicate key, an integer that a double
 * cannot hold, or more depth or values than the limits allow.
 */
export function scanJson(content: Uint8Array, limits: JsonLimits = manifestJsonLimits): string {
  const text = decode(content);
  // One entry per open container: the keys seen so far for an object, undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let nodes = 0;
  let position = 0;

  const skipSpace = () => {
    spacePattern.lastIndex = position;
    spacePattern.test(text);
    position = spacePattern.lastIndex;
  };
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = position;
    const found = pattern.exec(text);
    if (!found) throw invalid("not well-formed JSON", position);
    position = pattern.lastIndex;
    return found[0];
  };
  // By hand, since a pattern that repeats a choice would need stack for every character of a long text.
  const takeString = (): string => {
    const start = position;
    if (text.charCodeAt(position) !== quote) throw invalid("not well-formed JSON", position);
    for (position += 1; ; ) {
      const code = text.charCodeAt(position);
      if (code === quote) break;
      if (code === backslash) take(escapePattern);
      else if (code >= space) position += 1;
      else throw invalid("not well-formed JSON", position);
    }
    position += 1;
    return text.slice(start, position);
  };
  const takeKey = (keys: Set<string>) => {
    const raw = takeString();
    const key = raw.includes("\\") ? (JSON.parse(raw) as string) : raw.slice(1, -1);
    if (keys.has(key)) throw invalid("duplicate key", position);
    keys.add(key);
    skipSpace();
    if (text[position] !== ":") throw invalid("not well-formed JSON", position);
    position += 1;
  };

  skipSpace();
  let wantsValue = true;
  while (wantsValue) {
    skipSpace();
    nodes += 1;
    if (nodes > limits.nodes) throw invalid(`more than ${limits.nodes} values`, position);
    const first = text[position];
    if (first === "{" || first === "[") {
      if (open.length >= limits.depth) throw invalid(`deeper than ${limits.depth}`, position);
      position += 1;
      skipSpace();
      const isObject = first === "{";
      const keys = isObject ? new Set<string>() : undefined;
      open.push(keys);
      if (text[position] !== (isObject ? "}" : "]")) {
        if (keys) takeKey(keys);
        continue;
      }
    } else if (first === '"') {
      takeString();
    } else if (first === "t" || first === "f" || first === "n") {
      take(wordPattern);
    } else {
      checkNumber(take(numberPattern), position);
    }
    // A value has ended (or an empty container is about to close): close containers until one continues.
    wantsValue = false;
    while (open.length > 0) {
      skipSpace();
      const keys = open[open.length - 1];
      const next = text[position];
      if (next === ",") {
        position += 1;
        if (keys) {
          skipSpace();
          takeKey(keys);
        }
        wantsValue = true;
        break;
      }
      if (next !== (keys ? "}" : "]")) throw invalid("not well-formed JSON", position);
      position += 1;
      open.pop();
    }
  }
  skipSpace();
  if (position !== text.length) throw invalid("text after the JSON value", position);
  return text;
}

function decode(content: Uint8Array): string {
  if (content[0] === 0xef && content[1] === 0xbb && content[2] === 0xbf) throw invalid("byte order mark", 0);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (error) {
    throw new RegistryError("MANIFEST_INVALID", { reason: "not UTF-8" }, { cause: error });
  }
}

function checkNumber(text: string, position: number): void {
  const value = Number(text);
  const isIntegerText = !/[.eE]/.test(text);
  if (!Number.isFinite(value) || (isIntegerText && !Number.isSafeInteger(value))) {
    throw invalid("number out of range", position);
  }
}

function invalid(reason: string, offset: number): RegistryError {
  return new RegistryError("MANIFEST_INVALID", { reason, offset });
}
