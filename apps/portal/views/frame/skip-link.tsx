/** The first thing the keyboard reaches: it jumps over the bar. */
export function SkipLink() {
  return (
    <a
      href="#main"
      className="-translate-y-20 fixed top-1 left-2 z-60 rounded-md border border-border-strong bg-raised px-3 py-1.5 font-medium focus:translate-y-0"
    >
      Skip to content
    </a>
  );
}
