/** A part of a list, and where the next part begins. */
export interface Page<Entry, Cursor = string> {
  readonly entries: readonly Entry[];
  /** What to pass as `after` for the next page; absent on the last page. */
  readonly next?: Cursor | undefined;
}

/** Which part of a list is asked for: at most `limit` entries, those after `after` only. */
export interface PageRequest<Cursor = string> {
  readonly limit: number;
  readonly after?: Cursor | undefined;
}
