import { RegistryError, shorten } from "@layerport/registry-core";

/** What a request asks for, as the client wrote it, split but not decoded. */
export interface RequestTarget {
  /** Begins with `/`, and holds no form by which two readers could see two paths. */
  readonly path: string;
  /** What follows the first `?`; the empty text for none. */
  readonly query: string;
}

// Forms that some readers decode, collapse or turn into a slash, and others do not: dot segments, encoded dots,
// slashes and NUL, backslashes, empty segments. `%25` comes first in none of them, since a path is decoded once only.
const ambiguousPath = /\\|\/\/|%(?:2[ef]|5c|00)|\/\.{1,2}(?:\/|$)/i;

/**
 * Splits a raw request target without normalising it, so that whoever authorizes and whoever serves see one path.
 * @throws NAME_INVALID for a path that two readers could read differently.
 */
export function parseRequestTarget(raw: string): RequestTarget {
  const mark = raw.indexOf("?");
  const path = mark === -1 ? raw : raw.slice(0, mark);
  if (ambiguousPath.test(path) || hasControl(path)) {
    throw new RegistryError("NAME_INVALID", { path: shorten(path) }, { message: "the path is not in its plain form" });
  }
  return { path, query: mark === -1 ? "" : raw.slice(mark + 1) };
}

/** A part of a path or query with its escapes resolved, once. @throws NAME_INVALID for an escape that is not UTF-8 */
export function decodeOnce(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new RegistryError("NAME_INVALID", { text: shorten(text) }, { message: "malformed escape", cause });
  }
}

/** The values of one parameter of a query, decoded. `+` stands for itself: media types contain it. */
export function queryValues(query: string, name: string): string[] {
  const values: string[] = [];
  if (query === "") return values;
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const key = equals === -1 ? pair : pair.slice(0, equals);
    if (key === name) values.push(equals === -1 ? "" : decodeOnce(pair.slice(equals + 1)));
  }
  return values;
}

/** The first value of a parameter of a query. */
export function queryValue(query: string, name: string): string | undefined {
  return query === "" ? undefined : queryValues(query, name)[0];
}

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f) return true;
  }
  return false;
}
