import { cookies } from "next/headers";
import { cache } from "react";
import { type Preferences, parsePreferences } from "./preferences.ts";

/** The preferences of whoever asks for this page. Reading them makes the page one that is rendered for each request. */
export const readPreferences = cache(async (): Promise<Preferences> => {
  const jar = await cookies();
  return parsePreferences((name) => jar.get(name)?.value);
});
