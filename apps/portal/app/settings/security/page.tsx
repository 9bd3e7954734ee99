import Link from "next/link";
import { rooms } from "../../../server/rooms.ts";
import { requireViewer } from "../../../server/viewer.ts";
import { PageHeader, Section } from "../../../views/frame/page-header.tsx";
import { EndOtherSessionsForm, PasswordForm } from "../../../views/security/security-forms.tsx";
import { SessionTable } from "../../../views/security/session-table.tsx";
import { SettingsFrame } from "../../../views/settings/settings-frame.tsx";

export const metadata = { title: "Security" };

/** Who is signed in as me? */
export default async function SecurityPage() {
  const viewer = await requireViewer("/settings/security");
  const sessions = await rooms().accounts.listSessions(viewer);
  return (
    <SettingsFrame path="/settings/security">
      <PageHeader title="Security" description="Where you are signed in, and the password that signs you in." />
      <Section
        title="Active sessions"
        description={
          <>
            Browsers. What clients and machines use is under{" "}
            <Link href="/settings/tokens" className="link">
              access tokens
            </Link>
            .
          </>
        }
      >
        <SessionTable sessions={sessions} />
        <div className="mt-3">
          <EndOtherSessionsForm hasOthers={sessions.some(({ isCurrent }) => !isCurrent)} />
        </div>
      </Section>
      <Section
        title="Password"
        description="A new password signs every browser and client out that used the old one. Access tokens stay."
      >
        <PasswordForm name={viewer.name} />
      </Section>
    </SettingsFrame>
  );
}
