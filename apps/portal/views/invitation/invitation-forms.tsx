"use client";
import { useActionState } from "react";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { acceptAsNewUser, acceptInvitation } from "./actions.ts";

/** One button that joins as whoever is signed in. */
export function AcceptForm({ token, label }: { readonly token: string; readonly label: string }) {
  const [state, send] = useActionState(acceptInvitation, {});
  return (
    <form action={send} className="flex flex-col gap-3">
      <input type="hidden" name="token" value={token} />
      <FormMessage refusal={state.message} />
      <SubmitButton>{label}</SubmitButton>
    </form>
  );
}

/** The account of somebody who has none yet. An address that the invitation names cannot be another one. */
export function NewAccountForm({ token, email }: { readonly token: string; readonly email: string | undefined }) {
  const [state, send] = useActionState(acceptAsNewUser, {});
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  const { entered } = state;
  return (
    <form action={send} className="flex flex-col gap-4">
      <input type="hidden" name="token" value={token} />
      <TextField
        name="name"
        label="User name"
        hint="Lower-case letters and digits. Your own repositories live under it: name/my-app."
        error={errorFor("name")}
        defaultValue={entered?.name}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
      />
      <TextField
        name="email"
        label="E-mail"
        type="email"
        hint={email === undefined ? undefined : "The address that was invited."}
        error={errorFor("email")}
        defaultValue={email ?? entered?.email}
        readOnly={email !== undefined}
        autoComplete="email"
        required
      />
      <TextField
        name="displayName"
        label="Display name"
        isOptional
        error={errorFor("displayName")}
        defaultValue={entered?.displayName}
        autoComplete="name"
        maxLength={100}
      />
      <TextField
        name="password"
        label="Password"
        type="password"
        hint="At least 10 characters. A sentence is fine."
        error={errorFor("password")}
        autoComplete="new-password"
        minLength={10}
        required
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <SubmitButton>Create account</SubmitButton>
    </form>
  );
}
