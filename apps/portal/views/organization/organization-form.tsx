"use client";
import { useActionState, useState } from "react";
import { TextField } from "../../ui/field.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { createOrganization } from "./actions.ts";

/** Name and display name of a new organization, with the name that its images will have. */
export function OrganizationForm({ host }: { readonly host: string }) {
  const [state, send] = useActionState(createOrganization, {});
  const [name, setName] = useState("");
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} className="flex max-w-96 flex-col gap-4">
      <TextField
        name="name"
        label="Name"
        hint={`Images will be ${host}/${name || "name"}/my-app.`}
        error={errorFor("name")}
        defaultValue={state.entered?.name}
        onChange={(event) => setName(event.currentTarget.value)}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        required
        maxLength={64}
      />
      <TextField
        name="displayName"
        label="Display name"
        isOptional
        error={errorFor("displayName")}
        defaultValue={state.entered?.displayName}
        maxLength={100}
      />
      {state.field === "form" ? (
        <p role="alert" className="text-danger">
          {state.message}
        </p>
      ) : null}
      <div>
        <SubmitButton>Create organization</SubmitButton>
      </div>
    </form>
  );
}
