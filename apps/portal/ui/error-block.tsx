import { CircleX } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

export interface ErrorBlockProps {
  /** What failed, as a sentence. */
  readonly what: string;
  /** Why, where it is known. */
  readonly why?: ReactNode;
  /** What the reader can do. */
  readonly todo: ReactNode;
  readonly requestId?: string | undefined;
  /** A `RetryButton`, or another way to go on. */
  readonly retry?: ReactNode;
}

/** Stands in the place of what failed, and leaves the rest of the page alone. */
export function ErrorBlock({ what, why, todo, requestId, retry }: ErrorBlockProps) {
  return (
    <div role="alert" className="flex flex-col gap-3 rounded-md border border-danger bg-danger-bg p-4 text-fg">
      <div className="flex gap-2">
        <CircleX size={16} aria-hidden className="mt-0.5 shrink-0 text-danger" />
        <div className="flex min-w-0 flex-col gap-1">
          <p className="font-medium">{what}</p>
          {why ? <p>{why}</p> : null}
          <p>{todo}</p>
        </div>
      </div>
      {requestId === undefined && !retry ? null : (
        <div className="flex flex-wrap items-center gap-3 ps-6">
          {retry}
          {requestId === undefined ? null : <RequestId id={requestId} />}
        </div>
      )}
    </div>
  );
}

/** The number under which the log has the whole story, to be handed to whoever runs the installation. */
export function RequestId({ id, label = "Request" }: { id: string; label?: string }) {
  return (
    <span className="inline-flex items-center gap-1 text-fg-muted text-sm">
      {label} <code className="digits break-all">{id}</code>
      <CopyButton text={id} label={`Copy ${label.toLowerCase()} number`} />
    </span>
  );
}
