"use client";
import { type FormEvent, useTransition } from "react";
import { Button } from "../../ui/button.tsx";
import { toast } from "../../ui/toast.tsx";
import { restoreToken, revokeByForm, revokeToken } from "./actions.ts";

/** Ends a token with one click, and offers to take that back where there is a script. */
export function RevokeButton({ id, name }: { readonly id: string; readonly name: string }) {
  const [isPending, start] = useTransition();
  const undo = async () => {
    const problem = await restoreToken(id);
    toast(
      problem === undefined ? { title: `${name} works again`, tone: "success" } : { title: problem, tone: "danger" },
    );
  };
  const revoke = (event: FormEvent) => {
    event.preventDefault();
    start(async () => {
      const problem = await revokeToken(id);
      toast(problem === undefined ? { title: `Revoked ${name}`, undo } : { title: problem, tone: "danger" });
    });
  };
  return (
    <form action={revokeByForm} onSubmit={revoke}>
      <input type="hidden" name="id" value={id} />
      <Button type="submit" size="sm" variant="secondary" isLoading={isPending} aria-label={`Revoke ${name}`}>
        Revoke
      </Button>
    </form>
  );
}
