import type { ReactNode } from "react";
import { RequestId } from "../../ui/error-block.tsx";

export interface FailurePageProps {
  /** What happened, as a sentence without blame. */
  readonly title: string;
  /** Why, where it is known, and what now. */
  readonly children: ReactNode;
  /** The ways out: links and buttons, the likeliest first. */
  readonly actions: ReactNode;
  /** The status in the answer, for those who know them. */
  readonly status?: number;
  readonly requestId?: string | undefined;
  /** The number of an error whose request is not known here; the log names it too. */
  readonly errorId?: string | undefined;
}

/** The contents of a page that could not be shown. It stands in a `Frame` or a `PlainFrame`. */
export function FailurePage({ title, children, actions, status, requestId, errorId }: FailurePageProps) {
  return (
    <div className="mx-auto flex max-w-160 flex-col items-start gap-4 py-8 sm:py-16">
      {status === undefined ? null : <p className="digits text-fg-subtle text-sm">{status}</p>}
      <h1 className="font-semibold text-2xl">{title}</h1>
      <div className="flex flex-col gap-2 text-fg-muted text-lg">{children}</div>
      <div className="flex flex-wrap gap-2">{actions}</div>
      {requestId === undefined ? null : <RequestId id={requestId} />}
      {errorId === undefined ? null : <RequestId id={errorId} label="Error" />}
    </div>
  );
}
