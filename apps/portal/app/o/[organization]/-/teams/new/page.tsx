import { forbidden } from "next/navigation";
import { offers, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { PageHeader } from "../../../../../../views/frame/page-header.tsx";
import { OrganizationFrame } from "../../../../../../views/organization/organization-frame.tsx";
import { TeamForm } from "../../../../../../views/team/team-form.tsx";

export const metadata = { title: "New team" };

/** A new group of members; whom and what it gets is said on its own page. */
export default async function NewTeamPage({ params }: { readonly params: Promise<{ organization: string }> }) {
  const page = await organizationForPage((await params).organization);
  if (!(await offers(page, "change-teams"))) forbidden();
  const { name } = page.organization;
  const teams = organizationPath(name, "teams");
  return (
    <OrganizationFrame page={page} tab="teams" crumbs={[{ label: "Teams", href: teams }, { label: "New team" }]}>
      <PageHeader level={2} title="New team" description="Members and rights come next, on the team's own page." />
      <TeamForm organization={name} cancelHref={teams} />
    </OrganizationFrame>
  );
}
