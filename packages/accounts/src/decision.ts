import {
  type KnownRepository,
  matchesRepositoryPattern,
  type Permission,
  permissionsOf,
  type RepositoryName,
  type RepositoryPattern,
  type Role,
  splitRepositoryName,
} from "@layerport/registry-core";

/** What a principal holds in one organization at this moment, whatever the credential. */
export interface Holdings {
  readonly isAdministrator: boolean;
  readonly isAuditor: boolean;
  /** The member's own role. */
  readonly role: Role | undefined;
  /** What every member of the organization has; absent for whoever is none. */
  readonly defaultRole: Role | undefined;
  readonly grants: readonly HeldGrant[];
}

/** A grant that reaches a principal. */
export interface HeldGrant {
  readonly id: string;
  /** A pattern of paths in the organization, without its name. */
  readonly pattern: string;
  readonly permissions: readonly Permission[];
  /** The team through which it is held, where that was asked for. */
  readonly team?: string | undefined;
}

/** What an access token may be used for, at most. */
export interface TokenLimits {
  readonly permissions: readonly string[];
  readonly patterns: readonly RepositoryPattern[];
}

/** One way by which a principal has a permission in a repository. */
export type Way =
  | { readonly kind: "administrator" }
  | { readonly kind: "auditor" }
  | { readonly kind: "role"; readonly role: Role }
  | { readonly kind: "default-role"; readonly role: Role }
  | { readonly kind: "grant"; readonly grant: HeldGrant; readonly name: RepositoryName };

/** The repository that is asked about: one that exists, or a name that a push could make. */
export interface Asked {
  readonly name: RepositoryName;
  readonly known: KnownRepository | undefined;
}

/**
 * Every way by which somebody who holds this has the permission, apart from what is public; the one decision about
 * rights, whether it is asked for an answer or for the reasons. Roles and grants hold in repositories that do not exist
 * yet, so those who have them learn that a repository is missing and nobody else does. What the organization itself
 * gives comes before what the instance gives, since the latter is told to the organization.
 */
export function* waysTo(permission: Permission, holdings: Holdings, asked: Asked): Generator<Way> {
  const { role, defaultRole, grants, isAdministrator, isAuditor } = holdings;
  if (role !== undefined && permissionsOf(role).includes(permission)) yield { kind: "role", role };
  if (defaultRole !== undefined && permissionsOf(defaultRole).includes(permission)) {
    yield { kind: "default-role", role: defaultRole };
  }
  for (const grant of grants) {
    if (!grant.permissions.includes(permission)) continue;
    const name = namesOf(asked).find((one) => coversPath(grant.pattern, one));
    if (name !== undefined) yield { kind: "grant", grant, name };
  }
  if (isAdministrator) yield { kind: "administrator" };
  if (isAuditor && permission === "pull") yield { kind: "auditor" };
}

/** Whether an access token may be used for this, whatever its owner may do. */
export function isInLimits(limits: TokenLimits, permission: Permission, asked: Asked): boolean {
  return limits.permissions.includes(permission) && isInPatterns(limits.patterns, asked);
}

/** Whether one of the patterns of whole names covers the repository, by a name that it has or had. */
export function isInPatterns(patterns: readonly RepositoryPattern[], asked: Asked): boolean {
  return namesOf(asked).some((name) => patterns.some((pattern) => matchesRepositoryPattern(pattern, name)));
}

/** Whether a pattern of paths covers the repository by this name, in whatever organization it is. */
export function coversPath(pathPattern: string, name: RepositoryName): boolean {
  return (
    pathPattern === "**" ||
    matchesRepositoryPattern(wholePattern(splitRepositoryName(name).organization, pathPattern), name)
  );
}

/** The pattern of whole names that a pattern of paths is in an organization. */
export function wholePattern(organization: string, pathPattern: string): RepositoryPattern {
  // The part behind the slash was read by `parseRepositoryPattern` when it was stored, and a name is a pattern.
  return `${organization}/${pathPattern}` as RepositoryPattern;
}

function namesOf({ name, known }: Asked): readonly RepositoryName[] {
  return known?.names ?? [name];
}
