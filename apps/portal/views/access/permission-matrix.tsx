import { type Permission, permissions } from "@layerport/registry-core";
import { clsx } from "clsx";
import { Check, Minus } from "lucide-react";
import Link from "next/link";
import { type ChangeQuery, changePath } from "./access-change.ts";
import { GridKeys } from "./grid-keys.tsx";
import { type Reach, type ReachWay, withoutPermission } from "./reach.ts";

export interface PermissionMatrixProps {
  readonly organization: string;
  /** Whose rights the rows show. */
  readonly principal: { readonly kind: "team" | "robot"; readonly name: string };
  readonly rows: readonly Reach[];
  readonly total: number;
  readonly mayChange: boolean;
  readonly back: string;
}

/**
 * Repositories by permissions, each cell with the way by which it is held. Where the viewer may change grants, a cell
 * is a link to the page that shows who would gain or lose; the arrow keys move between cells.
 */
export function PermissionMatrix(props: PermissionMatrixProps) {
  const { principal, rows, total } = props;
  const label = `What ${principal.kind} ${principal.name} may do in which repository`;
  return (
    <>
      <GridKeys label={label} className="relative max-h-[70dvh] overflow-auto rounded-md border">
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: one walks through its cells by arrow keys.
          role="grid"
          aria-label={label}
          aria-rowcount={total}
          className="rows w-full border-separate border-spacing-0"
        >
          <thead>
            <tr>
              <th scope="col" className="sticky start-0 top-0 z-20 border-e bg-bg">
                Repository
              </th>
              {permissions.map((permission) => (
                <th key={permission} scope="col" className="sticky top-0 z-10 capitalize">
                  {permission}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.repository}>
                <th scope="row" className="sticky start-0 z-10 max-w-44 border-e bg-bg sm:max-w-none">
                  <Link href={`/r/${row.repository}/-/tags`} prefetch={false} className="link block break-words">
                    {row.repository}
                  </Link>
                </th>
                {permissions.map((permission) => (
                  <td key={permission} className={clsx("p-0!", groundOf(row.ways[permission]))}>
                    <MatrixCell {...props} row={row} permission={permission} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </GridKeys>
      <Legend {...props} />
    </>
  );
}

function groundOf([strongest]: readonly ReachWay[]): string {
  return strongest === undefined ? "" : strongest.kind === "grant" ? "bg-selected!" : "bg-sunken!";
}

function MatrixCell(props: PermissionMatrixProps & { row: Reach; permission: Permission }) {
  const { organization, mayChange, back, row, permission } = props;
  const ways = row.ways[permission];
  const content =
    ways.length === 0 ? (
      <>
        <Minus size={14} aria-hidden className="text-fg-subtle" />
        <span className="sr-only">no</span>
      </>
    ) : (
      <>
        <Check size={14} aria-hidden className="shrink-0" />
        <span className="sr-only">yes, </span>
        <span className="text-xs">{[...new Set(ways.map((way) => wordOf(way)))].join(", ")}</span>
      </>
    );
  const style = "flex min-h-(--row) min-w-18 items-center gap-1 whitespace-nowrap px-3";
  if (!mayChange) return <span className={style}>{content}</span>;
  const change = changeOf(props);
  return (
    <Link
      href={changePath(organization, change.query, back)}
      prefetch={false}
      data-grid-cell
      aria-label={`${permission} on ${row.repository}: ${describe(ways)}. ${change.act}`}
      className={clsx(style, "-outline-offset-2! hover:bg-hover")}
    >
      {content}
    </Link>
  );
}

/** What pressing a cell leads to. What a wider pattern gives is changed where it is given. */
function changeOf({ principal, row, permission }: PermissionMatrixProps & { row: Reach; permission: Permission }): {
  query: ChangeQuery;
  act: string;
} {
  const { own, repository } = row;
  const [way] = row.ways[permission];
  if (way?.kind === "grant" && way.grant.id !== own?.id) {
    return { query: { kind: "grant-changed", id: way.grant.id }, act: `Change the grant on ${way.grant.pattern}` };
  }
  if (way?.kind === "grant" && own !== undefined) {
    const left = withoutPermission(own.permissions, permission);
    return {
      query:
        left.length === 0
          ? { kind: "grant-removed", id: own.id }
          : { kind: "grant-changed", id: own.id, permissions: left.join(",") },
      act: `Take ${permission} away`,
    };
  }
  if (way !== undefined) return { query: { kind: "default-role" }, act: "Change the default role" };
  return {
    query:
      own === undefined
        ? {
            kind: "grant-created",
            for: principal.kind,
            name: principal.name,
            pattern: repository,
            permissions: permission,
          }
        : { kind: "grant-changed", id: own.id, permissions: [...own.permissions, permission].join(",") },
    act: `Give ${permission}`,
  };
}

function wordOf(way: ReachWay): string {
  if (way.kind === "default-role") return "default";
  return way.grant.principal.kind === "team" ? "team" : "direct";
}

function describe(ways: readonly ReachWay[]): string {
  if (ways.length === 0) return "no";
  const named = ways.map((way) =>
    way.kind === "default-role" ? `the default role ${way.role}` : `the grant on ${way.grant.pattern}`,
  );
  return `yes, by ${named.join(" and ")}`;
}

function Legend({ principal, mayChange }: PermissionMatrixProps) {
  return (
    <div className="mt-2 flex flex-wrap gap-x-6 gap-y-1 text-fg-muted text-sm">
      <span className="inline-flex items-center gap-1">
        <Check size={14} aria-hidden />
        {principal.kind === "team" ? "team: by a grant to this team" : "direct: by a grant to this robot"}
      </span>
      {principal.kind === "team" ? (
        <span className="inline-flex items-center gap-1">
          <Check size={14} aria-hidden />
          default: every member of the organization has it
        </span>
      ) : null}
      <span className="inline-flex items-center gap-1">
        <Minus size={14} aria-hidden />
        not held
      </span>
      {mayChange ? <span>Enter on a cell changes it; the arrow keys move.</span> : null}
    </div>
  );
}
