import { Search } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./button.tsx";
import { Input } from "./input.tsx";

/** The search over a whole list, which the server does; the address holds it. */
export function ListSearch(props: {
  readonly path: string;
  readonly label: string;
  readonly search: string | undefined;
  /** Further choices of the same form. */
  readonly children?: ReactNode;
}) {
  const { path, label, search, children } = props;
  return (
    <search className="mb-4">
      <form action={path} className="flex flex-wrap items-center gap-2">
        <span className="relative w-full max-w-80">
          <Search
            size={14}
            aria-hidden
            className="pointer-events-none absolute inset-y-0 start-2.5 my-auto text-fg-subtle"
          />
          <Input
            type="search"
            name="q"
            aria-label={label}
            placeholder={label}
            defaultValue={search}
            autoComplete="off"
            className="ps-8!"
          />
        </span>
        {children}
        <Button type="submit">Search</Button>
      </form>
    </search>
  );
}
