import type { RepositoryName, TagOrder, TagSummary } from "@layerport/registry-core";
import Link from "next/link";
import { manifestPath, tagPath } from "../../server/repository-path.ts";
import { Badge } from "../../ui/badge.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { withQuery } from "../frame/pager.tsx";
import { belowRepositoryHeader } from "../frame/repository-header.tsx";
import { Digest } from "../image/digest.tsx";
import { PlatformBadges } from "../image/platform-badges.tsx";
import { pullName } from "../image/pull-variants.ts";
import { Size } from "../image/size.tsx";

export interface TagTableProps {
  readonly repository: RepositoryName;
  readonly tags: readonly TagSummary[];
  readonly total: number;
  readonly host: string;
  readonly order: TagOrder;
  /** The path of the list, and its query without order and page. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
}

/** Tags, one to a row. Where neighbours name the same image, a line joins them. */
export function TagTable({ repository, tags, total, host, order, path, query }: TagTableProps) {
  const sort = (column: TagOrder, direction: "ascending" | "descending") => ({
    href: withQuery(path, { ...query, sort: column === "version" ? undefined : column }),
    ...(order === column ? { direction } : {}),
  });
  return (
    <Table
      label={`Tags of ${repository}`}
      rowCount={total}
      isStacked
      isSticky
      className={belowRepositoryHeader}
      head={
        <>
          <HeadCell sort={order === "name" ? sort("version", "descending") : sort("name", "ascending")}>Tag</HeadCell>
          <HeadCell>Digest</HeadCell>
          <HeadCell>Platforms</HeadCell>
          <HeadCell isNumeric sort={sort("size", "descending")}>
            Size (compressed)
          </HeadCell>
          <HeadCell sort={sort("pushed", "descending")}>Pushed</HeadCell>
          <HeadCell>
            <span className="sr-only">Copy</span>
          </HeadCell>
        </>
      }
    >
      {tags.map((tag, place) => (
        <TagRow key={tag.tag} repository={repository} host={host} tag={tag} alias={aliasPlace(tags, place)} />
      ))}
    </Table>
  );
}

/** Where a tag stands among neighbours that name the same image. */
type AliasPlace = "alone" | "first" | "middle" | "last";

function aliasPlace(tags: readonly TagSummary[], place: number): AliasPlace {
  const digest = tags[place]?.digest;
  const hasBefore = tags[place - 1]?.digest === digest;
  const hasAfter = tags[place + 1]?.digest === digest;
  if (hasBefore) return hasAfter ? "middle" : "last";
  return hasAfter ? "first" : "alone";
}

function TagRow(props: { repository: RepositoryName; host: string; tag: TagSummary; alias: AliasPlace }) {
  const { repository, host, tag, alias } = props;
  const sizes = tag.images.flatMap(({ sizeBytes }) => (sizeBytes === undefined ? [] : [sizeBytes]));
  const name = pullName({ host, repository, reference: tag.tag });
  return (
    <Row>
      <Cell isRowHeading line="first">
        <span className="flex min-w-0 items-center gap-2">
          <Link
            href={tagPath(repository, tag.tag)}
            prefetch={false}
            className="link min-w-0 break-all font-medium font-mono text-sm"
          >
            {tag.tag}
          </Link>
          {tag.artifactType === undefined ? null : <Badge tone="info">{artifactName(tag.artifactType)}</Badge>}
        </span>
      </Cell>
      <Cell line="hidden">
        <span className="flex items-center gap-2">
          <AliasRail place={alias} />
          <Digest digest={tag.digest} href={manifestPath(repository, tag.digest)} pullName={`${host}/${repository}`} />
        </span>
      </Cell>
      <Cell line="second">
        <PlatformBadges platforms={tag.images.map(({ platform }) => platform)} />
      </Cell>
      <Cell isNumeric line="second-end">
        {sizes.length === 0 ? (
          <span className="text-fg-subtle">{tag.images.length > 0 ? "not pushed yet" : ""}</span>
        ) : (
          <Size bytes={Math.min(...sizes)} upTo={Math.max(...sizes)} kind="compressed" isBare />
        )}
      </Cell>
      <Cell line="first-end" className="text-fg-muted">
        <RelTime at={tag.pushedAt} />
        <span className="max-lg:hidden"> by {tag.pushedBy}</span>
      </Cell>
      <Cell line="hidden" className="w-10">
        <CopyButton text={`docker pull ${name}`} label={`Copy docker pull ${name}`} />
      </Cell>
    </Row>
  );
}

/** The line that joins tags of one image: a bracket down the rows. */
function AliasRail({ place }: { place: AliasPlace }) {
  if (place === "alone") return <span aria-hidden className="inline-block w-2.5" />;
  const path = { first: "M10 8H1V36", middle: "M1 -20V56", last: "M1 -20V8H10" }[place];
  return (
    <svg width="11" height="16" aria-hidden className="forced-mark overflow-visible text-border-strong">
      <path d={path} fill="none" stroke="currentColor" />
      {place === "first" ? null : <title>same image as the tag above</title>}
    </svg>
  );
}

/** The last part of an artifact's media type that says what it is. */
export function artifactName(mediaType: string): string {
  const name = /(?:vnd\.)?([^/]+?)(?:\.v\d+)?(?:\+\w+)?$/.exec(mediaType.slice(mediaType.indexOf("/") + 1))?.[1];
  return (name ?? mediaType).slice(0, 40);
}
