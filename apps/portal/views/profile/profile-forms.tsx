"use client";
import { useActionState, useState } from "react";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { changeDisplayName, changeEmail, renameViewer } from "./actions.ts";

const formStyle = "flex max-w-96 flex-col gap-4";

/** What one is called in lists. */
export function DisplayNameForm({ displayName }: { readonly displayName: string | undefined }) {
  const [state, send] = useActionState(changeDisplayName, {});
  return (
    <form action={send} className={formStyle}>
      <TextField
        name="displayName"
        label="Display name"
        isOptional
        hint="Shown beside your user name."
        error={state.field === "displayName" ? state.message : undefined}
        defaultValue={state.entered?.displayName ?? displayName}
        autoComplete="name"
        maxLength={100}
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} done={state.done} />
      <div>
        <SubmitButton>Save name</SubmitButton>
      </div>
    </form>
  );
}

/** The address that mail goes to. */
export function EmailForm({ email }: { readonly email: string }) {
  const [state, send] = useActionState(changeEmail, {});
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} className={formStyle}>
      <TextField
        name="email"
        label="E-mail"
        type="email"
        hint="You can sign in with it too."
        error={errorFor("email")}
        defaultValue={state.entered?.email ?? email}
        autoComplete="email"
        required
      />
      <TextField
        id="email-password"
        name="password"
        label="Your password"
        type="password"
        error={errorFor("password")}
        autoComplete="current-password"
        required
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} done={state.done} />
      <div>
        <SubmitButton>Change e-mail</SubmitButton>
      </div>
    </form>
  );
}

/** The name that one signs in with and that one's own images begin with. */
export function RenameForm({ name, host }: { readonly name: string; readonly host: string }) {
  const [state, send] = useActionState(renameViewer, {});
  const [wanted, setWanted] = useState("");
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} className={formStyle}>
      <TextField
        name="name"
        label="New user name"
        hint={`Your own images will be ${host}/${wanted || name}/….`}
        error={errorFor("name")}
        defaultValue={state.entered?.name}
        onChange={(event) => setWanted(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
      />
      <TextField
        id="rename-password"
        name="password"
        label="Your password"
        type="password"
        error={errorFor("password")}
        autoComplete="current-password"
        required
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} done={state.done} />
      <div>
        <SubmitButton variant="secondary">Change user name</SubmitButton>
      </div>
    </form>
  );
}
