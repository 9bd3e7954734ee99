import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

export type ChoiceProps = Omit<ComponentProps<"input">, "type" | "children" | "className"> & {
  /** The words beside it. Without them it needs `aria-label`. */
  readonly label?: ReactNode;
  readonly hint?: ReactNode;
  readonly className?: string;
};

/** A box to tick. The browser's own element, so it posts with its form and needs no script. */
export function Checkbox({ label, hint, className, ...rest }: ChoiceProps) {
  return (
    <label className={clsx("inline-flex min-h-6 items-start gap-2 pointer-coarse:min-h-11", className)}>
      <span className="relative inline-flex size-6 shrink-0 items-center justify-center">
        <input
          {...rest}
          type="checkbox"
          className="peer size-4 appearance-none rounded-sm border border-border-strong bg-raised checked:border-accent checked:bg-accent"
        />
        <Check
          size={12}
          strokeWidth={3}
          aria-hidden
          className="pointer-events-none absolute hidden text-on-accent peer-checked:block forced-colors:text-[CanvasText]"
        />
      </span>
      <ChoiceText label={label} hint={hint} />
    </label>
  );
}

/** A switch: it acts at once, or with its form. The browser's checkbox with the role of a switch. */
export function Switch({ label, hint, className, ...rest }: ChoiceProps) {
  return (
    <label className={clsx("inline-flex min-h-6 items-start gap-3 pointer-coarse:min-h-11", className)}>
      <span className="relative mt-0.5 inline-flex h-5 w-9 shrink-0">
        <input
          {...rest}
          type="checkbox"
          // biome-ignore lint/a11y/useAriaPropsForRole: a checkbox says by itself whether it is on.
          role="switch"
          className="peer h-5 w-9 appearance-none rounded-full border border-border-strong bg-sunken transition-colors duration-(--motion-hover) checked:border-accent checked:bg-accent"
        />
        <span
          aria-hidden
          className="forced-mark pointer-events-none absolute top-0.75 left-0.75 size-3.5 rounded-full bg-border-strong transition-transform duration-(--motion-hover) peer-checked:translate-x-4 peer-checked:bg-on-accent forced-colors:bg-[CanvasText]!"
        />
      </span>
      <ChoiceText label={label} hint={hint} />
    </label>
  );
}

/** One of several choices with the same `name`. */
export function Radio({ label, hint, className, ...rest }: ChoiceProps) {
  return (
    <label className={clsx("inline-flex min-h-6 items-start gap-2 pointer-coarse:min-h-11", className)}>
      <span className="relative inline-flex size-6 shrink-0 items-center justify-center">
        <input
          {...rest}
          type="radio"
          className="size-4 appearance-none rounded-full border border-border-strong bg-raised checked:border-5 checked:border-accent"
        />
      </span>
      <ChoiceText label={label} hint={hint} />
    </label>
  );
}

function ChoiceText({ label, hint }: { label: ReactNode; hint: ReactNode }) {
  if (!label && !hint) return null;
  return (
    <span className="flex flex-col pt-0.5">
      <span>{label}</span>
      {hint ? <span className="text-fg-muted text-sm">{hint}</span> : null}
    </span>
  );
}
