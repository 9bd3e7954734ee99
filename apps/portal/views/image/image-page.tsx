import { formatReference, type ImageDescription, type Reference, type RepositoryName } from "@layerport/registry-core";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { manifestPath, tagPath, tagsPath } from "../../server/repository-path.ts";
import { rooms } from "../../server/rooms.ts";
import { catalogForViewer, orNotFound } from "../../server/viewer.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { withQuery } from "../frame/pager.tsx";
import { ViewerFrame } from "../frame/viewer-frame.tsx";
import { LiveRefresh } from "../live/live-refresh.tsx";
import { RepositoryHead } from "../repository/repository-head.tsx";
import { ConfigView } from "./config-view.tsx";
import { ImageFacts, ImageTitle, PlatformSwitch } from "./image-head.tsx";
import { LayerStack } from "./layer-stack.tsx";
import { ManifestView } from "./manifest-view.tsx";
import { ReferrerList } from "./referrer-list.tsx";

const tabNames = ["layers", "config", "manifest", "referrers"] as const;
type TabName = (typeof tabNames)[number];

export interface ImagePageProps {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  readonly platform: string | undefined;
  readonly tab: string | undefined;
}

/** What exactly is this, and what is it made of? The same for a tag and for a digest. */
export async function ImagePage(props: ImagePageProps) {
  const { repository: name, reference, platform } = props;
  const tab = tabNames.find((known) => known === props.tab) ?? "layers";
  const catalog = await catalogForViewer();
  const [repository, image] = await Promise.all([
    orNotFound(catalog.describeRepository(name)),
    orNotFound(catalog.describeImage(name, reference, platform)),
  ]);
  const pathUnder = (owner: RepositoryName) =>
    reference.kind === "tag" ? tagPath(owner, reference.tag) : manifestPath(owner, reference.digest);
  const path = pathUnder(name);
  if (repository.name !== name) redirect(withQuery(pathUnder(repository.name), { platform, tab: props.tab }));
  const { host } = new URL(rooms().environment.publicUrl);
  return (
    <ViewerFrame
      path={withQuery(path, { platform, tab: props.tab })}
      width="full"
      breadcrumb={[
        { label: name, href: tagsPath(name) },
        { label: reference.kind === "tag" ? reference.tag : reference.digest.slice(0, 19), href: path },
      ]}
    >
      <RepositoryHead repository={repository} host={host} reference={formatReference(reference)} tab="tags" />
      <LiveRefresh repository={name} />
      <ImageTitle image={image} host={host} />
      <PlatformSwitch image={image} path={path} tab={tab === "layers" ? undefined : tab} />
      <Tabs
        label="Image"
        className="mb-4 border-b"
        tabs={tabNames.map((known) => ({
          href: withQuery(path, { platform, tab: known === "layers" ? undefined : known }),
          label: tabLabels[known],
          isCurrent: known === tab,
          ...(known === "referrers" ? { count: image.referrers.length } : {}),
          ...(known === "layers" && image.image ? { count: image.image.layerCount } : {}),
        }))}
      />
      <TabContent tab={tab} image={image} />
    </ViewerFrame>
  );
}

const tabLabels: Readonly<Record<TabName, string>> = {
  layers: "Layers",
  config: "Config",
  manifest: "Manifest",
  referrers: "Referrers",
};

function TabContent({ tab, image }: { tab: TabName; image: ImageDescription }): ReactNode {
  if (tab === "manifest") return <ManifestView image={image} />;
  if (tab === "referrers") return <ReferrerList repository={image.repository} referrers={image.referrers} />;
  const shown = image.image;
  if (!shown) return <NoImage image={image} />;
  if (tab === "config") {
    return shown.config ? (
      <ConfigView config={shown.config} />
    ) : (
      <EmptyState kind="nothing-yet" title="There is no image configuration to show">
        The config is {shown.configDescriptor.mediaType}, or its bytes are not what an image configuration has.
      </EmptyState>
    );
  }
  return (
    <div className="grid gap-8 xl:grid-cols-[minmax(0,1fr)_22rem]">
      <section aria-label="Layers" className="min-w-0">
        <LayerStack image={shown} isArtifact={image.artifactType !== undefined} />
      </section>
      <section aria-label="Facts" className="min-w-0 max-xl:order-first">
        <ImageFacts image={image} shown={shown} />
      </section>
    </div>
  );
}

function NoImage({ image }: { image: ImageDescription }) {
  if (image.platforms.length === 0) {
    return (
      <EmptyState kind="nothing-yet" title="This index lists no platform images">
        Its manifest has everything that was pushed.
      </EmptyState>
    );
  }
  return (
    <EmptyState kind="nothing-yet" title="The image of this platform is not pushed yet">
      The index names it, and a pull of it fails until its own manifest arrives. This page changes by itself then.
    </EmptyState>
  );
}
