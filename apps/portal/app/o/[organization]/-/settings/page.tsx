import { forbidden } from "next/navigation";
import { offers, organizationForPage } from "../../../../../server/organization.ts";
import { organizationPath } from "../../../../../server/organization-path.ts";
import { rooms } from "../../../../../server/rooms.ts";
import { LinkButton } from "../../../../../ui/link-button.tsx";
import { changePath } from "../../../../../views/access/access-change.ts";
import { roleHints } from "../../../../../views/access/role-hints.ts";
import { Section } from "../../../../../views/frame/page-header.tsx";
import { OrganizationFrame } from "../../../../../views/organization/organization-frame.tsx";
import { DeletionForm, PropertiesForm, RenameForm } from "../../../../../views/organization/settings-forms.tsx";

interface SettingsPageProps {
  readonly params: Promise<{ organization: string }>;
}

export async function generateMetadata({ params }: SettingsPageProps) {
  return { title: `Settings of ${(await params).organization}` };
}

/** How is this organization set up, and what is it called? */
export default async function OrganizationSettingsPage({ params }: SettingsPageProps) {
  const page = await organizationForPage((await params).organization);
  if (!(await offers(page, "change-organization"))) forbidden();
  const { name, kind, displayName, description, defaultRole, formerNames } = page.organization;
  const { host } = new URL(rooms().environment.publicUrl);
  const path = organizationPath(name, "settings");
  return (
    <OrganizationFrame page={page} tab="settings" crumbs={[{ label: "Settings" }]}>
      <Section title="General">
        <PropertiesForm organization={{ name, displayName, description }} />
      </Section>
      {kind === "personal" ? (
        <p className="max-w-160 text-fg-muted">
          This organization is one person's. It has that person's name and changes it with theirs, and it ends with the
          account.
        </p>
      ) : (
        <>
          <Section title="Default role" description="What every member may do at least, in every repository.">
            <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
              <p>
                <span className="font-medium">{defaultRole ?? "none"}</span>{" "}
                <span className="text-fg-muted">{roleHints[defaultRole ?? "none"]}</span>
              </p>
              <LinkButton href={changePath(name, { kind: "default-role" }, path)} prefetch={false}>
                Change…
              </LinkButton>
            </div>
          </Section>
          <Section title="Rename">
            <ul className="mb-4 flex max-w-160 list-disc flex-col gap-1 ps-5 text-fg-muted">
              <li>
                Images become <code className="break-words text-sm">{host}/new-name/…</code>, and pages move with them.
              </li>
              <li>
                The old name goes on pulling: whoever has{" "}
                <code className="break-words text-sm">
                  {host}/{name}/…
                </code>{" "}
                in a file notices nothing. Pushes need the new name.
              </li>
              <li>Nobody else can take the old name. Members, teams, robots and grants stay as they are.</li>
              <li>Robots log in as new-name+robot; the old login name goes on.</li>
              {formerNames.length === 0 ? null : (
                <li>Names before this one that still pull: {formerNames.join(", ")}.</li>
              )}
            </ul>
            <RenameForm name={name} />
          </Section>
          <Section
            title="Delete this organization"
            description="Only without repositories. Its members, teams, robots and grants go for good; nobody can take the name for 90 days."
          >
            <DeletionForm name={name} />
          </Section>
        </>
      )}
    </OrganizationFrame>
  );
}
