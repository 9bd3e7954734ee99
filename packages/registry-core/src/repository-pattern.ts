import { shorten } from "./digest.ts";
import { RegistryError } from "./registry-error.ts";
import { libraryOrganization, type RepositoryName } from "./repository-name.ts";

/** A pattern of repository names: `**`, `acme/**`, `acme/api`, `acme/web-*`. */
export type RepositoryPattern = string & { readonly __brand: "RepositoryPattern" };

const maximumLength = 128;
const patternCharacters = /^[a-z0-9._\-*?/]+$/;

/**
 * Reads a pattern of at most 128 characters. `*` stands for any characters but a slash, `?` for one such character,
 * and `**` as a whole component for any number of components. A pattern of one component other than `**` is one of
 * the library, as a repository name of one component is.
 * @throws NAME_INVALID
 */
export function parseRepositoryPattern(text: string): RepositoryPattern {
  const isWellFormed =
    text.length <= maximumLength &&
    patternCharacters.test(text) &&
    text.split("/").every((component) => component !== "" && (component === "**" || !component.includes("**")));
  if (!isWellFormed) throw new RegistryError("NAME_INVALID", { pattern: shorten(text) });
  return text as RepositoryPattern;
}

/** Whether the pattern covers the repository. Takes time in proportion to the two lengths multiplied, at worst. */
export function matchesRepositoryPattern(pattern: RepositoryPattern, repository: RepositoryName): boolean {
  if (pattern === "**") return true;
  return matches(inLibrary(pattern).split("/"), inLibrary(repository).split("/"), isWildComponent, matchesGlob);
}

/** Whether text matches a glob in which `*` stands for any characters and `?` for one; it knows no other sign. */
export function matchesGlob(glob: string, text: string): boolean {
  return matches(glob, text, isWildCharacter, matchesCharacter);
}

const isWildComponent = (component: string) => component === "**";
const isWildCharacter = (character: string) => character === "*";
const matchesCharacter = (sign: string, character: string) => sign === "?" || sign === character;

function inLibrary(name: string): string {
  return name.includes("/") ? name : `${libraryOrganization}/${name}`;
}

/**
 * Goes back to the last wildcard only: whatever an earlier one would have to give up, the last one can take. So the
 * steps are at most the product of the lengths, and no pattern is slow.
 */
function matches(
  pattern: Sequence,
  subject: Sequence,
  isWild: (part: string) => boolean,
  fits: (part: string, element: string) => boolean,
): boolean {
  let place = 0;
  let wildPlace = -1;
  let wildEnd = 0;
  let at = 0;
  while (at < subject.length) {
    const part = pattern[place];
    if (part !== undefined && isWild(part)) {
      wildPlace = place;
      wildEnd = at;
      place += 1;
    } else if (part !== undefined && fits(part, subject[at] ?? "")) {
      place += 1;
      at += 1;
    } else if (wildPlace !== -1) {
      wildEnd += 1;
      place = wildPlace + 1;
      at = wildEnd;
    } else {
      return false;
    }
  }
  while (place < pattern.length && isWild(pattern[place] ?? "")) place += 1;
  return place === pattern.length;
}

interface Sequence {
  readonly length: number;
  readonly [index: number]: string;
}
