"use client";
import { useActionState, useState } from "react";
import { Field } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { Select } from "../../ui/select.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { NewSecret } from "../credential/new-secret.tsx";
import { rotateSecret, type SecretFormState } from "./actions.ts";
import { SecretLife } from "./secret-life.tsx";

/** Replaces a robot's secret without a failed pull: the old one goes on while the new one is put in place. */
export function RotateSecret(props: {
  readonly organization: string;
  readonly robot: string;
  readonly host: string;
  readonly isPlainHttp: boolean;
  /** The robot's page. */
  readonly path: string;
}) {
  const { organization, robot, host, isPlainHttp, path } = props;
  const [state, send] = useActionState<SecretFormState, FormData>(rotateSecret, {});
  const [stored, setStored] = useState<string>();
  const { created } = state;
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  if (created && created.secret !== stored) {
    return (
      <NewSecret
        label="The robot's new secret"
        sentence={`${created.loginName}: this secret is shown once. Store it now; the one before goes on for the time you chose.`}
        host={host}
        loginName={created.loginName}
        secret={created.secret}
        isPlainHttp={isPlainHttp}
        doneHref={path}
        onStored={() => setStored(created.secret)}
      />
    );
  }
  return (
    <form action={send} className="flex max-w-140 flex-col gap-5">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="robot" value={robot} />
      <SecretLife entered={state.entered?.days} error={errorFor("days")} />
      <Field
        id="overlap"
        label="The old secret goes on"
        hint="Long enough to put the new one wherever the old one is used."
        error={errorFor("overlap")}
      >
        {(control) => (
          <Select name="overlap" defaultValue={state.entered?.overlap ?? "24"} className="self-start" {...control}>
            <option value="24">for a day</option>
            <option value="1">for an hour</option>
            <option value="72">for three days</option>
            <option value="168">for a week</option>
            <option value="0">not at all: it ends now</option>
          </Select>
        )}
      </Field>
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div>
        <SubmitButton variant="secondary">Rotate the secret</SubmitButton>
      </div>
    </form>
  );
}
