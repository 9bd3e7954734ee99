"use client";
import type { Role } from "@layerport/registry-core";
import { roles } from "@layerport/registry-core";
import { useActionState, useEffect } from "react";
import { Button } from "../../ui/button.tsx";
import { Checkbox } from "../../ui/checkbox.tsx";
import { Field, TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { TextArea } from "../../ui/input.tsx";
import { Select } from "../../ui/select.tsx";
import { Snippet } from "../../ui/snippet.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { type InvitationLink, type InviteFormState, invite } from "./actions.ts";

export interface InviteFormProps {
  readonly organization: string;
  readonly defaultRole: Role | undefined;
  /** Names of the organization's teams, from which to choose. */
  readonly teams: readonly string[];
  readonly doneHref: string;
}

/** Whom to invite, as what and into which teams; after it the links, once. */
export function InviteForm(props: InviteFormProps) {
  const [state, send] = useActionState<InviteFormState, FormData>(invite, {});
  const { links = [] } = state;
  return (
    <div className="flex flex-col gap-6">
      {links.length === 0 ? null : (
        <NewLinks links={links} doneHref={props.doneHref} isAll={state.message === undefined} />
      )}
      {links.length > 0 && state.message === undefined ? null : <Fields {...props} state={state} send={send} />}
    </div>
  );
}

function Fields(props: InviteFormProps & { state: InviteFormState; send: (form: FormData) => void }) {
  const { organization, defaultRole, teams, state, send } = props;
  const { entered = {} } = state;
  const errorFor = (field: string) => (state.field === field ? state.message : undefined);
  return (
    <form action={send} key={entered.emails} className="flex max-w-140 flex-col gap-5">
      <input type="hidden" name="organization" value={organization} />
      <Field
        id="emails"
        label="E-mail addresses"
        isOptional
        hint="Separated by commas. Each gets a link of its own that only this address can accept. Without an address you get one link for one person, whoever has it."
        error={errorFor("emails")}
      >
        {(control) => (
          <TextArea
            name="emails"
            rows={3}
            defaultValue={entered.emails}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            {...control}
          />
        )}
      </Field>
      <Field id="role" label="Role" hint={`The default role is ${defaultRole ?? "none: only what is granted"}.`}>
        {(control) => (
          <Select name="role" defaultValue={entered.role ?? "default"} className="self-start" {...control}>
            <option value="default">default ({defaultRole ?? "none"})</option>
            {roles.map((role) => (
              <option key={role} value={role}>
                {role}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <TextField
        name="teams"
        label="Teams"
        isOptional
        hint={
          teams.length === 0
            ? "This organization has no team yet."
            : `Names, separated by commas: ${teams.slice(0, 12).join(", ")}${teams.length > 12 ? ", …" : ""}.`
        }
        error={errorFor("teams")}
        defaultValue={entered.teams}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <FormMessage refusal={state.field === undefined ? state.message : undefined} />
      <div>
        <SubmitButton>Invite</SubmitButton>
      </div>
    </form>
  );
}

function NewLinks(props: { links: readonly InvitationLink[]; doneHref: string; isAll: boolean }) {
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);
  return (
    <section aria-label="New invitations" className="flex max-w-180 flex-col gap-4 rounded-md border border-accent p-4">
      <p role="status" className="font-medium">
        {props.links.length === 1 ? "This link is" : "These links are"} shown once, and good for one use within seven
        days. Send {props.links.length === 1 ? "it" : "each"} to whom it is for.
      </p>
      {props.links.map(({ email, link, isMailed }) => (
        <div key={link} className="flex flex-col gap-1">
          <p className="break-words">
            {email ?? "For whoever has the link"}
            {isMailed ? <span className="text-fg-muted"> (sent by mail)</span> : null}
          </p>
          <Snippet
            label={email === undefined ? "Invitation link" : `Invitation link for ${email}`}
            variants={[{ id: "link", label: "Link", text: link, isFile: true }]}
          />
        </div>
      ))}
      {props.isAll ? (
        <form action={props.doneHref} className="flex flex-wrap items-center gap-4">
          <Button type="submit" variant="primary" className="order-last">
            Done
          </Button>
          <Checkbox label="I stored it" required />
        </form>
      ) : null}
    </section>
  );
}
