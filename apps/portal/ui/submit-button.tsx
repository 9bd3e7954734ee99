"use client";
import { useFormStatus } from "react-dom";
import { Button, type ButtonProps } from "./button.tsx";

/** Sends the form it stands in, and shows that the form is on its way. Never disabled before it is pressed. */
export function SubmitButton({ variant = "primary", ...rest }: Omit<ButtonProps, "type" | "isLoading">) {
  const { pending } = useFormStatus();
  return <Button {...rest} type="submit" variant={variant} isLoading={pending} />;
}
