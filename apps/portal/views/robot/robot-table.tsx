import type { RobotAccount } from "@layerport/accounts";
import Link from "next/link";
import { organizationPath } from "../../server/organization-path.ts";
import { Badge } from "../../ui/badge.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { Expiry } from "../credential/expiry.tsx";
import { LastUsed } from "../credential/last-used.tsx";

/** The robots of an organization: what each may do where, when it was used, and when it stops. */
export function RobotTable(props: {
  readonly organization: string;
  readonly robots: readonly RobotAccount[];
  readonly total: number;
  readonly now: Date;
}) {
  const { organization, robots, total, now } = props;
  return (
    <Table
      label={`Robots of ${organization}`}
      isStacked
      rowCount={total}
      head={
        <>
          <HeadCell>Robot</HeadCell>
          <HeadCell>May</HeadCell>
          <HeadCell>Last used</HeadCell>
          <HeadCell>Expires</HeadCell>
          <HeadCell>Made by</HeadCell>
        </>
      }
    >
      {robots.map((robot) => (
        <Row key={robot.id}>
          <Cell isRowHeading line="first">
            <span className="inline-flex flex-wrap items-center gap-2">
              <Link
                href={organizationPath(organization, "robots", robot.name)}
                prefetch={false}
                className="link break-words font-medium"
              >
                {robot.loginName}
              </Link>
              {robot.isSuspended ? <Badge tone="danger">suspended</Badge> : null}
            </span>
          </Cell>
          <Cell line="second">
            <RobotGrants robot={robot} />
          </Cell>
          <Cell line="hidden">
            <LastUsed
              at={robot.lastUsedAt}
              address={robot.lastUsedAddress}
              repository={robot.lastUsedRepository}
              isUnused={robot.isUnused}
            />
          </Cell>
          <Cell line="first-end">
            <Expiry expiresAt={robot.expiresAt} isExpired={robot.isExpired} now={now} />
          </Cell>
          <Cell line="hidden" className="text-fg-muted">
            {robot.createdBy}
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

const mostShown = 3;

function RobotGrants({ robot: { grants } }: { robot: RobotAccount }) {
  if (grants.length === 0) return <span className="text-fg-subtle">nothing</span>;
  return (
    <ul className="flex flex-col">
      {grants.slice(0, mostShown).map((grant) => (
        <li key={grant.id}>
          {grant.permissions.join(", ")} on <code className="break-words text-sm">{grant.pattern}</code>
        </li>
      ))}
      {grants.length > mostShown ? <li className="text-fg-muted">and {grants.length - mostShown} more</li> : null}
    </ul>
  );
}
