import { rooms } from "../../../server/rooms.ts";
import { requireViewer } from "../../../server/viewer.ts";
import { PageHeader } from "../../../views/frame/page-header.tsx";
import { ViewerFrame } from "../../../views/frame/viewer-frame.tsx";
import { OrganizationForm } from "../../../views/organization/organization-form.tsx";

export const metadata = { title: "New organization" };

/** A shared organization: the first part of the names of a team's repositories. */
export default async function NewOrganizationPage() {
  await requireViewer("/organizations/new");
  const { host } = new URL(rooms().environment.publicUrl);
  return (
    <ViewerFrame path="/organizations/new">
      <PageHeader title="New organization" description="A name that several people push to. You will own it." />
      <OrganizationForm host={host} />
    </ViewerFrame>
  );
}
