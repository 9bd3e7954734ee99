import { type PageRequest, RegistryError, shorten } from "@layerport/registry-core";
import { queryValue } from "./request-target.ts";

/** The most entries that a client may ask for at once. */
export const maximumPageSize = 1000;

// No cursor of ours is longer: a name has at most 255 characters, a tag 128, a digest 135.
const maximumCursorLength = 255;

/** Which part of a list a client asks for. */
export interface ListQuery<Cursor = string> {
  /** How many entries at most; absent when the client leaves it to the registry. */
  readonly limit: number | undefined;
  readonly after: Cursor | undefined;
}

/** Reads `n` and `last`. @throws UNSUPPORTED (400) for an `n` that is not a whole number, or an overlong `last` */
export function parseListQuery<Cursor>(query: string, parseCursor: (text: string) => Cursor): ListQuery<Cursor> {
  const limit = queryValue(query, "n");
  const last = queryValue(query, "last");
  if (limit !== undefined && !/^\d{1,18}$/.test(limit)) throw unsupported("n is not a whole number", limit);
  if (last !== undefined && last.length > maximumCursorLength) throw unsupported("last is too long", last);
  return {
    limit: limit === undefined ? undefined : Math.min(Number(limit), maximumPageSize),
    after: last === undefined || last === "" ? undefined : parseCursor(last),
  };
}

/** The page to ask the registry for. */
export function pageRequest<Cursor>(list: ListQuery<Cursor>, defaultLimit: number): PageRequest<Cursor> {
  return { limit: list.limit ?? defaultLimit, after: list.after };
}

/** The `Link` header of a list that goes on after `last`, as a flat pair; none where it does not go on. */
export function linkHeader(path: string, parameters: Readonly<Record<string, string | undefined>>): readonly string[] {
  const query = Object.entries(parameters)
    .filter((pair): pair is [string, string] => pair[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  return ["Link", `<${path}?${query}>; rel="next"`];
}

function unsupported(message: string, text: string): RegistryError {
  return new RegistryError("UNSUPPORTED", { value: shorten(text) }, { status: 400, message });
}
