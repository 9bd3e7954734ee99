/** The preferences that a page must know before it is drawn. They live in cookies, so the server draws it right at once. */
export const preferenceCookies = { theme: "theme", density: "density", client: "client", rail: "rail" } as const;

/** What a person may choose for the colours. */
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** How tall rows are. */
export const densities = ["comfortable", "default", "compact"] as const;
export type Density = (typeof densities)[number];

/** The chosen look of the portal. */
export interface Preferences {
  readonly theme: Theme;
  readonly density: Density;
  /** The container client that snippets show first, `docker` unless another was picked. */
  readonly client: string;
  /** Whether the left rail shows icons only. */
  readonly isRailNarrow: boolean;
}

/** The theme a cookie names; the system's where it names none. */
export function parseTheme(text: string | undefined): Theme {
  return themes.find((theme) => theme === text) ?? "system";
}

/** The density a cookie names; the default one where it names none. */
export function parseDensity(text: string | undefined): Density {
  return densities.find((density) => density === text) ?? "default";
}

/** Reads all preferences from a cookie jar, and never fails: a strange value is the default. */
export function parsePreferences(read: (name: string) => string | undefined): Preferences {
  const client = read(preferenceCookies.client);
  return {
    theme: parseTheme(read(preferenceCookies.theme)),
    density: parseDensity(read(preferenceCookies.density)),
    client: client !== undefined && /^[a-z]{1,16}$/.test(client) ? client : "docker",
    isRailNarrow: read(preferenceCookies.rail) === "narrow",
  };
}
