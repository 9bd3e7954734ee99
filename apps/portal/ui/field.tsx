import { clsx } from "clsx";
import { CircleX } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { Input } from "./input.tsx";

/** What a control takes from its field; spread it on the control. */
export interface FieldControl {
  readonly id: string;
  readonly "aria-describedby"?: string | undefined;
  readonly "aria-invalid"?: true | undefined;
}

export interface FieldProps {
  /** Unique in the page; the control gets it. */
  readonly id: string;
  readonly label: ReactNode;
  /** What to enter, where the label does not say it all. */
  readonly hint?: ReactNode;
  /** What is wrong and what would be right. */
  readonly error?: ReactNode;
  readonly isOptional?: boolean;
  readonly className?: string;
  readonly children: (control: FieldControl) => ReactNode;
}

/** A control with its label above, and hint and error beside it, which a screen reader hears with the control. */
export function Field({ id, label, hint, error, isOptional = false, className, children }: FieldProps) {
  const descriptions = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={clsx("flex flex-col gap-1", className)}>
      <label htmlFor={id} className="font-medium text-base">
        {label}
        {isOptional ? <span className="font-normal text-fg-subtle"> (optional)</span> : null}
      </label>
      {children({ id, "aria-describedby": descriptions || undefined, "aria-invalid": error ? true : undefined })}
      {error ? (
        <p id={`${id}-error`} className="flex items-start gap-1.5 text-danger text-sm">
          <CircleX size={14} aria-hidden className="mt-0.75 shrink-0" />
          <span>{error}</span>
        </p>
      ) : null}
      {hint ? (
        <p id={`${id}-hint`} className="text-fg-muted text-sm">
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** A field with one line of text: the commonest one. `id` is the input's `name` unless given. */
export function TextField({
  label,
  hint,
  error,
  isOptional,
  className,
  id,
  ...input
}: Omit<ComponentProps<"input">, "children"> & Omit<FieldProps, "children" | "id"> & { name: string }) {
  return (
    <Field
      id={id ?? input.name}
      label={label}
      hint={hint}
      error={error}
      {...(isOptional === undefined ? {} : { isOptional })}
      {...(className === undefined ? {} : { className })}
    >
      {(control) => <Input {...input} {...control} />}
    </Field>
  );
}
