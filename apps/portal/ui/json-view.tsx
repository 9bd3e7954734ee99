import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

/** Any value that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Where a string leads, if anywhere; `path` are the keys and places on the way to it. */
export type JsonHref = (value: string, path: readonly string[]) => string | undefined;

export interface JsonViewProps {
  readonly value: Json;
  readonly label: string;
  readonly hrefFor?: JsonHref;
  /** How many levels are open at first. */
  readonly openLevels?: number;
}

/**
 * A document that folds, by the browser's own `<details>`. It shows values, not bytes: numbers and order are as parsed,
 * so offer the raw text beside it.
 */
export function JsonView({ value, label, hrefFor, openLevels = 4 }: JsonViewProps) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by the keyboard.
      tabIndex={0}
      className="overflow-x-auto rounded-md border bg-surface p-3 font-mono text-sm"
    >
      <Value value={value} path={[]} hrefFor={hrefFor} openLevels={openLevels} />
    </section>
  );
}

interface ValueProps {
  readonly value: Json;
  readonly path: readonly string[];
  readonly hrefFor: JsonHref | undefined;
  readonly openLevels: number;
  /** What stands before the value: its key. */
  readonly before?: ReactNode;
  readonly after?: string;
}

function Value({ value, path, hrefFor, openLevels, before, after = "" }: ValueProps) {
  if (value === null || typeof value !== "object") {
    return (
      <div className="whitespace-pre ps-4">
        {before}
        <Scalar value={value} href={typeof value === "string" ? hrefFor?.(value, path) : undefined} />
        {after}
      </div>
    );
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  if (entries.length === 0) {
    return (
      <div className="whitespace-pre ps-4">
        {before}
        {`${open}${close}${after}`}
      </div>
    );
  }
  return (
    <details open={path.length < openLevels} className="disclosure group/json whitespace-pre">
      <summary className="w-fit rounded-sm hover:bg-hover">
        <ChevronRight size={12} aria-hidden className="disclosure-mark me-1 inline-block text-fg-subtle" />
        {before}
        {open}
        <span className="text-fg-subtle group-open/json:hidden">
          {` ${entries.length} ${isList ? (entries.length === 1 ? "entry" : "entries") : entries.length === 1 ? "key" : "keys"} ${close}${after}`}
        </span>
      </summary>
      <div className={clsx("ms-1.5 border-s ps-2.5")}>
        {entries.map(([key, child], index) => (
          <Value
            key={key}
            value={child}
            path={[...path, key]}
            hrefFor={hrefFor}
            openLevels={openLevels}
            before={isList ? null : <span className="text-fg-muted">{`${JSON.stringify(key)}: `}</span>}
            after={index === entries.length - 1 ? "" : ","}
          />
        ))}
      </div>
      <div className="ps-4">{`${close}${after}`}</div>
    </details>
  );
}

function Scalar({ value, href }: { value: string | number | boolean | null; href: string | undefined }) {
  const text = JSON.stringify(value);
  if (href !== undefined) {
    return (
      <Link href={href} prefetch={false} className="link">
        {text}
      </Link>
    );
  }
  return <span className={typeof value === "string" ? "text-fg" : "text-accent"}>{text}</span>;
}
