/** What somebody asked of a tag, and what came of it. Times are of one clock. */
export interface Operation {
  readonly kind: "write" | "remove" | "read";
  /** What was written or read; `undefined` for a tag that is not there. A removal that found nothing is such a read. */
  readonly value: string | undefined;
  readonly calledAt: number;
  /** Infinity when no answer came: it may have happened, at any time since, or never. */
  readonly returnedAt: number;
}

/**
 * Why a history cannot be that of one register, or `undefined` when it can (I4): whether there is an order of all
 * operations, one after the other, in which each read gives what was last written, and none comes before one that had
 * returned before it was called. No two writes may have the same value. For histories without removals.
 *
 * With unique values the writer of each read is known. Take a value's write and its reads together: between their first
 * return and their last call the value must have been there without a break (a forward zone); where all of them overlap
 * there is a moment that they share (a backward zone). A history is linearizable exactly when no read returns before
 * its write is called, no two forward zones overlap, and no backward zone lies within a forward one (Gibbons and Korach).
 */
export function findBreak(history: readonly Operation[], initial: string | undefined): string | undefined {
  const zones = new Map<string | undefined, Cluster>();
  const always = Number.NEGATIVE_INFINITY;
  zones.set(initial, { value: initial, writtenAt: always, firstReturn: always, lastCall: always });
  for (const { kind, value, calledAt, returnedAt } of history) {
    if (kind !== "write") continue;
    if (zones.has(value)) return `${value} was written twice`;
    zones.set(value, { value, writtenAt: calledAt, firstReturn: returnedAt, lastCall: calledAt });
  }
  for (const { kind, value, calledAt, returnedAt } of history) {
    if (kind !== "read" || returnedAt === Number.POSITIVE_INFINITY) continue;
    const cluster = zones.get(value);
    if (cluster === undefined) return `${value} was read, which nobody wrote`;
    if (returnedAt < cluster.writtenAt) return `${value} was read before it was written`;
    cluster.firstReturn = Math.min(cluster.firstReturn, returnedAt);
    cluster.lastCall = Math.max(cluster.lastCall, calledAt);
  }
  // A write that nobody was told of and nobody read need not have happened.
  const clusters = [...zones.values()].filter(({ firstReturn }) => firstReturn !== Number.POSITIVE_INFINITY);
  const forward = clusters
    .filter(({ firstReturn, lastCall }) => firstReturn < lastCall)
    .sort((one, other) => one.firstReturn - other.firstReturn);
  for (const [at, zone] of forward.entries()) {
    const next = forward[at + 1];
    if (next && next.firstReturn < zone.lastCall) return `${zone.value} and ${next.value} were there at the same time`;
  }
  for (const zone of clusters.filter(({ firstReturn, lastCall }) => firstReturn >= lastCall)) {
    const around = lastBefore(forward, zone.lastCall);
    if (around && zone.firstReturn < around.lastCall) {
      return `${zone.value} was there while ${around.value} was there without a break`;
    }
  }
  return undefined;
}

/** The write of a value and the reads that gave it. */
interface Cluster {
  readonly value: string | undefined;
  readonly writtenAt: number;
  firstReturn: number;
  lastCall: number;
}

/** The zone that begins last before a time; zones are in order and do not overlap. */
function lastBefore(zones: readonly Cluster[], time: number): Cluster | undefined {
  let low = 0;
  let high = zones.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((zones[middle]?.firstReturn ?? Number.POSITIVE_INFINITY) < time) low = middle + 1;
    else high = middle;
  }
  return zones[low - 1];
}

/**
 * Whether any history, one with removals too, can be that of one register, by trying orders (Wing and Gong, with
 * what has been tried remembered). For short histories of few clients: it may take exponential time.
 */
export function isLinearizable(history: readonly Operation[], initial: string | undefined): boolean {
  const operations = history
    .filter(({ kind, returnedAt }) => kind !== "read" || returnedAt !== Number.POSITIVE_INFINITY)
    .sort((one, other) => one.calledAt - other.calledAt);
  const tried = new Set<string>();
  const done = new Set<number>();
  const search = (value: string | undefined): boolean => {
    const open = [...operations.keys()].filter((at) => !done.has(at));
    const firstReturn = Math.min(...open.map((at) => operations[at]?.returnedAt ?? 0));
    // What was never answered need not have happened.
    if (firstReturn === Number.POSITIVE_INFINITY || open.length === 0) return true;
    const state = `${value} ${open.join(",")}`;
    if (tried.has(state)) return false;
    tried.add(state);
    for (const at of open) {
      const operation = operations[at];
      // Nothing comes before what had returned when it was called.
      if (operation === undefined || operation.calledAt > firstReturn) break;
      const next = after(operation, value);
      if (next === "impossible") continue;
      done.add(at);
      if (search(next.value)) return true;
      done.delete(at);
    }
    return false;
  };
  return search(initial);
}

function after(operation: Operation, value: string | undefined): "impossible" | { readonly value: string | undefined } {
  if (operation.kind === "write") return { value: operation.value };
  if (operation.kind === "read") return operation.value === value ? { value } : "impossible";
  // A removal that was answered found something; one that was not may have found nothing, and then changed nothing.
  if (value === undefined && operation.returnedAt !== Number.POSITIVE_INFINITY) return "impossible";
  return { value: undefined };
}
