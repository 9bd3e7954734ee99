import { rooms } from "../../../server/rooms.ts";
import { requireViewer } from "../../../server/viewer.ts";
import { PageHeader, Section } from "../../../views/frame/page-header.tsx";
import { DisplayNameForm, EmailForm, RenameForm } from "../../../views/profile/profile-forms.tsx";
import { SettingsFrame } from "../../../views/settings/settings-frame.tsx";

export const metadata = { title: "Profile" };

/** Who am I here? */
export default async function ProfilePage() {
  const viewer = await requireViewer("/settings/profile");
  const { host } = new URL(rooms().environment.publicUrl);
  return (
    <SettingsFrame path="/settings/profile">
      <PageHeader
        title="Profile"
        description={
          <>
            You are <span className="font-mono text-sm">{viewer.name}</span> on{" "}
            <span className="font-mono text-sm">{host}</span>.
          </>
        }
      />
      <Section title="Name">
        <DisplayNameForm displayName={viewer.displayName} />
      </Section>
      <Section title="E-mail">
        <EmailForm email={viewer.email} />
      </Section>
      <Section title="User name">
        <ul className="mb-4 flex max-w-160 list-disc flex-col gap-1 ps-5 text-fg-muted">
          <li>Your own repositories move to the new name, and with them what you push from now on.</li>
          <li>
            Images under <span className="font-mono text-sm">{viewer.name}/…</span> can still be pulled. Pushes to it
            are refused with the new name.
          </li>
          <li>Access tokens go on working with either name, and nobody else can take the old one.</li>
        </ul>
        <RenameForm name={viewer.name} host={host} />
      </Section>
    </SettingsFrame>
  );
}
