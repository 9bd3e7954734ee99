import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

export interface TableProps {
  /** What its rows are: "Tags of acme/api". */
  readonly label: string;
  /** The column headings: `HeadCell`s. */
  readonly head: ReactNode;
  /** `Row`s. */
  readonly children: ReactNode;
  /** All rows there are, where the page shows only some. */
  readonly rowCount?: number;
  /** On phones each row becomes two lines, by the `line` of its cells. Without it the table scrolls sideways. */
  readonly isStacked?: boolean;
  /** The headings stay while the page scrolls. On a page with a sticky header of its own, set `--table-top` by a class. */
  readonly isSticky?: boolean;
  readonly className?: string;
}

/**
 * Rows of the same kind in the chosen density. The roles are written out, because the two-line form lays rows out as
 * grids, which would take the table's meaning from screen readers.
 */
export function Table({ label, head, children, rowCount, isStacked = false, isSticky = false, className }: TableProps) {
  const table = (
    // biome-ignore-start lint/a11y/noRedundantRoles: a display other than `table` drops the implied roles.
    <table
      role="table"
      aria-label={label}
      aria-rowcount={rowCount}
      className={clsx(
        "rows w-full border-separate border-spacing-0",
        isStacked && "rows-stacked",
        isSticky && "rows-sticky",
        className,
      )}
    >
      <thead role="rowgroup">
        <tr role="row">{head}</tr>
      </thead>
      <tbody role="rowgroup">{children}</tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: a display other than `table` drops the implied roles.
  );
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard.
      tabIndex={0}
      className={clsx("min-w-0", isSticky ? "max-lg:overflow-x-auto" : "overflow-x-auto")}
    >
      {table}
    </section>
  );
}

/** A column heading; with `sort` a link that sorts by it, loaded anew as those of `Tabs`, and says how it is sorted now. */
export function HeadCell(props: {
  children: ReactNode;
  isNumeric?: boolean;
  /** `direction` is the present one, if the column sorts at all now. */
  sort?: { href: string; direction?: "ascending" | "descending" };
  className?: string;
}) {
  const { sort } = props;
  const Arrow = sort?.direction === "ascending" ? ArrowUp : ArrowDown;
  return (
    <th
      scope="col"
      // biome-ignore lint/a11y/noRedundantRoles: see Table.
      role="columnheader"
      aria-sort={sort ? (sort.direction ?? "none") : undefined}
      data-numeric={props.isNumeric || undefined}
      className={props.className}
    >
      {sort ? (
        <a href={sort.href} className="inline-flex items-center gap-1 hover:text-fg">
          {props.children}
          {sort.direction === undefined ? null : <Arrow size={12} aria-hidden />}
        </a>
      ) : (
        props.children
      )}
    </th>
  );
}

/** One row. `isSelected` tints it and says so. */
export function Row({ isSelected, className, ...rest }: ComponentProps<"tr"> & { isSelected?: boolean }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: see Table.
    <tr {...rest} role="row" aria-selected={isSelected} className={clsx("group/row", className)} />
  );
}

/** A place in the two lines that a row has on a phone. */
export type CellLine = "first" | "first-end" | "second" | "second-end" | "hidden";

export interface CellProps extends ComponentProps<"td"> {
  readonly isNumeric?: boolean;
  /** Makes it the heading of its row: the cell that names it. */
  readonly isRowHeading?: boolean;
  /** Where it goes on a phone: at the start or the end of one of a row's two lines, or nowhere. */
  readonly line?: CellLine;
}

/** One cell. */
export function Cell({ isNumeric, isRowHeading = false, line = "second", ...rest }: CellProps) {
  const marks = { "data-numeric": isNumeric || undefined, "data-line": line };
  // biome-ignore-start lint/a11y/noRedundantRoles: see Table.
  return isRowHeading ? (
    <th {...rest} {...marks} scope="row" role="rowheader" />
  ) : (
    <td {...rest} {...marks} role="cell" />
  );
  // biome-ignore-end lint/a11y/noRedundantRoles: see Table.
}
