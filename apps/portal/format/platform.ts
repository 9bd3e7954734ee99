/** What an image runs on, in the words of the image specification. */
export interface PlatformParts {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
  readonly osVersion?: string | undefined;
}

const first = ["amd64", "arm64"];

/** A platform as people name it: `amd64`, `arm/v7`, and the system only where it is not linux: `windows/amd64`. */
export function formatPlatform({ os, architecture, variant }: PlatformParts): string {
  // Every 64-bit Arm image is v8 unless it says otherwise, so the variant tells nothing.
  const tellsNothing = variant === undefined || variant === "" || (architecture === "arm64" && variant === "v8");
  const machine = tellsNothing ? architecture : `${architecture}/${variant}`;
  return os === "linux" ? machine : `${os}/${machine}`;
}

/** amd64, then arm64, then the others by name; linux before other systems. */
export function comparePlatforms(a: PlatformParts, b: PlatformParts): number {
  return rank(a) - rank(b) || formatPlatform(a).localeCompare(formatPlatform(b), "en", { numeric: true });
}

function rank({ os, architecture }: PlatformParts): number {
  const place = first.indexOf(architecture);
  return (os === "linux" ? 0 : 10) + (place === -1 ? first.length : place);
}

/** The first few platforms in order, each name once, and how many more there are. */
export function shownPlatforms(platforms: readonly PlatformParts[], most = 3): { shown: string[]; more: string[] } {
  const names = [...new Set([...platforms].sort(comparePlatforms).map(formatPlatform))];
  return { shown: names.slice(0, most), more: names.slice(most) };
}
