import type { ReactNode } from "react";
import { NavLink } from "../../ui/nav-link.tsx";
import { RailToggle } from "./rail-toggle.tsx";

/** One page of the rail. With `isPrefix` it stays marked on the pages below it. */
export interface RailItem {
  readonly href: string;
  readonly label: string;
  /** 16 px. */
  readonly icon: ReactNode;
  readonly isPrefix?: boolean;
}

/** Pages that belong together, under an optional heading. */
export interface RailGroup {
  readonly label?: string;
  readonly items: readonly RailItem[];
}

/**
 * The layout of settings and administration: a rail of pages at the left, 220 px wide, or 52 with icons alone; on small
 * screens a row of links above the page.
 */
export function RailLayout(props: { label: string; groups: readonly RailGroup[]; children: ReactNode }) {
  return (
    <div className="lg:flex lg:items-start lg:gap-8">
      <nav
        aria-label={props.label}
        className="scrollbar-none lg:rail -mx-4 mb-6 shrink-0 overflow-x-auto border-b px-4 pb-2 lg:sticky lg:top-[calc(var(--bar)+24px)] lg:mx-0 lg:mb-0 lg:border-b-0 lg:p-0"
      >
        <div className="flex gap-4 lg:flex-col">
          {props.groups.map((group, index) => (
            <div key={group.label ?? index}>
              {group.label === undefined ? null : (
                <p className="rail-word mb-1 hidden px-2 text-fg-subtle text-xs lg:block">{group.label}</p>
              )}
              <ul className="flex gap-1 lg:flex-col lg:gap-px">
                {group.items.map(({ href, label, icon, isPrefix = false }) => (
                  <li key={href}>
                    <NavLink
                      href={href}
                      isPrefix={isPrefix}
                      className="flex h-8 items-center gap-2 whitespace-nowrap rounded-md px-2 text-fg-muted hover:bg-hover hover:text-fg aria-[current=page]:bg-selected aria-[current=page]:font-medium aria-[current=page]:text-fg pointer-coarse:h-11"
                    >
                      {icon}
                      <span className="rail-word">{label}</span>
                    </NavLink>
                  </li>
                ))}
              </ul>
            </div>
          ))}
          <RailToggle />
        </div>
      </nav>
      <div className="min-w-0 flex-1">{props.children}</div>
    </div>
  );
}
