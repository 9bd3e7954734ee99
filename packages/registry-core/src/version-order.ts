/**
 * A text that sorts tags by version when compared byte by byte, or `undefined` for a tag that is not a version.
 * Lenient: an optional `v`, two to four numbers or a calendar date, a pre-release below its release
 * (`1.2.0-rc.1` < `1.2.0`), and any other suffix as a variant just below its release (`1.2.0-alpine`). One number
 * counts as a version too, as in `17` or `v3`.
 */
export function versionSortKey(tag: string): string | undefined {
  const match = /^[vV]?(\d{1,18}(?:\.\d{1,18}){0,3})(?:[-_+.]?([A-Za-z].*|\d.*))?$/.exec(tag);
  const numbersText = match?.[1];
  if (!match || numbersText === undefined) return undefined;
  const separator = tag[tag.indexOf(numbersText) + numbersText.length];
  const suffix = match[2];
  // "3d" or "5f3f67331018": digits run straight into letters, so it is a word or an abbreviated digest.
  if (suffix !== undefined && separator !== undefined && /[A-Za-z]/.test(separator) && !isPreRelease(suffix)) {
    return undefined;
  }
  const numbers = numbersText.split(".");
  while (numbers.length < 4) numbers.push("0");
  const release = numbers.map(sortableNumber).join("");
  if (suffix === undefined) return `${release}~`;
  const stage = isPreRelease(suffix) ? "0" : "1";
  return `${release}${stage}${sortableWords(suffix)}`;
}

/** Whether a suffix such as `rc.1`, `beta2` or `dev` marks a version that comes before its release. */
export function isPreRelease(suffix: string): boolean {
  return /^(?:alpha|beta|rc|pre|preview|dev|snapshot|nightly|canary|next|a|b|m|milestone)(?:[-_.]?\d|[-_.]|$)/i.test(
    suffix,
  );
}

// A number's length before its digits makes 9 sort before 10.
function sortableNumber(digits: string): string {
  const significant = digits.replace(/^0+(?=\d)/, "");
  return `${String(significant.length).padStart(2, "0")}${significant}`;
}

function sortableWords(suffix: string): string {
  return suffix.toLowerCase().replace(/\d{1,18}/g, sortableNumber);
}
