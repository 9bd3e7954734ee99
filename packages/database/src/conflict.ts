/** What stood in the way of a change: a row that must be the only one, or one that is named and absent. */
export type Conflict = "duplicate" | "missing-reference";

const conflicts: Readonly<Record<string, Conflict>> = {
  "23505": "duplicate",
  P2002: "duplicate",
  "23503": "missing-reference",
  P2003: "missing-reference",
};

/** The conflict that an error from Postgres or Prisma tells of, or `undefined` for any other error. */
export function conflictOf(error: unknown): Conflict | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? conflicts[error.code] : undefined;
}
