"use client";
import { useTransition } from "react";
import { Button } from "../../ui/button.tsx";
import { toast } from "../../ui/toast.tsx";
import { restoreToken, revokeToken } from "./actions.ts";

/** Ends a token with one click, and offers to take that back. */
export function RevokeButton({ id, name }: { readonly id: string; readonly name: string }) {
  const [isPending, start] = useTransition();
  const undo = async () => {
    const problem = await restoreToken(id);
    toast(
      problem === undefined ? { title: `${name} works again`, tone: "success" } : { title: problem, tone: "danger" },
    );
  };
  const revoke = () =>
    start(async () => {
      const problem = await revokeToken(id);
      toast(problem === undefined ? { title: `Revoked ${name}`, undo } : { title: problem, tone: "danger" });
    });
  return (
    <Button
      type="button"
      size="sm"
      variant="secondary"
      isLoading={isPending}
      onClick={revoke}
      aria-label={`Revoke ${name}`}
    >
      Revoke
    </Button>
  );
}
