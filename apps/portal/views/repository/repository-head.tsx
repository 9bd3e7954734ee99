import type { RepositoryDescription } from "@layerport/registry-core";
import Link from "next/link";
import { tagsPath } from "../../server/repository-path.ts";
import { readPreferences } from "../frame/read-preferences.ts";
import { RepositoryHeader } from "../frame/repository-header.tsx";
import { PullBox } from "../image/pull-box.tsx";
import { VisibilityBadge } from "./repository-rows.tsx";
import { VisibilityDialog } from "./visibility-dialog.tsx";

/** The head of each page of a repository. `reference` is what its pull line names; the newest tag without it. */
export async function RepositoryHead(props: {
  readonly repository: RepositoryDescription;
  readonly host: string;
  readonly reference?: string;
  /** Whether the viewer may change who sees the repository. */
  readonly mayAdminister: boolean;
}) {
  const { repository, host } = props;
  const { client } = await readPreferences();
  const reference = props.reference ?? repository.newestTag;
  return (
    <RepositoryHeader
      name={<RepositoryNameLinks name={repository.name} organization={repository.organization} />}
      marks={
        props.mayAdminister ? (
          <VisibilityDialog repository={repository.name} visibility={repository.visibility} />
        ) : (
          <VisibilityBadge visibility={repository.visibility} />
        )
      }
      pull={
        reference === undefined ? null : (
          <PullBox host={host} repository={repository.name} reference={reference} client={client} />
        )
      }
      tabs={[{ href: tagsPath(repository.name), label: "Tags", count: repository.tagCount, isCurrent: true }]}
    />
  );
}

function RepositoryNameLinks({ name, organization }: { name: string; organization: string }) {
  const isLibrary = !name.includes("/");
  return (
    <>
      {isLibrary ? null : (
        <>
          <Link href={`/o/${organization}`} className="rounded-sm font-normal text-fg-muted hover:text-fg">
            {organization}
          </Link>
          <span className="px-1 font-normal text-fg-subtle">/</span>
        </>
      )}
      <Link href={`/r/${name}/-/tags`} className="rounded-sm">
        {isLibrary ? name : name.slice(organization.length + 1)}
      </Link>
    </>
  );
}
