/** A `LIKE` pattern for text that contains what was typed, in lower case; null when nothing was. */
export function searchPattern(search: string | undefined): string | null {
  const typed = search?.trim().slice(0, 100).replaceAll("\0", "").toWellFormed().toLowerCase() ?? "";
  return typed === "" ? null : `%${typed.replace(/[\\%_]/g, "\\$&")}%`;
}
