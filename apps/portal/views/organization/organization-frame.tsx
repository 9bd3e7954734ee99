import type { ReactNode } from "react";
import { type OrganizationPage, offers } from "../../server/organization.ts";
import { organizationPath } from "../../server/organization-path.ts";
import { currentPath } from "../../server/viewer.ts";
import type { Tab } from "../../ui/tabs.tsx";
import { ChangeNotice } from "../access/change-notice.tsx";
import type { Crumb } from "../frame/breadcrumb.tsx";
import { RepositoryHeader } from "../frame/repository-header.tsx";
import { ViewerFrame } from "../frame/viewer-frame.tsx";

/** A page of an organization: its names, its tabs as far as the viewer may open them, and what was just changed. */
export async function OrganizationFrame(props: {
  readonly page: OrganizationPage;
  /** The tab's last part: "members"; absent for the repositories. */
  readonly tab?: "members" | "teams" | "robots" | "access" | "settings";
  /** The way to this page behind the organization's name. */
  readonly crumbs?: readonly Crumb[];
  readonly children: ReactNode;
}) {
  const { page, tab, crumbs = [], children } = props;
  const { name, displayName, role, isMember } = page.organization;
  return (
    <ViewerFrame
      path={await currentPath()}
      breadcrumb={[{ label: name, ...(crumbs.length > 0 && { href: organizationPath(name) }) }, ...crumbs]}
    >
      <RepositoryHeader
        label="Organization"
        name={displayName ?? name}
        marks={
          <p className="text-fg-muted">
            <span className="font-mono text-sm">{name}</span>
            {role ? ` · you are ${role}` : isMember ? " · you are a member" : null}
          </p>
        }
        tabs={await tabsOf(page, tab)}
      />
      <ChangeNotice organization={name} />
      {children}
    </ViewerFrame>
  );
}

async function tabsOf(page: OrganizationPage, current: string | undefined): Promise<readonly Tab[]> {
  const { name, memberCount } = page.organization;
  const [seesRobots, changesIt] = await Promise.all([offers(page, "read-robots"), offers(page, "change-organization")]);
  const tab = (part: string, label: string) => ({
    href: organizationPath(name, part),
    label,
    isCurrent: part === current,
  });
  return [
    { href: organizationPath(name), label: "Repositories", isCurrent: current === undefined },
    { ...tab("members", "Members"), count: memberCount },
    tab("teams", "Teams"),
    ...(seesRobots ? [tab("robots", "Robots")] : []),
    tab("access", "Access"),
    ...(changesIt ? [tab("settings", "Settings")] : []),
  ];
}
