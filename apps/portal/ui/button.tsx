import { clsx } from "clsx";
import { LoaderCircle } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { type CardContent, cardProps } from "./card.ts";

/** One primary button at most in a view; danger only for what destroys. */
export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

const variants: Record<ButtonVariant, string> = {
  primary: "border-transparent bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border-border-strong bg-raised text-fg hover:bg-hover",
  ghost: "border-transparent text-fg-muted hover:bg-hover hover:text-fg",
  danger: "border-transparent bg-danger text-on-danger hover:brightness-90",
};

const sizes: Record<ButtonSize, string> = {
  sm: "h-7 px-2 text-sm",
  md: "h-8 px-3 text-base pointer-coarse:h-9",
  lg: "h-10 px-4 text-base",
};

/** The look of a button, for elements that are none: links, summaries, labels. */
export function buttonStyle(variant: ButtonVariant = "secondary", size: ButtonSize = "md"): string {
  return clsx(
    "finger inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-md border font-medium",
    "transition-colors duration-(--motion-hover) ease-out",
    "disabled:opacity-60 aria-disabled:opacity-60",
    variants[variant],
    sizes[size],
  );
}

export interface ButtonProps extends ComponentProps<"button"> {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** Work asked for by this button goes on: it shows so, and cannot be pressed again. */
  readonly isLoading?: boolean;
}

/** A thing to press. What leads to another page is a `LinkButton`. */
export function Button({ variant, size, isLoading = false, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={isLoading || rest.disabled}
      aria-busy={isLoading || undefined}
      className={clsx(buttonStyle(variant, size), className)}
    >
      {isLoading ? (
        <LoaderCircle size={14} aria-hidden className="motion-safe:animate-[spin_1s_linear_infinite]" />
      ) : null}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "aria-label"> {
  /** Its name, for screen readers and on the card. */
  readonly label: string;
  readonly icon: ReactNode;
  /** What the card says instead of the name. */
  readonly card?: CardContent;
}

/** A button that shows an icon alone. It cannot be made without a name. */
export function IconButton({ label, icon, card, size = "sm", variant = "ghost", className, ...rest }: IconButtonProps) {
  return (
    <Button
      {...rest}
      variant={variant}
      size={size}
      aria-label={label}
      className={clsx("aspect-square px-0!", className)}
      {...cardProps(card ?? { kind: "text", text: label })}
    >
      {icon}
    </Button>
  );
}
