import type { RepositorySummary } from "@layerport/registry-core";
import { Globe, Lock } from "lucide-react";
import Link from "next/link";
import { formatCounted } from "../../format/count.ts";
import { tagPath, tagsPath } from "../../server/repository-path.ts";
import { Badge } from "../../ui/badge.tsx";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { PlatformBadges } from "../image/platform-badges.tsx";
import { Size } from "../image/size.tsx";

/**
 * Repositories, one to a row: what it is, its newest tag, what that runs on and weighs. Its links are not fetched
 * before somebody is about to follow one: there are two to each row.
 */
export function RepositoryRows(props: {
  readonly label: string;
  readonly repositories: readonly RepositorySummary[];
  readonly total?: number;
}) {
  return (
    <Table
      label={props.label}
      isStacked
      {...(props.total === undefined ? {} : { rowCount: props.total })}
      head={
        <>
          <HeadCell>Repository</HeadCell>
          <HeadCell>Newest tag</HeadCell>
          <HeadCell>Platforms</HeadCell>
          <HeadCell isNumeric>Size (compressed)</HeadCell>
          <HeadCell isNumeric>Tags</HeadCell>
          <HeadCell>Last push</HeadCell>
        </>
      }
    >
      {props.repositories.map((repository) => (
        <RepositoryRow key={repository.name} repository={repository} />
      ))}
    </Table>
  );
}

function RepositoryRow({ repository }: { repository: RepositorySummary }) {
  const { name, newestTag, platforms, sizeBytes, tagCount, lastPushedAt } = repository;
  return (
    <Row>
      <Cell isRowHeading line="first">
        <span className="flex min-w-0 items-center gap-2">
          <Link href={tagsPath(name)} prefetch={false} className="link min-w-0 break-words font-medium">
            {name}
          </Link>
          <VisibilityBadge visibility={repository.visibility} />
        </span>
        {repository.description ? (
          <span className="block max-w-120 truncate font-normal text-fg-muted text-sm">{repository.description}</span>
        ) : null}
      </Cell>
      <Cell line="second">
        {newestTag === undefined ? (
          <span className="text-fg-subtle">no tags</span>
        ) : (
          <Link
            href={tagPath(name, newestTag)}
            prefetch={false}
            className="rounded-sm font-mono text-sm hover:underline"
          >
            {newestTag}
          </Link>
        )}
      </Cell>
      <Cell line="hidden">
        <PlatformBadges platforms={platforms} />
      </Cell>
      <Cell isNumeric line="second-end">
        {sizeBytes === undefined ? null : <Size bytes={sizeBytes} kind="compressed" isBare />}
      </Cell>
      <Cell isNumeric line="hidden">
        <span className="sr-only">{formatCounted(tagCount, "tag")}</span>
        <span aria-hidden>{tagCount.toLocaleString("en")}</span>
      </Cell>
      <Cell line="first-end" className="text-fg-muted">
        {lastPushedAt === undefined ? "never" : <RelTime at={lastPushedAt} />}
      </Cell>
    </Row>
  );
}

/** Whether anybody or only those with a grant may pull. */
export function VisibilityBadge({ visibility }: { visibility: RepositorySummary["visibility"] }) {
  const Icon = visibility === "public" ? Globe : Lock;
  return <Badge icon={<Icon size={12} aria-hidden />}>{visibility}</Badge>;
}
