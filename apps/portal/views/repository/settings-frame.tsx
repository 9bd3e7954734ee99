import type { ReactNode } from "react";
import { settingsPath } from "../../server/repository-path.ts";
import type { RepositorySettingsPage } from "../../server/repository-settings-page.ts";
import { rooms } from "../../server/rooms.ts";
import { SegmentedLinks } from "../../ui/segmented.tsx";
import { ViewerFrame } from "../frame/viewer-frame.tsx";
import { RepositoryHead } from "./repository-head.tsx";

/** A part of a repository's settings, under its head. */
export function RepositorySettingsFrame(props: {
  readonly page: RepositorySettingsPage;
  readonly part?: "access";
  readonly children: ReactNode;
}) {
  const { page, part, children } = props;
  const { repository } = page;
  const { host } = new URL(rooms().environment.publicUrl);
  const general = settingsPath(repository.name);
  const access = settingsPath(repository.name, "access");
  return (
    <ViewerFrame path={part === undefined ? general : access} width="full" breadcrumb={[]}>
      <RepositoryHead repository={repository} host={host} tab="settings" />
      <div className="mb-6">
        <SegmentedLinks
          label="Settings"
          options={[
            { href: general, label: "General", isCurrent: part === undefined },
            { href: access, label: "Access", isCurrent: part === "access" },
          ]}
        />
      </div>
      {children}
    </ViewerFrame>
  );
}
