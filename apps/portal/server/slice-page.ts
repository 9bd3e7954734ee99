import type { Page } from "@layerport/registry-core";

/** The part of a list that a page shows, of one that is read whole: the entries behind the one whose key is `after`. */
export function slicePage<Entry>(
  entries: readonly Entry[],
  request: { readonly limit: number; readonly after: string | undefined; readonly keyOf: (entry: Entry) => string },
): Page<Entry> {
  const { limit, after, keyOf } = request;
  // Where the entry is gone by now, the list begins anew.
  const start = after === undefined ? 0 : entries.findIndex((entry) => keyOf(entry) === after) + 1;
  const shown = entries.slice(start, start + limit);
  const last = shown.at(-1);
  return { entries: shown, next: start + limit < entries.length && last !== undefined ? keyOf(last) : undefined };
}
