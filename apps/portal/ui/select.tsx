import { clsx } from "clsx";
import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { inputStyle } from "./input.tsx";

/** The browser's own list of choices: it works without a script, on phones and with every aid. */
export function Select({ className, children, ...rest }: ComponentProps<"select">) {
  return (
    <span className={clsx("relative inline-flex min-w-0", className)}>
      <select {...rest} className={clsx(inputStyle, "appearance-none pe-8!")}>
        {children}
      </select>
      <ChevronDown
        size={14}
        aria-hidden
        className="pointer-events-none absolute inset-y-0 end-2.5 my-auto text-fg-muted"
      />
    </span>
  );
}
