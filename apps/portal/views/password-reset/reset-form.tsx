"use client";
import { useActionState } from "react";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { setPassword } from "./actions.ts";

/** A new password for whoever holds the link. */
export function ResetForm({ token, name }: { readonly token: string; readonly name: string }) {
  const [state, send] = useActionState(setPassword, {});
  return (
    <form action={send} className="flex flex-col gap-4">
      <input type="hidden" name="token" value={token} />
      {/* For password managers, which store a password under a name. */}
      <input type="text" name="" value={name} autoComplete="username" readOnly hidden />
      <TextField
        name="newPassword"
        label="New password"
        type="password"
        hint="At least 10 characters. A sentence is fine."
        error={state.field === "newPassword" ? state.message : undefined}
        autoComplete="new-password"
        minLength={10}
        required
        autoFocus
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <SubmitButton>Set password</SubmitButton>
    </form>
  );
}
