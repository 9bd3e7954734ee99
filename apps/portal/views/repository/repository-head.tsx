import type { RepositoryDescription } from "@layerport/registry-core";
import Link from "next/link";
import { settingsPath, tagsPath } from "../../server/repository-path.ts";
import { settingsRights } from "../../server/repository-rights.ts";
import { cardProps } from "../../ui/card.ts";
import { readPreferences } from "../frame/read-preferences.ts";
import { RepositoryHeader } from "../frame/repository-header.tsx";
import { PullBox } from "../image/pull-box.tsx";
import { VisibilityBadge } from "./repository-rows.tsx";

/** The head of each page of a repository. `reference` is what its pull line names; the newest tag without it. */
export async function RepositoryHead(props: {
  readonly repository: RepositoryDescription;
  readonly host: string;
  readonly reference?: string;
  /** The tab that this page is of. */
  readonly tab: "tags" | "settings";
}) {
  const { repository, host, tab } = props;
  const [{ client }, rights] = await Promise.all([readPreferences(), settingsRights(repository.name)]);
  const reference = props.reference ?? repository.newestTag;
  const { visibility } = repository;
  const other = visibility === "public" ? "private" : "public";
  return (
    <RepositoryHeader
      name={<RepositoryNameLinks name={repository.name} organization={repository.organization} />}
      marks={
        rights.maySetVisibility ? (
          // Loaded anew, as the links of `Tabs`.
          <a
            href={`${settingsPath(repository.name, "access")}?visibility=${other}`}
            className="finger rounded-sm hover:brightness-95"
            {...cardProps({ kind: "text", text: `Make it ${other}` })}
          >
            <VisibilityBadge visibility={visibility} />
          </a>
        ) : (
          <VisibilityBadge visibility={visibility} />
        )
      }
      pull={
        reference === undefined ? null : (
          <PullBox host={host} repository={repository.name} reference={reference} client={client} />
        )
      }
      tabs={[
        { href: tagsPath(repository.name), label: "Tags", count: repository.tagCount, isCurrent: tab === "tags" },
        ...(rights.maySee
          ? [{ href: settingsPath(repository.name), label: "Settings", isCurrent: tab === "settings" }]
          : []),
      ]}
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
