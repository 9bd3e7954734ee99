/** Decimal (`MB`, as Docker prints sizes) or binary (`MiB`) multiples. */
export type ByteUnits = "decimal" | "binary";

const scales = {
  decimal: { base: 1000, names: ["B", "kB", "MB", "GB", "TB", "PB"] },
  binary: { base: 1024, names: ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] },
} as const;

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });

/** Where `bytes` stands on the scale. Rounding to three digits may lift it one step: 999,950 bytes are 1.00 MB. */
function place(bytes: number, units: ByteUnits): { value: number; step: number; name: string } {
  const { base, names } = scales[units];
  let step = 0;
  let value = bytes;
  while (step < names.length - 1 && (value >= base || (step > 0 && Number(value.toPrecision(3)) >= base))) {
    value /= base;
    step += 1;
  }
  return { value, step, name: names[step] ?? "" };
}

function write({ value, step, name }: ReturnType<typeof place>): string {
  return `${step === 0 || value >= 999.5 ? whole.format(value) : precise.format(value)}\u00a0${name}`;
}

/** A size for people: three significant digits, a no-break space, a unit. Whole bytes below the first multiple. */
export function formatByteSize(bytes: number, units: ByteUnits = "decimal"): string {
  return write(place(bytes, units));
}

/** The span of several sizes, `41–44 MB`, in the unit of the largest; one size where the two read alike. */
export function formatByteRange(smallest: number, largest: number, units: ByteUnits = "decimal"): string {
  const { value, step, name } = place(largest, units);
  const from = smallest / scales[units].base ** step;
  const number = from >= 10 ? whole : short;
  const ends = [number.format(from), number.format(value)] as const;
  return ends[0] === ends[1] ? write({ value, step, name }) : `${ends[0]}–${ends[1]}\u00a0${name}`;
}

/** The number behind a rounded size: exact bytes, and the other scale. */
export function exactByteSize(bytes: number, units: ByteUnits = "decimal"): { exact: string; otherUnits: string } {
  return {
    exact: `${whole.format(bytes)} ${bytes === 1 ? "byte" : "bytes"}`,
    otherUnits: formatByteSize(bytes, units === "decimal" ? "binary" : "decimal"),
  };
}
