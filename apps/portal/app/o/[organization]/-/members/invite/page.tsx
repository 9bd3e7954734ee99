import { forbidden } from "next/navigation";
import { offers, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { orRefused } from "../../../../../../server/refusal.ts";
import { rooms } from "../../../../../../server/rooms.ts";
import { PageHeader } from "../../../../../../views/frame/page-header.tsx";
import { InviteForm } from "../../../../../../views/member/invite-form.tsx";
import { OrganizationFrame } from "../../../../../../views/organization/organization-frame.tsx";

export const metadata = { title: "Invite" };

/** Lets people in: by addresses, or by one link for whoever has it. */
export default async function InvitePage({ params }: { readonly params: Promise<{ organization: string }> }) {
  const page = await organizationForPage((await params).organization);
  const { name, displayName, defaultRole } = page.organization;
  if (!(await offers(page, "change-members"))) forbidden();
  const teams = await orRefused(rooms().accounts.listTeams(page.viewer, name));
  const members = organizationPath(name, "members");
  return (
    <OrganizationFrame page={page} tab="members" crumbs={[{ label: "Members", href: members }, { label: "Invite" }]}>
      <PageHeader
        level={2}
        title={`Invite people to ${displayName ?? name}`}
        description="Whoever has no account here yet makes one with the link."
      />
      <InviteForm
        organization={name}
        defaultRole={defaultRole}
        teams={teams.map((team) => team.name)}
        doneHref={members}
      />
    </OrganizationFrame>
  );
}
