import type { UserAccount } from "@layerport/accounts";
import { Badge } from "../../ui/badge.tsx";

/** What sets an account apart: its roles in the instance, and that it is disabled. */
export function UserMarks({ user }: { readonly user: UserAccount }) {
  return (
    <span className="inline-flex flex-wrap gap-1">
      {user.isAdministrator ? <Badge tone="info">administrator</Badge> : null}
      {user.isAuditor ? <Badge>auditor</Badge> : null}
      {user.isSuspended ? <Badge tone="danger">disabled</Badge> : null}
    </span>
  );
}
