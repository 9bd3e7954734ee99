/** Where `announce` speaks. It stands in the root layout, because a region must be there before its text. */
export function LiveRegion() {
  return <div id="live-region" role="status" aria-live="polite" className="sr-only" />;
}
