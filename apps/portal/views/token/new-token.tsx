"use client";
import { useActionState, useEffect, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Field, TextField } from "../../ui/field.tsx";
import { SegmentedRadios } from "../../ui/segmented.tsx";
import { Select } from "../../ui/select.tsx";
import { Snippet } from "../../ui/snippet.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { createToken, type TokenFormState } from "./actions.ts";

export interface NewTokenProps {
  readonly host: string;
  readonly userName: string;
  readonly isPlainHttp: boolean;
}

/** The form for a token, and after it the token itself, once. */
export function NewToken(props: NewTokenProps) {
  const [state, send] = useActionState(createToken, {});
  const [stored, setStored] = useState<string>();
  if (state.created && state.created.secret !== stored) {
    return <Secret {...props} created={state.created} onStored={setStored} />;
  }
  return <TokenForm state={state.created ? {} : state} send={send} />;
}

function TokenForm({ state, send }: { state: TokenFormState; send: (form: FormData) => void }) {
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} className="flex max-w-140 flex-col gap-4">
      <TextField
        name="name"
        label="Name"
        hint="What it is for: laptop, ci of acme/api."
        error={errorFor("name")}
        defaultValue={state.entered?.name}
        autoComplete="off"
        required
        maxLength={100}
      />
      <div className="flex flex-col items-start gap-1">
        <span className="font-medium">May</span>
        <SegmentedRadios
          label="Rights"
          name="rights"
          defaultValue="read"
          options={[
            { value: "read", label: "Pull" },
            { value: "write", label: "Pull and push" },
            { value: "delete", label: "Pull, push and delete" },
          ]}
        />
      </div>
      <TextField
        name="patterns"
        label="Repositories"
        hint="Names or patterns, separated by spaces: ** is every repository, acme/** all of acme, acme/web-* some."
        error={errorFor("patterns")}
        defaultValue={state.entered?.patterns ?? "**"}
        autoComplete="off"
        spellCheck={false}
        required
      />
      <Field id="days" label="Expires" error={errorFor("expiry")}>
        {(control) => (
          <Select name="days" defaultValue="90" {...control}>
            <option value="7">in 7 days</option>
            <option value="30">in 30 days</option>
            <option value="90">in 90 days</option>
            <option value="365">in a year</option>
          </Select>
        )}
      </Field>
      {state.field === "form" ? (
        <p role="alert" className="text-danger">
          {state.message}
        </p>
      ) : null}
      <div>
        <SubmitButton>Create token</SubmitButton>
      </div>
    </form>
  );
}

function Secret(
  props: NewTokenProps & {
    readonly created: { readonly secret: string; readonly name: string };
    readonly onStored: (secret: string) => void;
  },
) {
  const { host, userName, created } = props;
  const [isStored, setStored] = useState(false);
  const tls = props.isPlainHttp ? " --tls-verify=false" : "";
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
  return (
    <section aria-label="Your new token" className="flex max-w-160 flex-col gap-4 rounded-md border border-accent p-4">
      <p role="status" className="font-medium">
        {created.name}: this token is shown once. Store it now.
      </p>
      <Snippet label="Token" variants={[{ id: "token", label: "Token", text: created.secret, isFile: true }]} />
      <Snippet
        label="Log in with it"
        variants={[
          {
            id: "docker",
            label: "docker",
            text: `docker login -u ${userName} --password-stdin ${host} <<< '${created.secret}'`,
          },
          {
            id: "podman",
            label: "podman",
            text: `podman login${tls} -u ${userName} --password-stdin ${host} <<< '${created.secret}'`,
          },
          {
            id: "skopeo",
            label: "skopeo",
            text: `skopeo login${tls} -u ${userName} --password-stdin ${host} <<< '${created.secret}'`,
          },
        ]}
      />
      <Checkbox label="I stored it" checked={isStored} onChange={(event) => setStored(event.currentTarget.checked)} />
      <div>
        <Button
          type="button"
          variant="primary"
          disabled={!isStored}
          onClick={() => {
            if (isStored) props.onStored(created.secret);
          }}
        >
          Done
        </Button>
      </div>
    </section>
  );
}
