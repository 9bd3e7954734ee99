import { headers } from "next/headers";
import { rooms } from "../../../server/rooms.ts";
import { currentPath, findViewer } from "../../../server/viewer.ts";
import { LinkButton } from "../../../ui/link-button.tsx";
import { ForbiddenPage } from "../../../views/frame/failure-pages.tsx";
import { ViewerFrame } from "../../../views/frame/viewer-frame.tsx";

/** The organization is the viewer's, this page of it is not: who can grant it. */
export default async function Forbidden() {
  const path = await currentPath();
  const organization = /^\/o\/([^/?]+)/.exec(path)?.[1] ?? "";
  const viewer = await findViewer();
  const owners = viewer ? (await rooms().accounts.describeOrganization(viewer, organization)).owners : [];
  return (
    <ViewerFrame path={path} breadcrumb={[{ label: organization, href: `/o/${organization}` }, { label: "403" }]}>
      <ForbiddenPage
        act={`see this page of ${organization}`}
        owner={organization}
        grantors={owners}
        actions={<LinkButton href={`/o/${organization}`}>Go to {organization}</LinkButton>}
        requestId={(await headers()).get("x-request-id") ?? undefined}
      />
    </ViewerFrame>
  );
}
