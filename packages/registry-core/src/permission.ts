import type { RepositoryName } from "./repository-name.ts";
import type { RepositoryPattern } from "./repository-pattern.ts";

/**
 * What a principal may do in a repository. `push` adds content and new tags, and includes creating the repository
 * where that is allowed; `overwrite` moves tags that exist; `administer` changes the repository's settings.
 */
export type Permission = "pull" | "push" | "overwrite" | "delete" | "administer";

/** Every permission, weakest first. */
export const permissions: readonly Permission[] = ["pull", "push", "overwrite", "delete", "administer"];

/** What a member may do in an organization; each role includes the ones before it. */
export type Role = "reader" | "writer" | "maintainer" | "owner";

/** Every role, weakest first. */
export const roles: readonly Role[] = ["reader", "writer", "maintainer", "owner"];

const permissionsOfRole: Readonly<Record<Role, readonly Permission[]>> = {
  reader: ["pull"],
  writer: ["pull", "push", "overwrite"],
  maintainer: ["pull", "push", "overwrite", "delete", "administer"],
  owner: permissions,
};

/** The permissions that a role gives in every repository of its organization. */
export function permissionsOf(role: Role): readonly Permission[] {
  return permissionsOfRole[role];
}

/** The permissions with all that they imply, weakest first: each implies pull, and overwrite implies push. */
export function withImplied(given: readonly Permission[]): readonly Permission[] {
  if (given.length === 0) return [];
  const held = new Set<Permission>(["pull", ...given]);
  if (held.has("overwrite")) held.add("push");
  return permissions.filter((permission) => held.has(permission));
}

/** Whether anybody, or only those with a grant, may pull from a repository. */
export type Visibility = "public" | "private";

/**
 * Says whether the caller for whom it was made may do this in this repository, whether or not the repository exists.
 * It never throws a refusal: the wrapper that asks knows what else the request needs.
 */
export type May = (repository: RepositoryName, permission: Permission) => Promise<boolean>;

/** What is known of a repository that exists, when somebody's rights in it are asked for. */
export interface KnownRepository {
  readonly visibility: Visibility;
  /** Its present name first, then its former ones: a right that one of them gives, the repository gives. */
  readonly names: readonly [RepositoryName, ...RepositoryName[]];
}

/** Which repositories a list may show to a viewer; a list never shows others, not even in its counts. */
export interface ReadScope {
  /** Administrators and auditors see everything. */
  readonly everything: boolean;
  /** Whether public repositories are shown to this viewer. */
  readonly publicRepositories: boolean;
  /** Ids of the organizations all of whose repositories the viewer may pull from. */
  readonly organizationIds: readonly string[];
  /** What is shown besides: the repositories for which one of these rules holds whole. */
  readonly rules: readonly ReadRule[];
}

/** A part of the repositories. What is absent in a rule narrows nothing; patterns hold for former names too. */
export interface ReadRule {
  readonly organizationId?: string | undefined;
  /** Patterns of paths inside the organization, without its name, one of which must fit. */
  readonly pathPatterns?: readonly string[] | undefined;
  /** Patterns of whole names, one of which must fit. */
  readonly namePatterns?: readonly RepositoryPattern[] | undefined;
  readonly isPublic?: true | undefined;
}
