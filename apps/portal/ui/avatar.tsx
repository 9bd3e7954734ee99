import { clsx } from "clsx";

/** The first letters of a name in a box. Nothing is fetched, and it stands beside the name or inside a named control. */
export function Avatar({ name, size = 24 }: { name: string; size?: 24 | 32 }) {
  const words = name.split(/[\s._-]+/).filter((word) => word !== "");
  const letters = words.length > 1 ? `${words[0]?.[0]}${words.at(-1)?.[0]}` : name.slice(0, 2);
  return (
    <span
      aria-hidden
      className={clsx(
        "inline-flex shrink-0 items-center justify-center rounded-md border border-border-strong bg-sunken font-medium text-fg-muted text-xs uppercase",
        size === 24 ? "size-6" : "size-8",
      )}
    >
      {letters}
    </span>
  );
}
