const exact = new Intl.NumberFormat("en");
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 2 });
const compactHundreds = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 0 });

/** A count that must be true to the last one: `1,034`. */
export function formatCount(count: number): string {
  return exact.format(count);
}

/** A count at a glance: `310`, `8.1k`, `22k`, `1.2M`. */
export function formatShortCount(count: number): string {
  const text = count < 1_000 ? exact.format(count) : compact.format(count);
  // Two digits would turn 123,456 into 120k.
  const precise = /^\d{3}/.test(text) && count >= 1_000 ? compactHundreds.format(count) : text;
  return precise.replace("K", "k");
}

/** A count with its noun in the right number: `1 tag`, `1,034 tags`. */
export function formatCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${exact.format(count)} ${count === 1 ? noun : plural}`;
}
