"use client";
import { permissions } from "@layerport/registry-core";
import { useActionState } from "react";
import { Field, TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { TextArea } from "../../ui/input.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { NewSecret } from "../credential/new-secret.tsx";
import { PermissionChoices } from "../credential/permission-choices.tsx";
import { createRobot, type SecretFormState } from "./actions.ts";
import { SecretLife } from "./secret-life.tsx";

export interface NewRobotProps {
  readonly organization: string;
  readonly host: string;
  readonly isPlainHttp: boolean;
  /** The list of robots. */
  readonly robotsHref: string;
}

/** A robot on one page: name, where, what, how long; and after it the secret, once. */
export function NewRobot(props: NewRobotProps) {
  const { organization, host, isPlainHttp, robotsHref } = props;
  const [state, send] = useActionState<SecretFormState, FormData>(createRobot, {});
  const { created } = state;
  if (created) {
    return (
      <NewSecret
        label="The robot's secret"
        sentence={`${created.loginName}: this secret is shown once. Store it now.`}
        host={host}
        loginName={created.loginName}
        secret={created.secret}
        isPlainHttp={isPlainHttp}
        doneHref={`${robotsHref}/${created.name}`}
      />
    );
  }
  return <RobotForm organization={organization} robotsHref={robotsHref} state={state} send={send} />;
}

function RobotForm(props: {
  organization: string;
  robotsHref: string;
  state: SecretFormState;
  send: (form: FormData) => void;
}) {
  const { organization, robotsHref, state, send } = props;
  const { entered } = state;
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} className="flex max-w-160 flex-col gap-5">
      <input type="hidden" name="organization" value={organization} />
      <TextField
        name="name"
        label="Name"
        hint={`What it is for: ci, deploy. Clients log in as ${organization}+name.`}
        error={errorFor("name")}
        defaultValue={entered?.name}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        required
        maxLength={64}
      />
      <TextField
        name="description"
        label="Description"
        isOptional
        error={errorFor("description")}
        defaultValue={entered?.description}
        maxLength={500}
      />
      <Field
        id="patterns"
        label="Repositories"
        hint={`Names or patterns, one a line: ${organization}/** is every repository, ${organization}/web-* some, ${organization}/api one.`}
        error={errorFor("patterns")}
      >
        {(control) => (
          <TextArea
            name="patterns"
            rows={3}
            defaultValue={entered?.patterns ?? `${organization}/**`}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className="font-mono"
            {...control}
          />
        )}
      </Field>
      <PermissionChoices
        legend="May there"
        offered={permissions}
        chosen={entered === undefined ? ["pull"] : permissions.filter((permission) => entered[permission] === "on")}
        error={errorFor("permissions")}
      />
      <SecretLife entered={entered?.days} error={errorFor("days")} />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div className="flex flex-wrap gap-2">
        <SubmitButton>Create robot</SubmitButton>
        <LinkButton href={robotsHref}>Cancel</LinkButton>
      </div>
    </form>
  );
}
