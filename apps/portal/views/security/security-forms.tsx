"use client";
import { useActionState } from "react";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { changePassword, endOtherSessions, endSession } from "./actions.ts";

/** The present password and a new one. */
export function PasswordForm({ name }: { readonly name: string }) {
  const [state, send] = useActionState(changePassword, {});
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} className="flex max-w-96 flex-col gap-4">
      {/* For password managers, which store a password under a name. */}
      <input type="text" name="" value={name} autoComplete="username" readOnly hidden />
      <TextField
        name="password"
        label="Present password"
        type="password"
        error={errorFor("password")}
        autoComplete="current-password"
        required
      />
      <TextField
        name="newPassword"
        label="New password"
        type="password"
        hint="At least 10 characters. A sentence is fine."
        error={errorFor("newPassword")}
        autoComplete="new-password"
        minLength={10}
        required
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} done={state.done} />
      <div>
        <SubmitButton>Change password</SubmitButton>
      </div>
    </form>
  );
}

/** Signs one browser out; `device` is what the list calls it. */
export function EndSessionForm({ id, device }: { readonly id: string; readonly device: string }) {
  const [state, send] = useActionState(endSession, {});
  return (
    <form action={send} className="flex flex-col items-end gap-1">
      <input type="hidden" name="id" value={id} />
      <SubmitButton size="sm" variant="secondary" aria-label={`Sign out ${device}`}>
        Sign out
      </SubmitButton>
      <FormMessage refusal={state.message} />
    </form>
  );
}

/** Signs every browser out but this one. */
export function EndOtherSessionsForm({ hasOthers }: { readonly hasOthers: boolean }) {
  const [state, send] = useActionState(endOtherSessions, {});
  return (
    <form action={send} className="flex flex-wrap items-center gap-3">
      {hasOthers ? <SubmitButton variant="secondary">Sign out everywhere else</SubmitButton> : null}
      <FormMessage refusal={state.message} done={state.done} />
    </form>
  );
}
