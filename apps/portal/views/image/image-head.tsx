import {
  formatPlatform,
  type ImageDescription,
  isDigest,
  type Digest as ManifestDigest,
  type PlatformImageDescription,
} from "@layerport/registry-core";
import Link from "next/link";
import { comparePlatforms, formatPlatform as shortPlatform } from "../../format/platform.ts";
import { manifestPath, tagPath } from "../../server/repository-path.ts";
import { Badge } from "../../ui/badge.tsx";
import { RelTime } from "../../ui/rel-time.tsx";
import { SegmentedLinks } from "../../ui/segmented.tsx";
import { withQuery } from "../frame/pager.tsx";
import { artifactName } from "../repository/tag-table.tsx";
import { Facts, ShellWords } from "./config-view.tsx";
import { Digest } from "./digest.tsx";
import { Size } from "./size.tsx";
import { VisibleText } from "./visible-text.tsx";

/** The title of an image's page: its tag, the digest behind it, and the other tags of the same image. */
export function ImageTitle({ image, host }: { readonly image: ImageDescription; readonly host: string }) {
  const { reference, repository, descriptor } = image;
  const others = image.tags.filter((tag) => reference.kind !== "tag" || tag !== reference.tag);
  return (
    <div className="mb-4 flex flex-col gap-1">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="min-w-0 break-all font-mono font-semibold text-xl">
          {reference.kind === "tag" ? reference.tag : "Image by digest"}
        </h2>
        <Digest digest={descriptor.digest} pullName={`${host}/${repository}`} isWhole />
      </div>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-fg-muted">
        <span>
          pushed <RelTime at={image.pushedAt} /> by {image.pushedBy}
        </span>
        {image.artifactType === undefined ? null : <Badge tone="info">{artifactName(image.artifactType)}</Badge>}
        {others.length === 0 ? null : (
          <span className="flex flex-wrap items-center gap-x-2">
            · also tagged
            {others.slice(0, 8).map((tag) => (
              <Link key={tag} href={tagPath(repository, tag)} prefetch={false} className="link font-mono text-sm">
                {tag}
              </Link>
            ))}
            {others.length > 8 ? <span>and {others.length - 8} more</span> : null}
          </span>
        )}
      </p>
    </div>
  );
}

/** The platforms of an index as links; the one that is shown is marked, and attestations are counted beside them. */
export function PlatformSwitch(props: {
  readonly image: ImageDescription;
  readonly path: string;
  readonly tab: string | undefined;
}) {
  const { image } = props;
  const platforms = [...image.platforms].sort((a, b) => comparePlatforms(a.platform, b.platform));
  if (platforms.length < 2 && image.attestationCount === 0) return null;
  return (
    <div className="mb-4 flex flex-wrap items-center gap-3">
      <SegmentedLinks
        label="Platform"
        options={platforms.map(({ platform, digest, sizeBytes }) => ({
          href: withQuery(props.path, { platform: formatPlatform(platform), tab: props.tab }),
          label: `${shortPlatform(platform)}${sizeBytes === undefined ? " (not pushed)" : ""}`,
          isCurrent: digest === image.image?.descriptor.digest,
        }))}
      />
      {image.attestationCount === 0 ? null : (
        <span className="text-fg-muted text-sm">
          +{image.attestationCount} {image.attestationCount === 1 ? "attestation" : "attestations"}
        </span>
      )}
    </div>
  );
}

/** What one platform's image is, in figures. */
export function ImageFacts(props: { readonly image: ImageDescription; readonly shown: PlatformImageDescription }) {
  const { image, shown } = props;
  const { config } = shown;
  const isPartOfIndex = shown.descriptor.digest !== image.descriptor.digest;
  if (image.artifactType !== undefined) return <ArtifactFacts image={image} shown={shown} type={image.artifactType} />;
  return (
    <Facts
      facts={[
        ["Size", <Size key="" bytes={shown.sizeBytes} kind="compressed" />],
        ["Layers", shown.layerCount],
        ...(isPartOfIndex
          ? [
              [
                "Platform digest",
                <Digest
                  key=""
                  digest={shown.descriptor.digest}
                  href={manifestPath(image.repository, shown.descriptor.digest)}
                />,
              ] as const,
            ]
          : []),
        ["Platform", shown.platform.os === "" ? "not stated" : formatPlatform(shown.platform)],
        ["Created", config?.createdAt === undefined ? "not stated" : <CreatedAt key="" text={config.createdAt} />],
        ["Entrypoint", <ShellWords key="" words={config?.entrypoint ?? []} />],
        ["Command", <ShellWords key="" words={config?.command ?? []} />],
        ["User", config?.user === undefined ? "not set" : <VisibleText key="" text={config.user} most={100} />],
        ["Ports", <VisibleText key="" text={config?.exposedPorts.join(", ") || "none"} most={200} />],
      ]}
    />
  );
}

/** An artifact does not run: what counts is its kind, and what it is attached to. */
function ArtifactFacts(props: {
  readonly image: ImageDescription;
  readonly shown: PlatformImageDescription;
  readonly type: string;
}) {
  const { image, shown } = props;
  const subject = readSubject(image.manifestText);
  return (
    <Facts
      facts={[
        ["Type", <VisibleText key="" text={props.type} most={200} />],
        ["Size", <Size key="" bytes={shown.sizeBytes} kind="compressed" />],
        ["Files", shown.layerCount],
        [
          "Attached to",
          subject === undefined ? (
            "nothing"
          ) : (
            <Digest key="" digest={subject} href={manifestPath(image.repository, subject)} />
          ),
        ],
      ]}
    />
  );
}

/** The digest of the manifest that this one names as its subject. A registry takes a subject that is not there. */
export function readSubject(manifestText: string): ManifestDigest | undefined {
  const manifest: unknown = JSON.parse(manifestText);
  if (typeof manifest !== "object" || manifest === null || !("subject" in manifest)) return undefined;
  const { subject } = manifest;
  if (typeof subject !== "object" || subject === null || !("digest" in subject)) return undefined;
  return typeof subject.digest === "string" && isDigest(subject.digest) ? subject.digest : undefined;
}

function CreatedAt({ text }: { text: string }) {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) return <VisibleText text={text} most={60} />;
  // Reproducible builds write the first second of 1970: a date that says nothing.
  return at.getTime() <= 0 ? (
    <span className="text-fg-muted">not recorded (reproducible build)</span>
  ) : (
    <RelTime at={at} />
  );
}
