import { Inbox, ListFilter, Lock } from "lucide-react";
import type { ReactNode } from "react";

/** Why there is nothing: there was never anything, a filter hides it, or the viewer may not see it. */
export type EmptyKind = "nothing-yet" | "filtered-out" | "no-permission";

const icons = { "nothing-yet": Inbox, "filtered-out": ListFilter, "no-permission": Lock };

export interface EmptyStateProps {
  readonly kind: EmptyKind;
  readonly title: string;
  /** The command that fills it; the filter that hides it; who can grant it. */
  readonly children?: ReactNode;
  /** The way out: a button or a link, "Clear filter". */
  readonly action?: ReactNode;
}

/** Stands where rows would be, and says which of the three kinds of nothing this is. */
export function EmptyState({ kind, title, children, action }: EmptyStateProps) {
  const Icon = icons[kind];
  return (
    <div className="flex min-w-0 flex-col items-start gap-3 rounded-md border border-dashed border-border-strong p-6">
      <div className="flex items-center gap-2">
        <Icon size={16} aria-hidden className="text-fg-subtle" />
        <p className="font-medium">{title}</p>
      </div>
      {children ? <div className="w-full min-w-0 max-w-160 text-fg-muted">{children}</div> : null}
      {action}
    </div>
  );
}
