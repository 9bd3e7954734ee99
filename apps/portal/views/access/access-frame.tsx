import type { ReactNode } from "react";
import { type OrganizationPage, offers } from "../../server/organization.ts";
import { organizationPath } from "../../server/organization-path.ts";
import { SegmentedLinks } from "../../ui/segmented.tsx";
import { OrganizationFrame } from "../organization/organization-frame.tsx";

/** The three views of an organization's access, as far as the viewer may open them. */
export async function AccessFrame(props: {
  readonly page: OrganizationPage;
  readonly current: "explain" | "grants" | "unused";
  readonly children: ReactNode;
}) {
  const { page, current, children } = props;
  const access = organizationPath(page.organization.name, "access");
  // What nobody uses is for those who can take it away.
  const seesUnused = (await offers(page, "change-grants")) || page.viewer.isAuditor;
  return (
    <OrganizationFrame page={page} tab="access" crumbs={[{ label: "Access" }]}>
      <div className="mb-6">
        <SegmentedLinks
          label="Access"
          options={[
            { href: access, label: "Explain", isCurrent: current === "explain" },
            { href: `${access}/grants`, label: "Grants", isCurrent: current === "grants" },
            ...(seesUnused ? [{ href: `${access}/unused`, label: "Unused", isCurrent: current === "unused" }] : []),
          ]}
        />
      </div>
      {children}
    </OrganizationFrame>
  );
}
