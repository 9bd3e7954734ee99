import type { TeamSummary } from "@layerport/accounts";
import Link from "next/link";
import { formatCount } from "../../format/count.ts";
import { organizationPath } from "../../server/organization-path.ts";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";

/** The teams of an organization. */
export function TeamTable(props: {
  readonly organization: string;
  readonly teams: readonly TeamSummary[];
  readonly total: number;
}) {
  return (
    <Table
      label={`Teams of ${props.organization}`}
      isStacked
      rowCount={props.total}
      head={
        <>
          <HeadCell>Team</HeadCell>
          <HeadCell>Description</HeadCell>
          <HeadCell isNumeric>Members</HeadCell>
          <HeadCell isNumeric>Grants</HeadCell>
        </>
      }
    >
      {props.teams.map((team) => (
        <Row key={team.id}>
          <Cell isRowHeading line="first">
            <Link
              href={organizationPath(props.organization, "teams", team.name)}
              prefetch={false}
              className="link break-words font-medium"
            >
              {team.name}
            </Link>
            {team.displayName ? <span className="ps-2 font-normal text-fg-muted">{team.displayName}</span> : null}
          </Cell>
          <Cell line="second" className="max-w-120 text-fg-muted sm:truncate">
            {team.description}
          </Cell>
          <Cell isNumeric line="first-end">
            {formatCount(team.memberCount)}
            <span className="text-fg-muted sm:sr-only"> {team.memberCount === 1 ? "member" : "members"}</span>
          </Cell>
          <Cell isNumeric line="second-end">
            {formatCount(team.grantCount)}
            <span className="text-fg-muted sm:sr-only"> {team.grantCount === 1 ? "grant" : "grants"}</span>
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
