"use client";
import { useActionState } from "react";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { revokeInvitation } from "./actions.ts";

/** Ends an invitation's link at once. Whoever should come all the same is invited anew. */
export function RevokeInvitation({ id, whose }: { readonly id: string; readonly whose: string }) {
  const [state, send] = useActionState(revokeInvitation, {});
  return (
    <form action={send} className="flex flex-col items-end gap-1">
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="secondary" size="sm" aria-label={`Revoke the invitation for ${whose}`}>
        Revoke
      </SubmitButton>
      <FormMessage refusal={state.message} />
    </form>
  );
}
