import type { ActivityEntry } from "@layerport/registry-core";
import Link from "next/link";
import { redirect } from "next/navigation";
import { tagPath, tagsPath } from "../server/repository-path.ts";
import { rooms } from "../server/rooms.ts";
import { catalogForViewer, findViewer } from "../server/viewer.ts";
import { LinkButton } from "../ui/link-button.tsx";
import { RelTime } from "../ui/rel-time.tsx";
import { PageHeader, Section } from "../views/frame/page-header.tsx";
import { ViewerFrame } from "../views/frame/viewer-frame.tsx";
import { Digest } from "../views/image/digest.tsx";
import { LiveRefresh } from "../views/live/live-refresh.tsx";
import { FirstPushStep } from "../views/repository/first-push-step.tsx";
import { RepositoryRows } from "../views/repository/repository-rows.tsx";

/** What changed in my images? */
export default async function HomePage() {
  const viewer = await findViewer();
  if (!viewer) redirect((await rooms().accounts.setupState()) === "open" ? "/setup" : "/explore");
  const catalog = await catalogForViewer();
  const [repositories, activity] = await Promise.all([
    catalog.listRepositories({ order: "pushed", limit: 8 }),
    catalog.listActivity({ limit: 20 }),
  ]);
  return (
    <ViewerFrame path="/">
      <LiveRefresh />
      {repositories.total === 0 ? (
        <>
          <PageHeader title="Push your first image" description="It shows up here by itself." />
          <div className="max-w-180">
            <FirstPushStep viewer={viewer} />
          </div>
        </>
      ) : (
        <>
          <PageHeader title="Home" />
          <Section title="Repositories" actions={<LinkButton href="/explore">All {repositories.total}</LinkButton>}>
            <RepositoryRows label="Repositories pushed last" repositories={repositories.entries} />
          </Section>
          <Section title="Activity">
            {activity.entries.length === 0 ? (
              <p className="text-fg-muted">No tag was created, moved or removed yet.</p>
            ) : (
              <ol aria-label="Activity" className="flex flex-col">
                {activity.entries.map((entry, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the list is drawn anew each time.
                  <ActivityLine key={place} entry={entry} />
                ))}
              </ol>
            )}
          </Section>
        </>
      )}
    </ViewerFrame>
  );
}

const verbs = { created: "pushed by", moved: "moved by", removed: "removed by", restored: "restored by" } as const;

function ActivityLine({ entry }: { entry: ActivityEntry }) {
  const { repository, tag, kind, digestBefore, digestAfter } = entry;
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-0.5 border-b py-2">
      <Link
        href={kind === "removed" ? tagsPath(repository) : tagPath(repository, tag)}
        prefetch={false}
        className="link break-all font-mono text-sm"
      >
        {repository}:{tag}
      </Link>
      <span>
        {verbs[kind]} {entry.by}
      </span>
      {kind === "moved" && digestBefore !== undefined && digestAfter !== undefined ? (
        <span className="inline-flex items-center gap-1 text-fg-muted max-sm:hidden">
          <Digest digest={digestBefore} isCopyable={false} /> → <Digest digest={digestAfter} isCopyable={false} />
        </span>
      ) : null}
      <span className="ms-auto text-fg-muted">
        <RelTime at={entry.at} />
      </span>
    </li>
  );
}
