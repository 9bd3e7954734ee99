import { shorten } from "./digest.ts";
import { RegistryError } from "./registry-error.ts";

/** A repository's whole name, `acme/team/api`. A name of one component stands for `library/<name>`. */
export type RepositoryName = string & { readonly __brand: "RepositoryName" };

/** The owner of repositories: the first component of their names. */
export type OrganizationName = string & { readonly __brand: "OrganizationName" };

/** The organization of repositories whose name has one component, as on Docker Hub. */
export const libraryOrganization = "library" as OrganizationName;

// OCI Distribution, "Pulling manifests": the grammar of <name>.
const component = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const namePattern = new RegExp(`^${component}(?:/${component})*$`);
const organizationPattern = new RegExp(`^${component}$`);
const maximumLength = 255;

/**
 * Reads a repository name as the distribution specification writes it, of at most 255 characters.
 * `alpine` and `library/alpine` are one repository; the answer is the short form.
 * @throws NAME_INVALID
 */
export function parseRepositoryName(text: string): RepositoryName {
  if (text.length > maximumLength || !namePattern.test(text)) {
    throw new RegistryError("NAME_INVALID", { name: shorten(text) });
  }
  const isLongLibraryName = text.startsWith("library/") && text.indexOf("/", 8) === -1;
  return (isLongLibraryName ? text.slice(8) : text) as RepositoryName;
}

/** @throws NAME_INVALID for anything but one component of the grammar of names, of 2 to 64 characters. */
export function parseOrganizationName(text: string): OrganizationName {
  if (text.length < 2 || text.length > 64 || !organizationPattern.test(text)) {
    throw new RegistryError("NAME_INVALID", { name: shorten(text) });
  }
  return text as OrganizationName;
}

/** The organization that owns a repository, and the path of the repository inside it. */
export function splitRepositoryName(name: RepositoryName): {
  readonly organization: OrganizationName;
  readonly path: string;
} {
  const slash = name.indexOf("/");
  return slash === -1
    ? { organization: libraryOrganization, path: name }
    : { organization: name.slice(0, slash) as OrganizationName, path: name.slice(slash + 1) };
}

/** The name of the repository at a path of an organization; the inverse of `splitRepositoryName`. */
export function joinRepositoryName(organization: string, path: string): RepositoryName {
  return parseRepositoryName(`${organization}/${path}`);
}
