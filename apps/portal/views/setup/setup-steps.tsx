import { clsx } from "clsx";
import { Check } from "lucide-react";

const steps = ["Setup token", "Administrator", "First push"] as const;

/** The rail of steps: done, present, to come. */
export function SetupSteps({ current }: { readonly current: 1 | 2 | 3 }) {
  return (
    <ol aria-label="Steps" className="mb-8 flex flex-wrap gap-x-6 gap-y-2">
      {steps.map((name, place) => {
        const isDone = place + 1 < current;
        const isCurrent = place + 1 === current;
        return (
          <li
            key={name}
            aria-current={isCurrent ? "step" : undefined}
            className={clsx("flex items-center gap-2", isCurrent ? "font-medium" : "text-fg-muted")}
          >
            <span
              aria-hidden
              className={clsx(
                "inline-flex size-5 items-center justify-center rounded-full border text-xs tabular-nums",
                isCurrent ? "border-accent bg-accent text-on-accent" : "border-border-strong",
              )}
            >
              {isDone ? <Check size={12} strokeWidth={3} /> : place + 1}
            </span>
            {name}
            {isDone ? <span className="sr-only">(done)</span> : null}
          </li>
        );
      })}
    </ol>
  );
}
