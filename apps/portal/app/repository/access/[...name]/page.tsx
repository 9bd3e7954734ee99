import { splitRepositoryName, type Visibility } from "@layerport/registry-core";
import { formatCounted } from "../../../../format/count.ts";
import { organizationPath } from "../../../../server/organization-path.ts";
import { firstValue, readRepositoryName, type SearchParameters } from "../../../../server/parameters.ts";
import { settingsPath } from "../../../../server/repository-path.ts";
import { type RepositorySettingsPage, repositorySettingsPage } from "../../../../server/repository-settings-page.ts";
import { rooms } from "../../../../server/rooms.ts";
import { buttonStyle } from "../../../../ui/button.tsx";
import { ConfirmPanel } from "../../../../ui/confirm-panel.tsx";
import { LinkButton } from "../../../../ui/link-button.tsx";
import { AccessDifferences } from "../../../../views/access/access-differences.tsx";
import { Section } from "../../../../views/frame/page-header.tsx";
import { Pager, withQuery } from "../../../../views/frame/pager.tsx";
import { AccessTable } from "../../../../views/repository/access-table.tsx";
import { listAccess } from "../../../../views/repository/repository-access.ts";
import { VisibilityBadge } from "../../../../views/repository/repository-rows.tsx";
import { changeVisibility } from "../../../../views/repository/settings-actions.ts";
import { RepositorySettingsFrame } from "../../../../views/repository/settings-frame.tsx";

interface AccessPageProps {
  readonly params: Promise<{ name: string[] }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: AccessPageProps) {
  return { title: `Access to ${readRepositoryName((await params).name)}` };
}

/** Who may do what here, and why? */
export default async function RepositoryAccessPage({ params, searchParams }: AccessPageProps) {
  const name = readRepositoryName((await params).name);
  const query = await searchParams;
  const page = await repositorySettingsPage(name, "access");
  const { repository, rights } = page;
  const other: Visibility = repository.visibility === "public" ? "private" : "public";
  const isAsked = rights.maySetVisibility && firstValue(query.visibility) === other;
  return (
    <RepositorySettingsFrame page={page} part="access">
      {isAsked ? <VisibilityPanel page={page} to={other} /> : null}
      <Section title="Visibility">
        <div className="flex flex-wrap items-center gap-3">
          <VisibilityBadge visibility={repository.visibility} />
          <p>{await meaningOf(repository.visibility)}</p>
          {rights.maySetVisibility ? (
            isAsked ? null : (
              <a
                href={`${settingsPath(name, "access")}?visibility=${other}`}
                className={buttonStyle("secondary", "sm")}
              >
                Make it {other}
              </a>
            )
          ) : (
            <p className="text-fg-muted">An owner of {repository.organization} can change it.</p>
          )}
        </div>
      </Section>
      <People page={page} after={firstValue(query.after)} />
    </RepositorySettingsFrame>
  );
}

/** Who gains or loses, before it is saved. */
async function VisibilityPanel({ page, to }: { page: RepositorySettingsPage; to: Visibility }) {
  const { name, organization } = page.repository;
  const preview = await rooms().accounts.previewChange(page.viewer, organization, {
    kind: "visibility",
    repository: name,
    visibility: to,
  });
  return (
    <ConfirmPanel
      title={`Make ${name} ${to}?`}
      confirmLabel={`Make it ${to}`}
      cancelHref={settingsPath(name, "access")}
      action={changeVisibility}
      fields={{ repository: name, visibility: to }}
    >
      <AccessDifferences preview={preview} />
      <p className="text-fg-muted">
        {to === "public"
          ? "Whoever can reach this Layerport will find and pull every tag, without signing in where the instance allows it. Who may push does not change."
          : "Whoever has no role and no grant here loses it within a minute, running pulls excepted. What was pulled already stays where it is."}
      </p>
    </ConfirmPanel>
  );
}

async function meaningOf(visibility: Visibility): Promise<string> {
  if (visibility === "private") return "Those named below may pull, and nobody else.";
  return (await rooms().accounts.allowsAnonymousPull())
    ? "Anybody may find it and pull, without signing in."
    : "Everybody with an account here may find it and pull.";
}

async function People({ page, after }: { page: RepositorySettingsPage; after: string | undefined }) {
  const { viewer, repository, rights } = page;
  const { organization, path } = splitRepositoryName(repository.name);
  const explainPath = organizationPath(organization, "access");
  const explainHref = (who: string) => withQuery(explainPath, { who, repository: `${organization}/${path}` });
  if (!rights.mayReadRights) {
    return (
      <Section title="Who may do what">
        <p className="text-fg-muted">Maintainers and owners of {organization} see what others may do.</p>
        <p className="mt-3">
          <LinkButton href={explainHref(viewer.name)}>Explain my own access</LinkButton>
        </p>
      </Section>
    );
  }
  const { people, robots, next, memberCount } = await listAccess(viewer, repository.name, after);
  const here = settingsPath(repository.name, "access");
  return (
    <>
      <Section
        title="People"
        description="By a role or a grant in the organization. Administrators of this Layerport may do everything, and auditors pull; the organization's audit log shows when they do."
        actions={<LinkButton href={explainPath}>Explain access</LinkButton>}
      >
        {people.length === 0 ? (
          <p className="text-fg-muted">None of these members may do anything here.</p>
        ) : (
          <AccessTable label={`People with access to ${repository.name}`} lines={people} explainHref={explainHref} />
        )}
        <Pager
          path={here}
          query={{}}
          isFirst={after === undefined}
          next={next}
          summary={`of ${formatCounted(memberCount, "member")} of ${organization}`}
        />
      </Section>
      <Section title="Robots" description="Robot accounts with a grant that covers this repository.">
        {robots.length === 0 ? (
          <p className="text-fg-muted">None.</p>
        ) : (
          <AccessTable label={`Robots with access to ${repository.name}`} lines={robots} explainHref={explainHref} />
        )}
      </Section>
    </>
  );
}
