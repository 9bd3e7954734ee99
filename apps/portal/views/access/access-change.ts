import type { AccessChange } from "@layerport/accounts";
import { permissions, roles } from "@layerport/registry-core";
import { z } from "zod";
import { organizationPath } from "../../server/organization-path.ts";

/** A change of rights as the query of the page that previews it. */
export type ChangeQuery = Readonly<Record<string, string>>;

const text = z.string().min(1).max(256);
const memberRole = z.enum(["default", ...roles]).transform((role) => (role === "default" ? undefined : role));
const defaultRole = z.enum(["none", ...roles]).transform((role) => (role === "none" ? undefined : role));
const chosen = z
  .string()
  .max(100)
  .transform((joined) => joined.split(",").filter((permission) => permission !== ""))
  .pipe(z.array(z.enum(permissions)));

const changeQuery = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("default-role"), role: defaultRole }),
  z.object({ kind: z.literal("member-role"), user: text, role: memberRole }),
  z.object({ kind: z.literal("member-removed"), user: text }),
  z.object({ kind: z.literal("team-member-added"), team: text, user: text }),
  z.object({ kind: z.literal("team-member-removed"), team: text, user: text }),
  z.object({ kind: z.literal("team-deleted"), team: text }),
  z.object({
    kind: z.literal("grant-created"),
    for: z.enum(["user", "team", "robot"]),
    name: text,
    pattern: text,
    permissions: chosen,
  }),
  z.object({ kind: z.literal("grant-changed"), id: z.uuid(), permissions: chosen }),
  z.object({ kind: z.literal("grant-removed"), id: z.uuid() }),
]);

/** The kinds of change that have a page. */
export type ChangeKind = z.infer<typeof changeQuery>["kind"];

const kinds: readonly ChangeKind[] = changeQuery.options.map(({ shape }) => shape.kind.value);

/** A query with the boxes that a form had ticked as one list; `ticks` tells that it comes from such a form. */
export function joinTicks({ ticks, ...query }: ChangeQuery): ChangeQuery {
  if (ticks === undefined) return query;
  const kept = Object.entries(query).filter(([name]) => !permissions.some((permission) => permission === name));
  return {
    ...Object.fromEntries(kept),
    permissions: permissions.filter((permission) => query[permission] === "on").join(","),
  };
}

/** Which kind of change a query is about, complete or not. */
export function findChangeKind(query: ChangeQuery): ChangeKind | undefined {
  return kinds.find((kind) => kind === query.kind);
}

/** The change that a query names; `undefined` while something of it is missing or cannot be. */
export function findChange(query: unknown): AccessChange | undefined {
  const parsed = changeQuery.safeParse(query);
  if (!parsed.success) return undefined;
  const change = parsed.data;
  if (change.kind !== "grant-created") return change;
  return {
    kind: "grant-created",
    grant: {
      principal: { kind: change.for, name: change.name },
      pattern: change.pattern,
      permissions: change.permissions,
    },
  };
}

/** The query that `findChange` reads as this change. */
export function formatChange(change: AccessChange): ChangeQuery {
  switch (change.kind) {
    case "default-role":
      return { kind: change.kind, role: change.role ?? "none" };
    case "member-role":
      return { kind: change.kind, user: change.user, role: change.role ?? "default" };
    case "grant-created": {
      const { principal, pattern, permissions: given } = change.grant;
      return { kind: change.kind, for: principal.kind, name: principal.name, pattern, permissions: given.join(",") };
    }
    case "grant-changed":
      return { kind: change.kind, id: change.id, permissions: change.permissions.join(",") };
    default:
      return { ...change };
  }
}

/** The page that shows who gains and who loses, and saves. `back` is where it leads afterwards. */
export function changePath(organization: string, query: ChangeQuery, back: string): string {
  return `${organizationPath(organization, "access", "change")}?${new URLSearchParams({ ...query, back })}`;
}
