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

/**
 * How likely two samples of one distribution would differ in rank at least as much as these (Mann–Whitney, two-sided, by
 * the normal approximation with corrections for ties and continuity). Means something from about 20 values each on.
 */
export function mannWhitneyP(first: readonly number[], second: readonly number[]): number {
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ];
  all.sort((one, other) => one.value - other.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to += 1;
    const tied = to - from;
    ties += tied ** 3 - tied;
    // Equal values share the mean of their ranks, which count from 1.
    rankSum += all.slice(from, to).filter(({ isFirst }) => isFirst).length * ((from + 1 + to) / 2);
    from = to;
  }
  const count = all.length;
  const product = first.length * second.length;
  const statistic = rankSum - (first.length * (first.length + 1)) / 2;
  const deviation = Math.sqrt((product / 12) * (count + 1 - ties / (count * (count - 1))));
  if (!(deviation > 0)) return 1;
  const z = Math.max(0, Math.abs(statistic - product / 2) - 0.5) / deviation;
  return Math.min(1, 2 * (1 - normalDistribution(z)));
}

/** The standard normal distribution function for z ≥ 0, to seven digits (Abramowitz and Stegun, 26.2.17). */
function normalDistribution(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
