"use client";
import { useActionState } from "react";
import { TextField } from "../../ui/field.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { signIn } from "./actions.ts";

/** Why a sign-in failed, in a sentence. Codes of the gatehouse that are not here mean that it could not be reached. */
const sentences: Readonly<Record<string, string>> = {
  CREDENTIALS_WRONG: "The name or the password is wrong.",
  ACCOUNT_SUSPENDED: "This account is suspended. Ask an administrator.",
  TOO_MANY_ATTEMPTS: "Too many failed sign-ins from here. Wait a few minutes, then try again.",
  FORM_CHANGED: "This form was changed on its way. Load the page again.",
};

/** The sentence for a code that a failed sign-in left in the address or the answer. */
export function signInFailure(code: string): string {
  return sentences[code] ?? "Layerport could not check the password right now. Try again in a minute.";
}

/** Name and password. `returnTo` is a path of this site, already checked. */
export function LoginForm({ returnTo, failure }: { readonly returnTo: string; readonly failure: string | undefined }) {
  const [state, send] = useActionState(signIn, failure === undefined ? {} : { code: failure });
  return (
    <form action={send} className="flex flex-col gap-4">
      <input type="hidden" name="returnTo" value={returnTo} />
      <TextField
        name="name"
        label="Name or e-mail"
        defaultValue={state.name}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus
      />
      <TextField name="password" label="Password" type="password" autoComplete="current-password" required />
      {state.code === undefined ? null : (
        <p role="alert" className="text-danger">
          {signInFailure(state.code)}
        </p>
      )}
      <SubmitButton>Sign in</SubmitButton>
    </form>
  );
}
