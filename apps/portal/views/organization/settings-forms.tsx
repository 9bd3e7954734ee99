"use client";
import { useActionState } from "react";
import { Field, TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { TextArea } from "../../ui/input.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { deleteOrganization, rename, saveProperties } from "./settings-actions.ts";

/** The organization whose settings these are. */
export interface OrganizationProperties {
  readonly name: string;
  readonly displayName: string | undefined;
  readonly description: string | undefined;
}

/** Display name and description. */
export function PropertiesForm({ organization }: { readonly organization: OrganizationProperties }) {
  const [state, send] = useActionState(saveProperties, {});
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  const { entered = organization } = state;
  return (
    <form action={send} className="flex max-w-140 flex-col gap-4">
      <input type="hidden" name="organization" value={organization.name} />
      <TextField
        name="displayName"
        label="Display name"
        isOptional
        error={errorFor("displayName")}
        defaultValue={entered.displayName}
        maxLength={100}
      />
      <Field id="description" label="Description" isOptional error={errorFor("description")}>
        {(control) => (
          <TextArea name="description" rows={3} maxLength={500} defaultValue={entered.description} {...control} />
        )}
      </Field>
      <FormMessage refusal={state.field === undefined ? state.message : undefined} done={state.done} />
      <div>
        <SubmitButton>Save</SubmitButton>
      </div>
    </form>
  );
}

/** Another name for the organization. */
export function RenameForm({ name }: { readonly name: string }) {
  const [state, send] = useActionState(rename, {});
  return (
    <form action={send} className="flex max-w-140 flex-col gap-4">
      <input type="hidden" name="organization" value={name} />
      <TextField
        name="name"
        label="New name"
        error={state.field === "name" ? state.message : undefined}
        defaultValue={state.entered?.name ?? name}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div>
        <SubmitButton variant="secondary">Rename</SubmitButton>
      </div>
    </form>
  );
}

/** The end of the organization, for whoever types its name. */
export function DeletionForm({ name }: { readonly name: string }) {
  const [state, send] = useActionState(deleteOrganization, {});
  return (
    <form action={send} className="flex max-w-140 flex-col gap-4">
      <input type="hidden" name="organization" value={name} />
      <TextField
        name="confirmation"
        label={
          <>
            Type <code className="text-sm">{name}</code> to confirm
          </>
        }
        error={state.field === "confirmation" ? state.message : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div>
        <SubmitButton variant="danger">Delete {name}</SubmitButton>
      </div>
    </form>
  );
}
