import type { AccessGrant } from "@layerport/accounts";
import {
  joinRepositoryName,
  matchesRepositoryPattern,
  type Permission,
  permissions,
  permissionsOf,
  type RepositoryName,
  type RepositoryPattern,
  type Role,
  splitRepositoryName,
} from "@layerport/registry-core";

/** One way by which a row of the matrix has a permission. */
export type ReachWay =
  | { readonly kind: "grant"; readonly grant: AccessGrant }
  | { readonly kind: "default-role"; readonly role: Role };

/** What a team or a robot may do in one repository, and by which ways. */
export interface Reach {
  readonly repository: RepositoryName;
  readonly ways: Readonly<Record<Permission, readonly ReachWay[]>>;
  /** The grant for this very repository, which can be changed without touching others. */
  readonly own: AccessGrant | undefined;
}

/**
 * What grants and the default role give in a repository, which also answers to its former names. It draws what is;
 * whether somebody may do something is decided elsewhere.
 */
export function reachOf(
  repository: { readonly name: RepositoryName; readonly names: readonly RepositoryName[] },
  given: {
    readonly organization: string;
    readonly grants: readonly AccessGrant[];
    readonly defaultRole: Role | undefined;
  },
): Reach {
  const { organization, grants, defaultRole } = given;
  // Patterns stand under the organization's present name, former names perhaps under a former one.
  const names = repository.names.map((name) => joinRepositoryName(organization, splitRepositoryName(name).path));
  const covering = grants.filter(({ pattern }) =>
    names.some((name) => matchesRepositoryPattern(patternOf(pattern), name)),
  );
  const waysFor = (permission: Permission): readonly ReachWay[] => [
    ...covering
      .filter((grant) => grant.permissions.includes(permission))
      .map((grant) => ({ kind: "grant", grant }) as const),
    ...(defaultRole !== undefined && permissionsOf(defaultRole).includes(permission)
      ? [{ kind: "default-role", role: defaultRole } as const]
      : []),
  ];
  return {
    repository: repository.name,
    ways: {
      pull: waysFor("pull"),
      push: waysFor("push"),
      overwrite: waysFor("overwrite"),
      delete: waysFor("delete"),
      administer: waysFor("administer"),
    },
    own: grants.find(({ pattern }) => pattern === repository.name),
  };
}

/** What a grant gives after one permission was taken away, with all that need it. */
export function withoutPermission(given: readonly Permission[], taken: Permission): readonly Permission[] {
  if (taken === "pull") return [];
  const gone: readonly Permission[] = taken === "push" ? ["push", "overwrite"] : [taken];
  return permissions.filter((permission) => given.includes(permission) && !gone.includes(permission));
}

/** A grant's pattern was parsed when it was made. */
function patternOf(pattern: string): RepositoryPattern {
  return pattern as RepositoryPattern;
}
