"use client";
import { useActionState } from "react";
import { FormMessage } from "../../ui/form-message.tsx";
import { SubmitButton } from "../../ui/submit-button.tsx";
import { reinstateRobot, suspendRobot } from "./actions.ts";

/** Suspends a robot with one click, and takes that back with another. */
export function StandingForm(props: {
  readonly organization: string;
  readonly robot: string;
  readonly isSuspended: boolean;
}) {
  const { organization, robot, isSuspended } = props;
  const [state, send] = useActionState(isSuspended ? reinstateRobot : suspendRobot, {});
  return (
    <form action={send} className="flex flex-wrap items-center gap-2">
      <input type="hidden" name="organization" value={organization} />
      <input type="hidden" name="robot" value={robot} />
      <FormMessage refusal={state.message} />
      <SubmitButton variant="secondary">{isSuspended ? "Reinstate" : "Suspend"}</SubmitButton>
    </form>
  );
}
