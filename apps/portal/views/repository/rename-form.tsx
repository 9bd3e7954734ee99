"use client";
import { useActionState, useState } from "react";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { renameRepository } from "./settings-actions.ts";

export interface RenameFormProps {
  readonly repository: string;
  /** What stands before the path: `reg.example.com/acme/`. */
  readonly prefix: string;
  readonly path: string;
}

/** The new path of a repository in its organization. */
export function RenameForm({ repository, prefix, path }: RenameFormProps) {
  const [state, send] = useActionState(renameRepository, {});
  const [wanted, setWanted] = useState(path);
  return (
    <form action={send} className="flex max-w-140 flex-col gap-4">
      <input type="hidden" name="repository" value={repository} />
      <TextField
        name="path"
        label="Name"
        hint={`Images will be ${prefix}${wanted || path}.`}
        error={state.field === "path" ? state.message : undefined}
        defaultValue={state.entered?.path ?? path}
        onChange={(event) => setWanted(event.currentTarget.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={200}
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div>
        <SubmitButton>Rename repository</SubmitButton>
      </div>
    </form>
  );
}
