/** One way to sign in that a 401 offers (RFC 9110 §11.6.1). */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  /** By their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const maximumLength = 8192;
const separator = /[\s,]*/y;
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const value = /[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/y;

/** The challenges of a `WWW-Authenticate` header; what cannot be read ends the list. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  if (header.length > maximumLength) return challenges;
  let position = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = position;
    const found = pattern.exec(header);
    if (found !== null) position = pattern.lastIndex;
    return found;
  };
  for (;;) {
    take(separator);
    const word = take(token)?.[0].toLowerCase();
    if (word === undefined) return challenges;
    // A word with a value belongs to the challenge before it; one without begins the next.
    const found = take(value);
    if (found === null) challenges.push({ scheme: word, parameters: new Map() });
    else challenges.at(-1)?.parameters.set(word, found[1]?.replaceAll(/\\(.)/g, "$1") ?? found[2] ?? "");
  }
}
