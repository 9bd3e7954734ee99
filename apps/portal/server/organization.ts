import type { OrganizationDescription, OrganizationOperation, Viewer } from "@layerport/accounts";
import { redirect } from "next/navigation";
import { cache } from "react";
import { renamedPath } from "./organization-path.ts";
import { orRefused } from "./refusal.ts";
import { rooms } from "./rooms.ts";
import { currentPath, requireViewer } from "./viewer.ts";

/** Whose page it is, and who looks at it. */
export interface OrganizationPage {
  readonly viewer: Viewer;
  readonly organization: OrganizationDescription;
}

/**
 * The organization in a route's parameter. Strangers sign in first; absent and not visible are one page 404; a former
 * name leads on to the present one.
 */
export const organizationForPage = cache(async (parameter: string): Promise<OrganizationPage> => {
  const path = await currentPath();
  const viewer = await requireViewer(path);
  const organization = await orRefused(rooms().accounts.describeOrganization(viewer, parameter));
  if (organization.name !== parameter) redirect(renamedPath(path, organization.name));
  return { viewer, organization };
});

/** Whether the viewer may do this in the organization: what a page asks before it offers it. */
export async function offers(page: OrganizationPage, operation: OrganizationOperation): Promise<boolean> {
  return rooms().accounts.mayInOrganization(page.viewer, page.organization.name, operation);
}
