"use client";
import { useActionState } from "react";
import { Switch } from "../../ui/checkbox.tsx";
import { TextField } from "../../ui/field.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { makeAdministrator } from "./actions.ts";

/** Step 2: who runs this Layerport. */
export function AdministratorForm({ setupToken }: { readonly setupToken: string }) {
  const [state, send] = useActionState(makeAdministrator, {});
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} className="flex max-w-96 flex-col gap-4">
      <input type="hidden" name="setupToken" value={setupToken} />
      <TextField
        name="name"
        label="User name"
        hint="Lower-case letters and digits. Your own repositories live under it: name/my-app."
        error={errorFor("name")}
        defaultValue={state.entered?.name}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <TextField
        name="email"
        label="E-mail"
        type="email"
        error={errorFor("email")}
        defaultValue={state.entered?.email}
        autoComplete="email"
        required
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
      <Switch
        name="anonymousPull"
        defaultChecked
        label="Public repositories need no sign-in"
        hint="New repositories are private. Anybody may pull those that an owner makes public."
      />
      {state.field === "form" ? (
        <p role="alert" className="text-danger">
          {state.message}
        </p>
      ) : null}
      <div>
        <SubmitButton>Create administrator</SubmitButton>
      </div>
    </form>
  );
}
