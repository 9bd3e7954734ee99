import Link from "next/link";

/** One step of the way to this page; the last one is the page itself. */
export interface Crumb {
  readonly label: string;
  /** Where the step leads. A step that is no page of its own has none. */
  readonly href?: string;
}

/** The way to this page. It gives up its first steps where there is no room, never its last. */
export function Breadcrumb({ crumbs }: { crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="Breadcrumb" className="min-w-0">
      <ol className="flex min-w-0 items-center">
        {crumbs.map((crumb, index) => {
          const isLast = index === crumbs.length - 1;
          return (
            <li
              key={crumb.href ?? crumb.label}
              className={isLast ? "flex min-w-0 items-center" : "hidden items-center sm:flex"}
            >
              {index === 0 ? null : (
                <span aria-hidden className="hidden px-1.5 text-fg-subtle sm:inline">
                  /
                </span>
              )}
              {crumb.href === undefined || isLast ? (
                <span aria-current={isLast ? "page" : undefined} className="truncate font-medium">
                  {crumb.label}
                </span>
              ) : (
                <Link href={crumb.href} className="whitespace-nowrap rounded-sm text-fg-muted hover:text-fg">
                  {crumb.label}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
