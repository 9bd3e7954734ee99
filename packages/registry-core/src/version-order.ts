/** What comes first where a key's numbers are equal: each sorts below the next, and all below another number. */
const marks = { preRelease: "!", variant: "#", release: "%", revision: "+" } as const;

const preReleaseWords = new Set(
  "alpha beta rc cr pre preview prerelease dev snapshot nightly canary next milestone ea".split(" "),
);
const releaseWords = new Set(["final", "ga", "release"]);
const revisionWords = new Set(["post", "patch", "hotfix", "rev", "r", "p"]);

/**
 * A text that sorts tags by version when compared byte by byte, or `undefined` for a tag that is not a version.
 * Lenient: an optional `v` and any number of numbers (`17`, `v1.2`, `10.0.20348.2`), where missing ones count as 0, or a
 * date (`2024-01-15`). A pre-release sorts below its release (`1.2.0-rc.1`, `3.13.0a1`), any other suffix is a variant
 * just below what it is a variant of (`1.2.0-alpine`, `1.2.0-rc.1-alpine`), and a revision sorts above (`1.2.0-r1`,
 * `1.0.2u`, `1.2.0-5-g1a2b3c4`).
 */
export function versionSortKey(tag: string): string | undefined {
  return readVersion(tag)?.key;
}

/** Whether a tag is a version that comes before its release, such as `1.2.0-rc.1` or `3.13-dev`. */
export function isPreRelease(tag: string): boolean {
  return readVersion(tag)?.stage === "preRelease";
}

interface Version {
  readonly stage: keyof typeof marks;
  readonly key: string;
}

function readVersion(tag: string): Version | undefined {
  const text = withDots(tag.toLowerCase().replace(/^v(?=\d)/, ""));
  const numbersText = /^\d{1,99}(?:\.\d{1,99})*/.exec(text)?.[0];
  if (numbersText === undefined) return undefined;
  const rest = text.slice(numbersText.length);
  const suffix = rest.replace(/^[-_+.]/, "");
  if (rest !== "" && !/^[a-z0-9]/.test(suffix)) return undefined;
  const words = suffix.match(/\d{1,99}|[a-z]+/g) ?? [];
  const hasOneNumber = !numbersText.includes(".");
  if (suffix !== "" && suffix === rest && !mayFollowDigits(words, hasOneNumber)) return undefined;

  const numbers = numbersText.replace(/(?:\.0+)*$/, "").split(".");
  const release = numbers.map(sortableNumber).join("");
  const { stage, length } = readStage(words, suffix, suffix === rest);
  const own = words.slice(0, length).map(sortableWord).join("");
  const variant = words.slice(length).map(sortableWord).join("");
  const end = variant === "" ? marks.release : `${marks.variant}${variant}`;
  if (stage === "release" || stage === "variant") return { stage, key: `${release}${end}` };
  return { stage, key: `${release}${marks[stage]}${own}${end}` };
}

/** Dates with hyphens, and Java's updates (`8u392`), as the numbers that they are. */
function withDots(text: string): string {
  return text
    .replace(/^((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)/, "$1.$2.$3")
    .replace(/^((?:19|20)\d\d)-(0[1-9]|1[0-2])(?![\d.])/, "$1.$2")
    .replace(/^(\d{1,3})u(\d)/, "$1.$2");
}

/** "3d" and "5f3f67331018" are a word and an abbreviated digest; "16beta1", "3.13.0a1" and "1.0.2u" are versions. */
function mayFollowDigits(words: readonly string[], hasOneNumber: boolean): boolean {
  const word = words[0]!;
  if (/\d/.test(word)) return false;
  return !hasOneNumber || (preReleaseWords.has(word) && /[^a-f]/.test(word));
}

/** What a suffix says of a version, and how many of its words say so; the others name a variant. */
function readStage(
  words: readonly string[],
  suffix: string,
  followsDigits: boolean,
): { readonly stage: keyof typeof marks; readonly length: number } {
  const [first, second] = words;
  if (first === undefined) return { stage: "release", length: 0 };
  const isNumbered = second !== undefined && isNumber(second);
  if (preReleaseWords.has(first) || (/^[abm]$/.test(first) && isNumbered)) {
    const end = words.findIndex((word, at) => at > 0 && !isNumber(word) && !preReleaseWords.has(word));
    return { stage: "preRelease", length: end === -1 ? words.length : end };
  }
  if (releaseWords.has(first)) return { stage: "release", length: 1 };
  // git's own description of a commit: so many commits after the tag.
  if (/^\d+-g[0-9a-f]{4,40}(?![0-9a-z])/.test(suffix)) return { stage: "revision", length: 1 };
  if (followsDigits || (revisionWords.has(first) && isNumbered)) {
    return { stage: "revision", length: isNumbered ? 2 : 1 };
  }
  return { stage: "variant", length: 0 };
}

function isNumber(word: string): boolean {
  return /^\d/.test(word);
}

function sortableWord(word: string): string {
  // The mark ends a word, so that "a" sorts before "ab" and "rc.1", "rc-1" and "rc1" are one.
  return isNumber(word) ? sortableNumber(word) : `${word}!`;
}

/** A number's length before its digits makes 9 sort before 10. */
function sortableNumber(digits: string): string {
  const significant = digits.replace(/^0+(?=\d)/, "");
  return `${String(significant.length).padStart(2, "0")}${significant}`;
}
