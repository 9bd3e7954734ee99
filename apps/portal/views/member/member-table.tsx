import type { Member, MemberPage } from "@layerport/accounts";
import type { Role } from "@layerport/registry-core";
import Link from "next/link";
import { organizationPath } from "../../server/organization-path.ts";
import { Badge } from "../../ui/badge.tsx";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { changePath } from "../access/access-change.ts";
import { belowRepositoryHeader } from "../frame/repository-header.tsx";

/** The members of an organization: who, with which role, in which teams, since when. */
export function MemberTable(props: {
  readonly organization: string;
  readonly defaultRole: Role | undefined;
  readonly members: MemberPage;
  readonly viewerName: string;
  readonly mayChange: boolean;
  /** Whether the viewer is told when members were here last. */
  readonly showsActivity: boolean;
  readonly back: string;
}) {
  const { organization, members, mayChange, showsActivity } = props;
  return (
    <Table
      label={`Members of ${organization}`}
      isStacked
      isSticky
      rowCount={members.total}
      className={belowRepositoryHeader}
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>Role</HeadCell>
          <HeadCell>Teams</HeadCell>
          <HeadCell>Since</HeadCell>
          {showsActivity ? <HeadCell>Last active</HeadCell> : null}
          <HeadCell>
            <span className="sr-only">{mayChange ? "Change role or remove" : "Leave"}</span>
          </HeadCell>
        </>
      }
    >
      {members.entries.map((member) => (
        <MemberRow key={member.name} {...props} member={member} />
      ))}
    </Table>
  );
}

function MemberRow(props: Parameters<typeof MemberTable>[0] & { member: Member }) {
  const { organization, defaultRole, member, showsActivity } = props;
  return (
    <Row>
      <Cell isRowHeading line="first">
        <span className="flex min-w-0 flex-wrap items-center gap-x-2">
          <span className="break-words font-medium">{member.name}</span>
          {member.displayName ? <span className="font-normal text-fg-muted">{member.displayName}</span> : null}
          {member.isSuspended ? <Badge tone="danger">suspended</Badge> : null}
        </span>
      </Cell>
      <Cell line="second">
        {member.role ?? <span className="text-fg-muted">default ({defaultRole ?? "none"})</span>}
      </Cell>
      <Cell line="hidden">
        <TeamLinks organization={organization} teams={member.teams} />
      </Cell>
      <Cell line="second-end" className="text-fg-muted">
        <RelTime at={member.joinedAt} />
      </Cell>
      {showsActivity ? (
        <Cell line="hidden" className="text-fg-muted">
          {member.lastActiveAt === undefined ? "never" : <RelTime at={member.lastActiveAt} />}
        </Cell>
      ) : null}
      <Cell line="first-end" className="w-44">
        <MemberLinks {...props} />
      </Cell>
    </Row>
  );
}

function TeamLinks({ organization, teams }: { organization: string; teams: readonly string[] }) {
  if (teams.length === 0) return <span className="text-fg-subtle">none</span>;
  return (
    <span className="flex flex-wrap gap-x-2">
      {teams.map((team) => (
        <Link key={team} href={organizationPath(organization, "teams", team)} prefetch={false} className="link">
          {team}
        </Link>
      ))}
    </span>
  );
}

function MemberLinks(props: Parameters<typeof MemberRow>[0]) {
  const { organization, member, viewerName, mayChange, back } = props;
  const href = (kind: string) => changePath(organization, { kind, user: member.name }, back);
  const isViewer = member.name === viewerName;
  return (
    <span className="flex justify-end gap-3 whitespace-nowrap">
      {mayChange ? (
        <Link
          href={href("member-role")}
          prefetch={false}
          className="link"
          aria-label={`Change the role of ${member.name}`}
        >
          Change role
        </Link>
      ) : null}
      {mayChange || isViewer ? (
        <Link
          href={href("member-removed")}
          prefetch={false}
          className="link"
          aria-label={isViewer ? `Leave ${organization}` : `Remove ${member.name}`}
        >
          {isViewer ? "Leave" : "Remove"}
        </Link>
      ) : null}
    </span>
  );
}
