import { splitRepositoryName } from "@layerport/registry-core";
import { headers } from "next/headers";
import { readRepositoryName } from "../../server/parameters.ts";
import { tagsPath } from "../../server/repository-path.ts";
import { rooms } from "../../server/rooms.ts";
import { currentPath, findViewer } from "../../server/viewer.ts";
import { LinkButton } from "../../ui/link-button.tsx";
import { ForbiddenPage } from "../../views/frame/failure-pages.tsx";
import { ViewerFrame } from "../../views/frame/viewer-frame.tsx";

/** The repository is the viewer's to pull from, its settings are not: who can grant them. */
export default async function Forbidden() {
  const path = await currentPath();
  const name = readRepositoryName((/^\/r\/(.+?)\/-\//.exec(path)?.[1] ?? "").split("/"));
  const { organization } = splitRepositoryName(name);
  return (
    <ViewerFrame path={path} breadcrumb={[{ label: name, href: tagsPath(name) }, { label: "Settings" }]}>
      <ForbiddenPage
        act={`see the settings of ${name}`}
        owner={organization}
        grantors={await ownersOf(organization)}
        actions={<LinkButton href={tagsPath(name)}>Go to its tags</LinkButton>}
        requestId={(await headers()).get("x-request-id") ?? undefined}
      />
    </ViewerFrame>
  );
}

/** Whoever pulls a public repository of others is not told who they are. */
async function ownersOf(organization: string): Promise<readonly string[]> {
  const viewer = await findViewer();
  const { accounts } = rooms();
  if (!viewer || !(await accounts.mayInOrganization(viewer, organization, "read"))) return [];
  return (await accounts.describeOrganization(viewer, organization)).owners;
}
