import { formatCounted } from "../../../format/count.ts";
import { requireOverseer } from "../../../server/overseer.ts";
import { rooms } from "../../../server/rooms.ts";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { AdministrationFrame } from "../../../views/administration/administration-frame.tsx";
import { OwnedTokenTable } from "../../../views/administration/owned-token-table.tsx";
import { PageHeader } from "../../../views/frame/page-header.tsx";

export const metadata = { title: "Unused tokens" };

/** What could be taken away without anybody missing it? */
export default async function UnusedTokensPage() {
  const viewer = await requireOverseer();
  const tokens = await rooms().accounts.listUnusedAccessTokens(viewer);
  return (
    <AdministrationFrame viewer={viewer} path="/admin/tokens" crumbs={[{ label: "Unused tokens" }]}>
      <PageHeader
        title="Unused tokens"
        description="Access tokens of everybody that still serve, and that nobody has used or made within 90 days, oldest first."
      />
      {tokens.length === 0 ? (
        <EmptyState kind="nothing-yet" title="Every token is in use">
          A token that is used no more appears here 90 days after its last use.
        </EmptyState>
      ) : (
        <>
          <OwnedTokenTable
            label="Unused tokens"
            tokens={tokens}
            hasOwners
            mayRevoke={viewer.isAdministrator}
            now={new Date()}
          />
          <p className="mt-3 text-fg-muted">{formatCounted(tokens.length, "token")}</p>
        </>
      )}
    </AdministrationFrame>
  );
}
