/** One column by which a list is sorted. Its expression is never null. */
export interface SortColumn {
  readonly sql: string;
  readonly direction: "asc" | "desc";
  readonly type: "text" | "timestamptz" | "bigint" | "boolean";
}

/** `ORDER BY` terms for the columns, which together name each row once. */
export function orderBy(columns: readonly SortColumn[]): string {
  return columns.map(({ sql, direction }) => `${sql} ${direction}`).join(", ");
}

/** The columns as one JSON array of texts, to be selected as the row's cursor. */
export function cursorColumn(columns: readonly SortColumn[]): string {
  const texts = columns.map(({ sql, type }) =>
    type === "timestamptz" ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')` : `(${sql})::text`,
  );
  return `jsonb_build_array(${texts.join(", ")})::text`;
}

/**
 * A condition for the rows behind the one whose cursor is in the text parameter `$<parameter>`, and true when that
 * is null.
 */
export function rowsAfter(columns: readonly SortColumn[], parameter: number): string {
  const cursor = (place: number) => `($${parameter}::jsonb ->> ${place})::${columns[place]?.type}`;
  const cases = columns.map(({ sql, direction }, place) => {
    const equal = columns.slice(0, place).map((column, before) => `${column.sql} = ${cursor(before)}`);
    return `(${[...equal, `${sql} ${direction === "asc" ? ">" : "<"} ${cursor(place)}`].join(" AND ")})`;
  });
  return `($${parameter}::jsonb IS NULL OR ${cases.join(" OR ")})`;
}

/** The cursor as it stands in an address. */
export function formatCursor(cursor: string): string {
  return Buffer.from(cursor).toString("base64url");
}

/**
 * The text for `rowsAfter`, or null for no cursor and for one that these columns did not make: a list that was
 * linked to under another order then begins at its beginning.
 */
export function parseCursor(text: string | undefined, columns: readonly SortColumn[]): string | null {
  if (text === undefined || text.length > 4096) return null;
  const values = parseTexts(Buffer.from(text, "base64url").toString());
  if (values?.length !== columns.length) return null;
  return columns.every(({ type }, place) => patterns[type].test(values[place] ?? "")) ? JSON.stringify(values) : null;
}

const patterns: Readonly<Record<SortColumn["type"], RegExp>> = {
  text: /^[^\0]*$/,
  timestamptz: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
  bigint: /^-?\d{1,18}$/,
  boolean: /^(?:true|false)$/,
};

function parseTexts(text: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((entry) => typeof entry === "string") ? value : undefined;
  } catch {
    // A page's mark comes from a client and may be anything.
    return undefined;
  }
}
