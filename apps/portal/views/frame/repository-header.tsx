import type { ReactNode } from "react";
import { type Tab, Tabs } from "../../ui/tabs.tsx";

export interface RepositoryHeaderProps {
  /** What the tabs are views of; "Repository" without it. */
  readonly label?: string;
  /** The repository's name, its parts as links where they lead somewhere. */
  readonly name: ReactNode;
  /** Beside the name: visibility, star. */
  readonly marks?: ReactNode;
  /** A `PullBox`. */
  readonly pull?: ReactNode;
  readonly tabs: readonly Tab[];
  /** At the end of the tabs: "As CLI". */
  readonly aside?: ReactNode;
}

/**
 * Stands first in the frame of each page of a repository or an organization, and reaches from edge to edge. 96 px; when
 * the page scrolls, the first line goes under the bar and the 44 px of tabs stay. A sticky table below it sets
 * `--table-top` with `belowRepositoryHeader`.
 */
export function RepositoryHeader({ label = "Repository", name, marks, pull, tabs, aside }: RepositoryHeaderProps) {
  return (
    <>
      <div className="-mx-4 -mt-6 bg-bg px-4 lg:-mx-6 lg:px-6">
        <div className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 py-2">
          <h1 className="min-w-0 break-words font-semibold text-lg">{name}</h1>
          {marks}
          {pull ? <div className="ms-auto w-full min-w-0 md:w-auto md:max-w-[60%]">{pull}</div> : null}
        </div>
      </div>
      <div className="sticky top-(--bar) z-20 -mx-4 mb-6 flex h-11 items-center justify-between gap-4 border-b bg-bg px-4 lg:-mx-6 lg:px-6">
        <Tabs label={label} tabs={tabs} className="min-w-0 flex-1" />
        {aside ? <div className="hidden shrink-0 sm:block">{aside}</div> : null}
      </div>
    </>
  );
}

/** For a sticky table under a repository header. */
export const belowRepositoryHeader = "[--table-top:calc(var(--bar)+44px)]";
