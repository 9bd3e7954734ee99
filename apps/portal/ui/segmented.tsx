import { clsx } from "clsx";
import type { ReactNode } from "react";
import type { Tab } from "./tabs.tsx";

const frame =
  "inline-flex h-8 max-w-full overflow-x-auto rounded-md border border-border-strong bg-raised scrollbar-none pointer-coarse:h-11";
const part =
  "inline-flex items-center gap-1.5 whitespace-nowrap border-e border-border px-3 text-sm last:border-e-0 -outline-offset-2!";
const unchosen = "text-fg-muted hover:bg-hover hover:text-fg";
const chosen = "bg-selected font-medium text-fg";

/** A few ways to look at the same thing, of which one holds; each is an address, loaded anew as those of `Tabs`. */
export function SegmentedLinks({ label, options }: { label: string; options: readonly Tab[] }) {
  return (
    <nav aria-label={label} className={frame}>
      {options.map((option) => (
        <a
          key={option.href}
          href={option.href}
          aria-current={option.isCurrent ? "true" : undefined}
          className={clsx(part, option.isCurrent ? chosen : unchosen)}
        >
          {option.label}
          {option.count === undefined ? null : (
            <span className="text-fg-subtle text-xs tabular-nums">{option.count}</span>
          )}
        </a>
      ))}
    </nav>
  );
}

/** The same look for a choice in a form: radio buttons underneath. */
export function SegmentedRadios(props: {
  label: string;
  name: string;
  options: readonly { value: string; label: ReactNode }[];
  defaultValue?: string;
}) {
  return (
    <fieldset className={frame}>
      <legend className="sr-only">{props.label}</legend>
      {props.options.map(({ value, label }) => (
        <label
          key={value}
          className={clsx(
            part,
            "relative has-checked:bg-selected has-checked:font-medium has-focus-visible:outline-2 has-focus-visible:outline-ring",
            "not-has-checked:text-fg-muted hover:not-has-checked:bg-hover",
          )}
        >
          <input
            type="radio"
            name={props.name}
            value={value}
            defaultChecked={value === props.defaultValue}
            className="absolute inset-0 appearance-none outline-none!"
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
