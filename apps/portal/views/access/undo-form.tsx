"use client";
import { useActionState } from "react";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { saveChange } from "./change-actions.ts";

/** One button that takes a change of rights back. */
export function UndoForm({ fields }: { readonly fields: Readonly<Record<string, string>> }) {
  const [state, send] = useActionState(saveChange, {});
  return (
    <form action={send} className="flex flex-wrap items-center gap-3">
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <FormMessage refusal={state.message} />
      <SubmitButton variant="secondary" size="sm">
        Undo
      </SubmitButton>
    </form>
  );
}
