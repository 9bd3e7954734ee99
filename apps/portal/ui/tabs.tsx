import { clsx } from "clsx";
import { formatCount } from "../format/count.ts";

/** One view of a page, with an address of its own. */
export interface Tab {
  readonly href: string;
  readonly label: string;
  readonly count?: number;
  readonly isCurrent?: boolean;
}

/**
 * The views of a page as links, so that the address is the state. Too many for the screen scroll sideways. They load the
 * page anew: behind a rewritten route Next's own links take two addresses that differ in the query for the same page.
 */
export function Tabs({ label, tabs, className }: { label: string; tabs: readonly Tab[]; className?: string }) {
  return (
    <nav aria-label={label} className={clsx("scrollbar-none -mx-2 h-11 overflow-x-auto overflow-y-hidden", className)}>
      <ul className="flex h-full gap-1">
        {tabs.map((tab) => (
          <li key={tab.href} className="flex">
            <a
              href={tab.href}
              aria-current={tab.isCurrent ? "page" : undefined}
              className={clsx(
                "inline-flex items-center gap-1.5 whitespace-nowrap border-b-2 px-2 pt-0.5 -outline-offset-2!",
                tab.isCurrent
                  ? "border-accent font-medium text-fg"
                  : "border-transparent forced-colors:border-[Canvas] text-fg-muted hover:border-border-strong hover:text-fg",
              )}
            >
              {tab.label}
              {tab.count === undefined ? null : (
                <span className="text-fg-subtle text-xs tabular-nums">{formatCount(tab.count)}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
