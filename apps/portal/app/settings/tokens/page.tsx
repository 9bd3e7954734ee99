import { rooms } from "../../../server/rooms.ts";
import { requireViewer } from "../../../server/viewer.ts";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { PageHeader, Section } from "../../../views/frame/page-header.tsx";
import { SettingsFrame } from "../../../views/settings/settings-frame.tsx";
import { NewToken } from "../../../views/token/new-token.tsx";
import { TokenTable } from "../../../views/token/token-table.tsx";

export const metadata = { title: "Access tokens" };

/** What can act as me? */
export default async function TokensPage() {
  const viewer = await requireViewer("/settings/tokens");
  const { accounts, environment } = rooms();
  const tokens = await accounts.listAccessTokens(viewer);
  const url = new URL(environment.publicUrl);
  return (
    <SettingsFrame path="/settings/tokens">
      <PageHeader
        title="Access tokens"
        description="Secrets that act as you, for clients and machines. Each does at most what you chose for it, and never more than you may."
      />
      <Section title="Your tokens">
        {tokens.length === 0 ? (
          <EmptyState kind="nothing-yet" title="No access tokens">
            Create one for CI, and log in with it:{" "}
            <code className="break-words text-sm">
              docker login -u {viewer.name} --password-stdin {url.host}
            </code>
          </EmptyState>
        ) : (
          <TokenTable tokens={tokens} now={new Date()} />
        )}
      </Section>
      <Section title="New token">
        <NewToken host={url.host} userName={viewer.name} isPlainHttp={url.protocol === "http:"} />
      </Section>
    </SettingsFrame>
  );
}
