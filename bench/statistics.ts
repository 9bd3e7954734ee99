/** The middle one. @throws for none */
export function median(values: ArrayLike<number>): number {
  return percentile(values, 0.5);
}

/** The value that this part of all values does not exceed, between two neighbours where it falls between them. */
export function percentile(values: ArrayLike<number>, part: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new RangeError("no values");
  return below + (above - below) * (place - Math.floor(place));
}
