import { clsx } from "clsx";
import type { ComponentProps } from "react";

/** The look of a box that text goes into. Sixteen pixels on phones, or the browser zooms in. */
export const inputStyle = clsx(
  "h-8 w-full min-w-0 rounded-md border border-border-strong bg-raised px-2.5 text-base text-fg",
  "placeholder:text-fg-subtle hover:border-fg-subtle",
  "aria-invalid:border-danger disabled:bg-sunken disabled:text-fg-muted",
  "pointer-coarse:h-11 max-sm:text-lg",
);

/** A line of text. Alone only where its name stands in `aria-label`; in a form it belongs in a `Field`. */
export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={clsx(inputStyle, className)} />;
}

/** Several lines of text. */
export function TextArea({ className, rows = 5, ...rest }: ComponentProps<"textarea">) {
  return <textarea {...rest} rows={rows} className={clsx(inputStyle, "h-auto! py-1.5", className)} />;
}
