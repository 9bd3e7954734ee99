import { buttonStyle } from "../../ui/button.tsx";

export interface PagerProps {
  /** The path of the list without its query. */
  readonly path: string;
  /** The query of this page, without `after`. */
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly isFirst: boolean;
  /** Where the next page begins. */
  readonly next: string | undefined;
  /** "1,034 tags". */
  readonly summary: string;
}

/** The way through a list, as links: the browser's own Back is the way to the page before. */
export function Pager({ path, query, isFirst, next, summary }: PagerProps) {
  return (
    <nav aria-label="Pages" className="mt-3 flex flex-wrap items-center justify-between gap-3 text-fg-muted">
      <p className="tabular-nums">{summary}</p>
      <div className="flex gap-2">
        {isFirst ? null : (
          <a href={withQuery(path, query)} className={buttonStyle("secondary", "sm")}>
            First page
          </a>
        )}
        {next === undefined ? null : (
          <a href={withQuery(path, { ...query, after: next })} rel="next" className={buttonStyle("secondary", "sm")}>
            Next page
          </a>
        )}
      </div>
    </nav>
  );
}

/** A path with those values of a query that are there. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") parameters.set(key, value);
  }
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}
