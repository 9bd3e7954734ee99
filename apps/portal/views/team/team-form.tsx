"use client";
import { useActionState } from "react";
import { Field, TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { TextArea } from "../../ui/input.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { saveTeam } from "./actions.ts";

/** What a team is called. Without `team` it makes a new one. */
export function TeamForm(props: {
  readonly organization: string;
  readonly team?: {
    readonly name: string;
    readonly displayName: string | undefined;
    readonly description: string | undefined;
  };
  readonly cancelHref: string;
}) {
  const { organization, team, cancelHref } = props;
  const [state, send] = useActionState(saveTeam, {});
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  const { entered = team } = state;
  return (
    <form action={send} className="flex max-w-140 flex-col gap-4">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="team" value={team?.name ?? ""} />
      <TextField
        name="name"
        label="Name"
        hint="Lower-case letters and digits: web, platform-team."
        error={errorFor("name")}
        defaultValue={entered?.name}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
      />
      <TextField
        name="displayName"
        label="Display name"
        isOptional
        error={errorFor("displayName")}
        defaultValue={entered?.displayName}
        maxLength={100}
      />
      <Field id="description" label="Description" isOptional error={errorFor("description")}>
        {(control) => (
          <TextArea name="description" rows={3} maxLength={500} defaultValue={entered?.description} {...control} />
        )}
      </Field>
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div className="flex flex-wrap gap-2">
        <SubmitButton>{team === undefined ? "Create team" : "Save team"}</SubmitButton>
        <LinkButton href={cancelHref}>Cancel</LinkButton>
      </div>
    </form>
  );
}
