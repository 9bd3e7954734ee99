import type { KnownRepository, Permission, RepositoryName } from "@layerport/registry-core";
import { permissions, permissionsOf, type Role } from "@layerport/registry-core";
import { coversPath, wholePattern } from "./decision.ts";
import type { GrantPrincipal } from "./grant.ts";
import type { AccessDifference } from "./preview.ts";

/** How many principals and repositories a difference names. */
export const namedAtMost = 20;

/** What somebody holds in an organization. */
export interface Held {
  readonly role: Role | undefined;
  readonly defaultRole: Role | undefined;
  readonly grants: readonly PatternGrant[];
}

/** A grant, as far as it decides. */
export interface PatternGrant {
  readonly id: string;
  readonly pattern: string;
  readonly permissions: readonly Permission[];
  readonly teamId: string | undefined;
}

/** One principal before and after a change. */
export interface Shift {
  readonly principal: GrantPrincipal;
  readonly before: Held;
  readonly after: Held;
}

interface Entitlement {
  readonly pattern: string;
  readonly permissions: readonly Permission[];
}

/** Who gains and who loses, by pattern. Principals for whom the same changes are one difference. */
export function compareShifts(
  shifts: readonly Shift[],
  { known, organization }: { readonly known: readonly KnownRepository[]; readonly organization: string },
): { readonly gains: readonly AccessDifference[]; readonly losses: readonly AccessDifference[] } {
  const coverage = new Coverage(known);
  const groups = Map.groupBy(shifts, ({ before, after }) =>
    JSON.stringify([entitlementsOf(before), entitlementsOf(after)]),
  );
  const find = (direction: "gains" | "losses"): readonly AccessDifference[] => {
    const found = new Map<string, { difference: Difference; principals: GrantPrincipal[] }>();
    for (const group of groups.values()) {
      const [one] = group;
      if (one === undefined) continue;
      const [from, to] = direction === "gains" ? [one.before, one.after] : [one.after, one.before];
      for (const difference of differencesOf(entitlementsOf(from), entitlementsOf(to), coverage)) {
        const key = JSON.stringify(difference);
        const same = found.get(key) ?? { difference, principals: [] };
        same.principals.push(...group.map(({ principal }) => principal));
        found.set(key, same);
      }
    }
    // By the first name, so that the same change reads the same each time.
    return [...found.values()]
      .map(({ difference, principals }) => toAnswer(difference, principals, organization))
      .sort((one, other) => byName(one.principals[0]?.name, other.principals[0]?.name));
  };
  return { gains: find("gains"), losses: find("losses") };
}

interface Difference {
  readonly pattern: string;
  readonly permissions: readonly Permission[];
  readonly repositories: readonly RepositoryName[];
  readonly repositoryCount: number;
}

function toAnswer(
  difference: Difference,
  principals: readonly GrantPrincipal[],
  organization: string,
): AccessDifference {
  const sorted = principals.toSorted((one, other) => byName(one.name, other.name));
  return {
    ...difference,
    pattern: wholePattern(organization, difference.pattern),
    principals: sorted.slice(0, namedAtMost),
    principalCount: principals.length,
  };
}

function byName(one = "", other = ""): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function entitlementsOf({ role, defaultRole, grants }: Held): readonly Entitlement[] {
  const everywhere = (held: Role | undefined): readonly Entitlement[] =>
    held === undefined ? [] : [{ pattern: "**", permissions: permissionsOf(held) }];
  return [
    ...everywhere(role),
    ...everywhere(defaultRole),
    ...grants.map(({ pattern, permissions: given }) => ({ pattern, permissions: given })),
  ];
}

/** What `to` gives beyond `from`, by pattern; what a wider pattern says already is not said again. */
function differencesOf(
  from: readonly Entitlement[],
  to: readonly Entitlement[],
  coverage: Coverage,
): readonly Difference[] {
  const patterns = [...new Set(to.map(({ pattern }) => pattern))].sort(byWidth);
  const differences: Difference[] = [];
  for (const pattern of patterns) {
    const before = heldIn(from, pattern);
    const wider = differences.filter((one) => covers(one.pattern, pattern)).flatMap((one) => one.permissions);
    const gained = permissions.filter(
      (permission) => heldIn(to, pattern).has(permission) && !before.has(permission) && !wider.includes(permission),
    );
    if (gained.length === 0) continue;
    const changed = coverage.of(pattern).filter((place) => {
      const had = coverage.heldAt(from, place);
      return gained.some((permission) => !had.has(permission));
    });
    differences.push({
      pattern,
      permissions: gained,
      repositories: changed.slice(0, namedAtMost).map((place) => coverage.nameAt(place)),
      repositoryCount: changed.length,
    });
  }
  return differences;
}

function heldIn(entitlements: readonly Entitlement[], pattern: string): ReadonlySet<Permission> {
  return new Set(entitlements.filter((one) => covers(one.pattern, pattern)).flatMap((one) => one.permissions));
}

/** Whether one pattern covers all that another does, as far as that can be told from the two texts. */
function covers(wide: string, narrow: string): boolean {
  if (wide === "**" || wide === narrow) return true;
  // A pattern without a wildcard is the name of one repository, or what no repository can be called.
  return !/[*?]/.test(narrow) && coversPath(wide, `any/${narrow}` as RepositoryName);
}

function byWidth(one: string, other: string): number {
  if (one === other) return 0;
  if (covers(one, other)) return -1;
  if (covers(other, one)) return 1;
  return one < other ? -1 : 1;
}

/** Which repositories each pattern covers, found once for each pattern. */
class Coverage {
  readonly #known: readonly KnownRepository[];
  readonly #places = new Map<string, ReadonlySet<number>>();

  constructor(known: readonly KnownRepository[]) {
    this.#known = known;
  }

  of(pattern: string): readonly number[] {
    return [...this.#placesOf(pattern)];
  }

  heldAt(entitlements: readonly Entitlement[], place: number): ReadonlySet<Permission> {
    return new Set(
      entitlements.filter(({ pattern }) => this.#placesOf(pattern).has(place)).flatMap((one) => one.permissions),
    );
  }

  nameAt(place: number): RepositoryName {
    const found = this.#known[place];
    if (found === undefined) throw new RangeError("there are not so many repositories");
    return found.names[0];
  }

  #placesOf(pattern: string): ReadonlySet<number> {
    const known = this.#places.get(pattern);
    if (known !== undefined) return known;
    const places = new Set(
      this.#known.flatMap(({ names }, place) => (names.some((name) => coversPath(pattern, name)) ? [place] : [])),
    );
    this.#places.set(pattern, places);
    return places;
  }
}
