import { Search } from "lucide-react";
import Link from "next/link";

/** The search of the top bar: a form that asks `/explore?q=`. On a phone a link leads to that page's own field. */
export function SearchField({ query }: { query?: string | undefined }) {
  return (
    <>
      <search className="hidden w-full max-w-80 sm:block">
        <form action="/explore" className="relative">
          <Search
            size={14}
            aria-hidden
            className="pointer-events-none absolute inset-y-0 start-2.5 my-auto text-fg-subtle"
          />
          <input
            type="search"
            name="q"
            defaultValue={query}
            aria-label="Search repositories"
            placeholder="Search repositories"
            autoComplete="off"
            className="h-8 w-full rounded-md border border-border-strong bg-surface ps-8 pe-2.5 placeholder:text-fg-subtle hover:border-fg-subtle"
          />
        </form>
      </search>
      <Link
        href="/explore"
        aria-label="Search repositories"
        className="finger inline-flex size-8 items-center justify-center rounded-md text-fg-muted hover:bg-hover hover:text-fg sm:hidden"
      >
        <Search size={18} aria-hidden />
      </Link>
    </>
  );
}
