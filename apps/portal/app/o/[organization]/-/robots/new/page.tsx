import { forbidden } from "next/navigation";
import { offers, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { rooms } from "../../../../../../server/rooms.ts";
import { PageHeader } from "../../../../../../views/frame/page-header.tsx";
import { OrganizationFrame } from "../../../../../../views/organization/organization-frame.tsx";
import { NewRobot } from "../../../../../../views/robot/new-robot.tsx";

export const metadata = { title: "New robot" };

/** One page, not a wizard: name, repositories, permissions, expiry. */
export default async function NewRobotPage({ params }: { readonly params: Promise<{ organization: string }> }) {
  const page = await organizationForPage((await params).organization);
  if (!(await offers(page, "change-robots"))) forbidden();
  const { name } = page.organization;
  const robots = organizationPath(name, "robots");
  const url = new URL(rooms().environment.publicUrl);
  return (
    <OrganizationFrame page={page} tab="robots" crumbs={[{ label: "Robots", href: robots }, { label: "New robot" }]}>
      <PageHeader level={2} title="New robot" description="It may do what you choose here and nothing else." />
      <NewRobot organization={name} host={url.host} isPlainHttp={url.protocol === "http:"} robotsHref={robots} />
    </OrganizationFrame>
  );
}
