import { AccountError } from "@layerport/accounts";
import { type OrganizationName, parseOrganizationName, RegistryError } from "@layerport/registry-core";
import { notFound, redirect } from "next/navigation";
import { formatCounted } from "../../../format/count.ts";
import { organizationPath, renamedPath } from "../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../server/parameters.ts";
import { rooms } from "../../../server/rooms.ts";
import { catalogForViewer, currentPath, findViewer } from "../../../server/viewer.ts";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { LinkButton } from "../../../ui/link-button.tsx";
import { ListSearch } from "../../../ui/list-search.tsx";
import { PageHeader } from "../../../views/frame/page-header.tsx";
import { Pager } from "../../../views/frame/pager.tsx";
import { readPreferences } from "../../../views/frame/read-preferences.ts";
import { ViewerFrame } from "../../../views/frame/viewer-frame.tsx";
import { LiveRefresh } from "../../../views/live/live-refresh.tsx";
import { OrganizationFrame } from "../../../views/organization/organization-frame.tsx";
import { FirstPush } from "../../../views/repository/first-push.tsx";
import { RepositoryRows } from "../../../views/repository/repository-rows.tsx";

const repositoriesPerPage = 50;

interface OrganizationPageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: OrganizationPageProps) {
  return { title: (await params).organization };
}

/** What does this organization ship? An organization that the viewer may not see is as absent as none. */
export default async function RepositoriesPage({ params, searchParams }: OrganizationPageProps) {
  const organization = readOrganizationName((await params).organization);
  const { q, after } = await readQuery(searchParams);
  const viewer = await findViewer();
  const catalog = await catalogForViewer();
  const [repositories, description] = await Promise.all([
    catalog.listRepositories({ organization, order: "name", search: q, after, limit: repositoriesPerPage }),
    viewer ? rooms().accounts.describeOrganization(viewer, organization).catch(absent) : undefined,
  ]);
  if (description !== undefined && description.name !== organization) {
    redirect(renamedPath(await currentPath(), description.name));
  }
  if (repositories.total === 0 && q === undefined && description === undefined) notFound();
  const path = organizationPath(organization);
  const contents =
    repositories.total === 0 && q === undefined ? (
      <NoRepositories organization={organization} viewerName={viewer?.name} />
    ) : (
      <>
        <ListSearch path={path} label="Search its repositories" search={q} />
        {repositories.total === 0 ? (
          <EmptyState
            kind="filtered-out"
            title={`No repository matches “${q ?? ""}”`}
            action={<LinkButton href={path}>Show all</LinkButton>}
          />
        ) : (
          <>
            <RepositoryRows
              label={`Repositories of ${organization}`}
              repositories={repositories.entries}
              total={repositories.total}
            />
            <Pager
              path={path}
              query={{ q }}
              isFirst={after === undefined}
              next={repositories.next}
              summary={formatCounted(repositories.total, "repository", "repositories")}
            />
          </>
        )}
      </>
    );
  if (viewer === undefined || description === undefined) {
    return (
      <ViewerFrame path={await currentPath()} breadcrumb={[{ label: organization }]}>
        <LiveRefresh />
        <PageHeader title={organization} description="Public repositories" />
        {contents}
      </ViewerFrame>
    );
  }
  return (
    <OrganizationFrame page={{ viewer, organization: description }}>
      <LiveRefresh />
      {description.description ? (
        <p className="mb-4 max-w-160 whitespace-pre-line text-fg-muted">{description.description}</p>
      ) : null}
      {contents}
    </OrganizationFrame>
  );
}

async function NoRepositories(props: { organization: OrganizationName; viewerName: string | undefined }) {
  const { organization, viewerName } = props;
  const url = new URL(rooms().environment.publicUrl);
  const { client } = await readPreferences();
  return (
    <EmptyState kind="nothing-yet" title="No repositories yet">
      <p className="mb-3">The first push to a name under {organization} makes its repository.</p>
      <FirstPush
        host={url.host}
        repository={`${organization}/my-app`}
        userName={viewerName}
        isPlainHttp={url.protocol === "http:"}
        client={client}
      />
    </EmptyState>
  );
}

function readOrganizationName(text: string): OrganizationName {
  try {
    return parseOrganizationName(text);
  } catch (error) {
    if (RegistryError.is(error)) notFound();
    throw new Error("an organization's name could not be read", { cause: error });
  }
}

function absent(error: unknown): undefined {
  if (AccountError.is(error) && error.code === "ORGANIZATION_UNKNOWN") return undefined;
  throw new Error("an organization could not be read", { cause: error });
}
