"use client";
import type { Permission } from "@layerport/registry-core";
import { useActionState, useState } from "react";
import { Field, TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { TextArea } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { NewSecret } from "../credential/new-secret.tsx";
import { PermissionChoices } from "../credential/permission-choices.tsx";
import { createToken, type TokenFormState } from "./actions.ts";

export interface NewTokenProps {
  readonly host: string;
  readonly userName: string;
  readonly isPlainHttp: boolean;
}

const offered: readonly Permission[] = ["pull", "push", "overwrite", "delete"];

/** The form for a token, and after it the token itself, once. */
export function NewToken({ host, userName, isPlainHttp }: NewTokenProps) {
  const [state, send] = useActionState<TokenFormState, FormData>(createToken, {});
  const [stored, setStored] = useState<string>();
  const { created } = state;
  if (created && created.secret !== stored) {
    return (
      <NewSecret
        label="Your new token"
        sentence={`${created.name}: this token is shown once. Store it now.`}
        host={host}
        loginName={userName}
        secret={created.secret}
        isPlainHttp={isPlainHttp}
        doneHref="/settings/tokens"
        onStored={() => setStored(created.secret)}
      />
    );
  }
  return <TokenForm state={created ? {} : state} send={send} />;
}

function TokenForm({ state, send }: { state: TokenFormState; send: (form: FormData) => void }) {
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  const { entered } = state;
  return (
    <form action={send} className="flex max-w-160 flex-col gap-5">
      <TextField
        name="name"
        label="Name"
        hint="What it is for: laptop, ci of acme/api."
        error={errorFor("name")}
        defaultValue={entered?.name}
        autoComplete="off"
        required
        maxLength={100}
      />
      <Field
        id="patterns"
        label="Repositories"
        hint="Names or patterns, one a line: ** is every repository, acme/** all of acme, acme/web-* some."
        error={errorFor("patterns")}
      >
        {(control) => (
          <TextArea
            name="patterns"
            rows={3}
            defaultValue={entered?.patterns ?? "**"}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            className="font-mono"
            {...control}
          />
        )}
      </Field>
      <PermissionChoices
        legend="May there"
        offered={offered}
        chosen={entered === undefined ? ["pull"] : offered.filter((permission) => entered[permission] === "on")}
        error={errorFor("permissions")}
      />
      <Field id="days" label="Expires" error={errorFor("days")}>
        {(control) => (
          <Select name="days" defaultValue={entered?.days ?? "90"} className="self-start" {...control}>
            <option value="7">in 7 days</option>
            <option value="30">in 30 days</option>
            <option value="90">in 90 days</option>
            <option value="365">in a year</option>
          </Select>
        )}
      </Field>
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div>
        <SubmitButton>Create token</SubmitButton>
      </div>
    </form>
  );
}
