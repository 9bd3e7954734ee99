"use client";
import { useActionState } from "react";
import { TextField } from "../../ui/field.tsx";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { OneTimeLink } from "../credential/one-time-link.tsx";
import { createResetLink, invitePerson, revokeInvitation, revokeTokenOf } from "./actions.ts";

/** One button that makes a link for a new password, and after it the link itself, once. */
export function ResetLinkForm({ name }: { readonly name: string }) {
  const [state, send] = useActionState(createResetLink, {});
  const { created } = state;
  return (
    <div className="flex flex-col gap-3">
      {created === undefined ? null : (
        <OneTimeLink
          label="Link for a new password"
          sentence={
            created.isMailed
              ? `The link is on its way to ${name} by mail. It is shown here once, and lasts a day.`
              : `Give this link to ${name}. It is shown once, and lasts a day.`
          }
          link={created.link}
        />
      )}
      <form action={send} className="flex flex-wrap items-center gap-3">
        <input type="hidden" name="name" value={name} />
        <SubmitButton variant="secondary">
          {created === undefined ? "Make a reset link" : "Make another link, and end this one"}
        </SubmitButton>
        <FormMessage refusal={state.message} />
      </form>
    </div>
  );
}

/** Ends a token of somebody else, at once and for good. */
export function RevokeTokenOf(props: { readonly user: string; readonly id: string; readonly name: string }) {
  const [state, send] = useActionState(revokeTokenOf, {});
  return (
    <form action={send} className="flex flex-col items-end gap-1">
      <input type="hidden" name="user" value={props.user} />
      <input type="hidden" name="id" value={props.id} />
      <SubmitButton size="sm" variant="secondary" aria-label={`Revoke ${props.name} of ${props.user}`}>
        Revoke
      </SubmitButton>
      <FormMessage refusal={state.message} />
    </form>
  );
}

/** Whom to invite, and after it the link itself, once. */
export function InvitePersonForm() {
  const [state, send] = useActionState(invitePerson, {});
  const { created } = state;
  return (
    <div className="flex flex-col gap-4">
      {created === undefined ? null : (
        <OneTimeLink
          label="Your new invitation"
          sentence={
            created.isMailed
              ? `The invitation is on its way to ${created.email}. Its link is shown here once, and lasts seven days.`
              : `Send this link to ${created.email ?? "whom you invite"}. It is shown once, and lasts seven days.`
          }
          link={created.link}
        />
      )}
      <form action={send} className="flex max-w-96 flex-col gap-4">
        <TextField
          name="email"
          label="E-mail"
          type="email"
          isOptional
          hint="Only this address can accept. Without one, whoever has the link can, once."
          error={state.field === "email" ? state.message : undefined}
          defaultValue={state.entered?.email}
          autoComplete="off"
        />
        <FormMessage refusal={state.field === undefined ? state.message : undefined} />
        <div>
          <SubmitButton>Make invitation</SubmitButton>
        </div>
      </form>
    </div>
  );
}

/** Ends an invitation that nobody has accepted yet. */
export function RevokeInvitationForm({ id, whom }: { readonly id: string; readonly whom: string }) {
  const [state, send] = useActionState(revokeInvitation, {});
  return (
    <form action={send} className="flex flex-col items-end gap-1">
      <input type="hidden" name="id" value={id} />
      <SubmitButton size="sm" variant="secondary" aria-label={`Revoke the invitation for ${whom}`}>
        Revoke
      </SubmitButton>
      <FormMessage refusal={state.message} />
    </form>
  );
}
