import type { RepositoryName } from "./repository-name.ts";

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

/** Whether anybody, or only those with a grant, may pull from a repository. */
export type Visibility = "public" | "private";

/**
 * Says whether the caller for whom it was made may do this in this repository, whether or not the repository exists.
 * It never throws a refusal: the wrapper that asks knows what else the request needs.
 */
export type May = (repository: RepositoryName, permission: Permission) => Promise<boolean>;

/** Which repositories a list may show to a viewer; a list never shows others, not even in its counts. */
export interface ReadScope {
  /** Administrators and auditors see everything. */
  readonly everything: boolean;
  /** Whether public repositories are shown to this viewer. */
  readonly publicRepositories: boolean;
  /** Ids of the organizations all of whose repositories the viewer may pull from. */
  readonly organizationIds: readonly string[];
}
