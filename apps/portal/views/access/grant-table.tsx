import type { AccessGrant } from "@layerport/accounts";
import Link from "next/link";
import { organizationPath } from "../../server/organization-path.ts";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { LastUsed } from "../credential/last-used.tsx";
import { changePath } from "./access-change.ts";

/** Grants, one to a row: for whom, where, what, since when, used when. */
export function GrantTable(props: {
  readonly label: string;
  readonly organization: string;
  readonly grants: readonly AccessGrant[];
  readonly total?: number;
  /** Whether each row says for whom it is. */
  readonly showsPrincipal?: boolean;
  readonly mayChange: boolean;
  readonly back: string;
}) {
  const { label, organization, grants, total, showsPrincipal = false, mayChange, back } = props;
  return (
    <Table
      label={label}
      isStacked
      {...(total === undefined ? {} : { rowCount: total })}
      head={
        <>
          <HeadCell>Repositories</HeadCell>
          {showsPrincipal ? <HeadCell>For</HeadCell> : null}
          <HeadCell>May</HeadCell>
          <HeadCell>Last used</HeadCell>
          <HeadCell>Made</HeadCell>
          {mayChange ? (
            <HeadCell>
              <span className="sr-only">Change or remove</span>
            </HeadCell>
          ) : null}
        </>
      }
    >
      {grants.map((grant) => (
        <Row key={grant.id} id={grant.id}>
          <Cell isRowHeading line="first" className="break-words font-mono text-sm">
            {grant.pattern}
          </Cell>
          {showsPrincipal ? (
            <Cell line="first-end">
              <PrincipalLink organization={organization} principal={grant.principal} />
            </Cell>
          ) : null}
          <Cell line="second">{grant.permissions.join(", ")}</Cell>
          <Cell line="hidden">
            <LastUsed at={grant.lastUsedAt} address={undefined} repository={undefined} isUnused={grant.isUnused} />
          </Cell>
          <Cell line="hidden" className="text-fg-muted">
            <RelTime at={grant.createdAt} /> <span className="text-sm">by {grant.createdBy}</span>
          </Cell>
          {mayChange ? (
            <Cell line="second-end" className="w-36">
              <GrantLinks organization={organization} grant={grant} back={back} />
            </Cell>
          ) : null}
        </Row>
      ))}
    </Table>
  );
}

function GrantLinks(props: { organization: string; grant: AccessGrant; back: string }) {
  const { organization, grant, back } = props;
  const what = `${grant.pattern} for ${grant.principal.name}`;
  const href = (kind: string) => changePath(organization, { kind, id: grant.id }, back);
  return (
    <span className="flex justify-end gap-3 whitespace-nowrap">
      <Link href={href("grant-changed")} prefetch={false} className="link" aria-label={`Change the grant on ${what}`}>
        Change
      </Link>
      <Link href={href("grant-removed")} prefetch={false} className="link" aria-label={`Remove the grant on ${what}`}>
        Remove
      </Link>
    </span>
  );
}

/** Whom a grant is for, as a link to where one sees that. */
export function PrincipalLink(props: { readonly organization: string; readonly principal: AccessGrant["principal"] }) {
  const { kind, name } = props.principal;
  const href =
    kind === "user"
      ? `${organizationPath(props.organization, "members")}?q=${encodeURIComponent(name)}`
      : organizationPath(props.organization, kind === "team" ? "teams" : "robots", name);
  return (
    <Link href={href} prefetch={false} className="link break-words">
      {kind === "user" ? name : `${kind} ${name}`}
    </Link>
  );
}
