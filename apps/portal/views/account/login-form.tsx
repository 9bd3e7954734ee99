"use client";
import { signIn } from "next-auth/react";
import { useState } from "react";
import { TextField } from "../../ui/field.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";

/** Why a sign-in failed, in a sentence. Codes of the gatehouse that are not here mean that it could not be reached. */
const sentences: Readonly<Record<string, string>> = {
  CREDENTIALS_WRONG: "The name or the password is wrong.",
  ACCOUNT_SUSPENDED: "This account is suspended. Ask an administrator.",
  TOO_MANY_ATTEMPTS: "Too many failed sign-ins from here. Wait a few minutes, then try again.",
};

/** The sentence for a code that a failed sign-in left in the address or the answer. */
export function signInFailure(code: string): string {
  return sentences[code] ?? "Layerport could not check the password right now. Try again in a minute.";
}

/** Name and password. `returnTo` is a path of this site, already checked. */
export function LoginForm({ returnTo, failure }: { readonly returnTo: string; readonly failure: string | undefined }) {
  const [code, setCode] = useState(failure);
  const submit = async (form: FormData) => {
    setCode(undefined);
    const answer = await signIn("credentials", {
      redirect: false,
      name: String(form.get("name")),
      password: String(form.get("password")),
    });
    // A whole new page, not a soft one: nothing that was drawn for a stranger may stay.
    if (answer?.ok) window.location.assign(returnTo);
    else setCode(answer?.error ?? "UNAVAILABLE");
  };
  return (
    <form action={submit} className="flex flex-col gap-4">
      <TextField
        name="name"
        label="Name or e-mail"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoFocus
      />
      <TextField name="password" label="Password" type="password" autoComplete="current-password" required />
      {code === undefined ? null : (
        <p role="alert" className="text-danger">
          {signInFailure(code)}
        </p>
      )}
      <SubmitButton>Sign in</SubmitButton>
    </form>
  );
}
