import { CircleCheck, CircleX } from "lucide-react";

/** What became of a form as a whole: why it was refused, or what was done. Nothing before it was sent. */
export function FormMessage(props: { readonly refusal?: string | undefined; readonly done?: string | undefined }) {
  if (props.refusal !== undefined) {
    return (
      <p role="alert" className="flex items-start gap-1.5 text-danger">
        <CircleX size={14} aria-hidden className="mt-0.75 shrink-0" />
        {props.refusal}
      </p>
    );
  }
  if (props.done === undefined) return null;
  return (
    <p role="status" className="flex items-start gap-1.5 text-success">
      <CircleCheck size={14} aria-hidden className="mt-0.75 shrink-0" />
      {props.done}
    </p>
  );
}
