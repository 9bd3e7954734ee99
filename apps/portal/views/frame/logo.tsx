/** The mark: three layers, the topmost one's own. Drawn on a grid of 24. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      aria-hidden
      fill="none"
      strokeWidth="1.5"
      strokeLinejoin="round"
    >
      <path d="M12 3 21 7.5 12 12 3 7.5Z" className="fill-accent stroke-accent" />
      <path d="m3 12 9 4.5 9-4.5M3 16.5 12 21l9-4.5" stroke="currentColor" strokeLinecap="round" />
    </svg>
  );
}
