import {
  parseReference,
  parseRepositoryName,
  type Reference,
  RegistryError,
  type RepositoryName,
} from "@layerport/registry-core";
import { notFound } from "next/navigation";

/** A page's query string, as Next hands it over. */
export type SearchParameters = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** One value of a query string, the first when it is repeated. */
export function firstValue(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}

/** The repository in a route's parameter, the parts of its name; the page 404 for what cannot be a name. */
export function readRepositoryName(parts: readonly string[]): RepositoryName {
  return parseOrNotFound(() => parseRepositoryName(parts.join("/")));
}

/** The tag or digest in a route's parameter; the page 404 for what can be neither. */
export function readReference(parameter: string): Reference {
  return parseOrNotFound(() => parseReference(decodeURIComponent(parameter)));
}

function parseOrNotFound<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (RegistryError.is(error) || error instanceof URIError) notFound();
    throw new Error("a part of the address could not be read", { cause: error });
  }
}

/** A query string as single values; those of a repeated name are joined by commas. */
export async function readQuery(parameters: SearchParameters): Promise<Readonly<Record<string, string>>> {
  const entries = Object.entries(await parameters).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
