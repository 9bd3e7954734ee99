/** How long something took, in its two largest units: `120 ms`, `18.2 s`, `2 m 41 s`, `1 h 5 m`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 1_000) return `${Math.round(durationMs)}\u00a0ms`;
  if (durationMs < 59_950) return `${(durationMs / 1_000).toFixed(1)}\u00a0s`;
  const seconds = Math.round(durationMs / 1_000);
  if (seconds < 3_600) return pair(Math.floor(seconds / 60), "m", seconds % 60, "s");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return pair(Math.floor(minutes / 60), "h", minutes % 60, "m");
  const hours = Math.floor(minutes / 60);
  return pair(Math.floor(hours / 24), "d", hours % 24, "h");
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const first = `${large}\u00a0${largeUnit}`;
  return small === 0 ? first : `${first}\u00a0${small}\u00a0${smallUnit}`;
}
