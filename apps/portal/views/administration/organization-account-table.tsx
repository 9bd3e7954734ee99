import type { OrganizationAccount } from "@layerport/accounts";
import { libraryOrganization } from "@layerport/registry-core";
import Link from "next/link";
import { formatCounted } from "../../format/count.ts";
import { Badge } from "../../ui/badge.tsx";
import { LinkButton } from "../../ui/link-button.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";

/** Organizations, one to a row: who owns each, and how much is in it. `takeHref` is where its ownership is taken. */
export function OrganizationAccountTable(props: {
  readonly organizations: readonly OrganizationAccount[];
  readonly total: number;
  readonly viewerName: string;
  /** Absent for whoever may not. */
  readonly takeHref: ((organization: string) => string) | undefined;
}) {
  const { organizations, total, viewerName, takeHref } = props;
  return (
    <Table
      label="Organizations"
      rowCount={total}
      isStacked
      head={
        <>
          <HeadCell>Organization</HeadCell>
          <HeadCell>Owners</HeadCell>
          <HeadCell isNumeric>Members</HeadCell>
          <HeadCell isNumeric>Repositories</HeadCell>
          {takeHref === undefined ? null : (
            <HeadCell>
              <span className="sr-only">Ownership</span>
            </HeadCell>
          )}
        </>
      }
    >
      {organizations.map((organization) => {
        const { name, displayName, kind, owners, memberCount, repositoryCount } = organization;
        const isLayerports = name === libraryOrganization;
        const canBeTaken = kind === "shared" && !isLayerports && !owners.includes(viewerName);
        return (
          <Row key={name}>
            <Cell isRowHeading line="first">
              <span className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
                <Link href={`/o/${name}`} prefetch={false} className="link font-medium">
                  {name}
                </Link>
                {displayName === undefined ? null : (
                  <span className="break-words font-normal text-fg-muted">{displayName}</span>
                )}
                {kind === "personal" ? <Badge>personal</Badge> : null}
                {organization.isOwnerless && !isLayerports ? <Badge tone="warning">no owner</Badge> : null}
              </span>
            </Cell>
            <Cell line="second">
              {isLayerports ? <span className="text-fg-muted">Layerport itself</span> : <Owners names={owners} />}
            </Cell>
            <Cell isNumeric line="hidden">
              <span className="sr-only">{formatCounted(memberCount, "member")}</span>
              <span aria-hidden>{memberCount.toLocaleString("en")}</span>
            </Cell>
            <Cell isNumeric line="second-end">
              <span className="sr-only">{formatCounted(repositoryCount, "repository", "repositories")}</span>
              <span aria-hidden>{repositoryCount.toLocaleString("en")}</span>
            </Cell>
            {takeHref === undefined ? null : (
              <Cell line="first-end" className="w-36">
                {canBeTaken ? (
                  <LinkButton href={takeHref(name)} size="sm" prefetch={false} aria-label={`Take ownership of ${name}`}>
                    Take ownership
                  </LinkButton>
                ) : null}
              </Cell>
            )}
          </Row>
        );
      })}
    </Table>
  );
}

function Owners({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="text-warning">nobody who can sign in</span>;
  return names.map((name, index) => (
    <span key={name}>
      {index === 0 ? null : ", "}
      <Link href={`/admin/users/${name}`} prefetch={false} className="rounded-sm hover:underline">
        {name}
      </Link>
    </span>
  ));
}
