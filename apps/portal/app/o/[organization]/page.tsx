import { AccountError } from "@layerport/accounts";
import { type OrganizationName, parseOrganizationName, RegistryError } from "@layerport/registry-core";
import { notFound } from "next/navigation";
import { formatCounted } from "../../../format/count.ts";
import { firstValue, type SearchParameters } from "../../../server/parameters.ts";
import { rooms } from "../../../server/rooms.ts";
import { catalogForViewer, findViewer } from "../../../server/viewer.ts";
import { EmptyState } from "../../../ui/empty-state.tsx";
import { PageHeader } from "../../../views/frame/page-header.tsx";
import { Pager } from "../../../views/frame/pager.tsx";
import { readPreferences } from "../../../views/frame/read-preferences.ts";
import { ViewerFrame } from "../../../views/frame/viewer-frame.tsx";
import { LiveRefresh } from "../../../views/live/live-refresh.tsx";
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
export default async function OrganizationPage({ params, searchParams }: OrganizationPageProps) {
  const organization = readOrganizationName((await params).organization);
  const after = firstValue((await searchParams).after);
  const viewer = await findViewer();
  const catalog = await catalogForViewer();
  const [repositories, description] = await Promise.all([
    catalog.listRepositories({ organization, order: "name", after, limit: repositoriesPerPage }),
    viewer ? rooms().accounts.describeOrganization(viewer, organization).catch(absent) : undefined,
  ]);
  if (repositories.total === 0 && description === undefined) notFound();
  const url = new URL(rooms().environment.publicUrl);
  const { client } = await readPreferences();
  const path = `/o/${organization}`;
  return (
    <ViewerFrame path={path} breadcrumb={[{ label: organization }]}>
      <LiveRefresh />
      <PageHeader
        title={description?.displayName ?? organization}
        description={
          description === undefined ? (
            "Public repositories"
          ) : (
            <>
              <span className="font-mono text-sm">{organization}</span> ·{" "}
              {formatCounted(description.memberCount, "member")}
              {description.role ? `, you are ${description.role}` : ""}
            </>
          )
        }
      />
      {repositories.entries.length === 0 ? (
        <EmptyState kind="nothing-yet" title="No repositories yet">
          <p className="mb-3">The first push to a name under {organization} makes its repository.</p>
          <FirstPush
            host={url.host}
            repository={`${organization}/my-app`}
            userName={viewer?.name}
            isPlainHttp={url.protocol === "http:"}
            client={client}
          />
        </EmptyState>
      ) : (
        <>
          <RepositoryRows
            label={`Repositories of ${organization}`}
            repositories={repositories.entries}
            total={repositories.total}
          />
          <Pager
            path={path}
            query={{}}
            isFirst={after === undefined}
            next={repositories.next}
            summary={formatCounted(repositories.total, "repository", "repositories")}
          />
        </>
      )}
    </ViewerFrame>
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
