/** The thin line under the bar: work is in flight. Put it in a `loading` file, or beside contents being fetched anew. */
export function WorkLine({ label = "Loading" }: { label?: string }) {
  return (
    <div role="status">
      <span className="work-line" aria-hidden />
      <span className="sr-only">{label}</span>
    </div>
  );
}

/** How far something is, drawn to scale: "12 of 40 blobs". */
export function ProgressBar({ label, done, total }: { label: string; done: number; total: number }) {
  const share = total === 0 ? 0 : Math.min(1, done / total);
  return (
    <div role="progressbar" aria-label={label} aria-valuenow={done} aria-valuemin={0} aria-valuemax={total}>
      <svg aria-hidden width="100%" height="2" className="block">
        <rect width="100%" height="2" className="fill-border" />
        <rect width={`${share * 100}%`} height="2" className="fill-accent" />
      </svg>
    </div>
  );
}
