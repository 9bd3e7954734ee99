import type { TeamMember, TeamSummary } from "@layerport/accounts";
import Link from "next/link";
import { formatCounted } from "../../../../../../format/count.ts";
import { type OrganizationPage, offers, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../../server/parameters.ts";
import { orRefused } from "../../../../../../server/refusal.ts";
import { rooms } from "../../../../../../server/rooms.ts";
import { LinkButton } from "../../../../../../ui/link-button.tsx";
import { RelTime } from "../../../../../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../../../../../ui/table.tsx";
import { changePath } from "../../../../../../views/access/access-change.ts";
import { AddTeamMember } from "../../../../../../views/access/change-controls.tsx";
import { GrantsSection } from "../../../../../../views/access/grants-section.tsx";
import { ReachSection } from "../../../../../../views/access/reach-section.tsx";
import { PageHeader, Section } from "../../../../../../views/frame/page-header.tsx";
import { withQuery } from "../../../../../../views/frame/pager.tsx";
import { OrganizationFrame } from "../../../../../../views/organization/organization-frame.tsx";
import { TeamForm } from "../../../../../../views/team/team-form.tsx";

const membersPerPage = 50;

interface TeamPageProps {
  readonly params: Promise<{ organization: string; team: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: TeamPageProps) {
  const { organization, team } = await params;
  return { title: `Team ${team} of ${organization}` };
}

/** Who is in this team, and what may they do where? */
export default async function TeamPage({ params, searchParams }: TeamPageProps) {
  const { organization, team: name } = await params;
  const page = await organizationForPage(organization);
  const address = { organization: page.organization.name, team: name };
  const query = await readQuery(searchParams);
  const { accounts } = rooms();
  const [team, members, grants, changesTeams, changesGrants] = await Promise.all([
    orRefused(accounts.describeTeam(page.viewer, address)),
    orRefused(accounts.listTeamMembers(page.viewer, address, { limit: membersPerPage, after: query.member })),
    orRefused(accounts.listGrants(page.viewer, address.organization, { principal: { kind: "team", name } })),
    offers(page, "change-teams"),
    offers(page, "change-grants"),
  ]);
  const path = organizationPath(address.organization, "teams", name);
  const teams = organizationPath(address.organization, "teams");
  const isEdited = changesTeams && query.edit !== undefined;
  return (
    <OrganizationFrame page={page} tab="teams" crumbs={[{ label: "Teams", href: teams }, { label: name }]}>
      <TeamHead page={page} team={team} path={path} mayChange={changesTeams && !isEdited} />
      {isEdited ? (
        <Section title="What it is called">
          <TeamForm organization={address.organization} team={team} cancelHref={path} />
        </Section>
      ) : null}
      <MembersSection {...{ page, team, members, path, query }} mayChange={changesTeams} />
      <GrantsSection
        page={page}
        principal={{ kind: "team", name }}
        grants={grants}
        mayChange={changesGrants}
        path={path}
      />
      <ReachSection
        page={page}
        principal={{ kind: "team", name }}
        grants={grants}
        mayChange={changesGrants}
        path={path}
        query={query}
      />
    </OrganizationFrame>
  );
}

function TeamHead(props: { page: OrganizationPage; team: TeamSummary; path: string; mayChange: boolean }) {
  const { page, team, path, mayChange } = props;
  const { name } = page.organization;
  return (
    <PageHeader
      level={2}
      title={
        <>
          {team.displayName ?? team.name}
          {team.displayName ? (
            <span className="ps-2 font-mono font-normal text-base text-fg-muted">{team.name}</span>
          ) : null}
        </>
      }
      description={team.description}
      actions={
        mayChange ? (
          <>
            <LinkButton href={`${path}?edit=1`}>Edit</LinkButton>
            <LinkButton
              href={changePath(name, { kind: "team-deleted", team: team.name }, organizationPath(name, "teams"))}
              prefetch={false}
            >
              Delete…
            </LinkButton>
          </>
        ) : null
      }
    />
  );
}

function MembersSection(props: {
  page: OrganizationPage;
  team: TeamSummary;
  members: { readonly entries: readonly TeamMember[]; readonly next?: string | undefined };
  path: string;
  query: Readonly<Record<string, string>>;
  mayChange: boolean;
}) {
  const { page, team, members, path, query, mayChange } = props;
  const { name } = page.organization;
  return (
    <Section title="Members">
      {members.entries.length === 0 ? (
        <p className="mb-4 text-fg-muted">Nobody is in this team yet.</p>
      ) : (
        <>
          <Table
            label={`Members of team ${team.name}`}
            isStacked
            rowCount={team.memberCount}
            head={
              <>
                <HeadCell>Name</HeadCell>
                <HeadCell>Since</HeadCell>
                {mayChange ? (
                  <HeadCell>
                    <span className="sr-only">Remove</span>
                  </HeadCell>
                ) : null}
              </>
            }
          >
            {members.entries.map((member) => (
              <Row key={member.name}>
                <Cell isRowHeading line="first">
                  <Link
                    href={`${organizationPath(name, "members")}?q=${encodeURIComponent(member.name)}`}
                    prefetch={false}
                    className="link break-words font-medium"
                  >
                    {member.name}
                  </Link>
                  {member.displayName ? (
                    <span className="ps-2 font-normal text-fg-muted">{member.displayName}</span>
                  ) : null}
                </Cell>
                <Cell line="second" className="text-fg-muted">
                  <RelTime at={member.addedAt} />
                </Cell>
                {mayChange ? (
                  <Cell line="first-end" className="w-24 text-end!">
                    <Link
                      href={changePath(name, { kind: "team-member-removed", team: team.name, user: member.name }, path)}
                      prefetch={false}
                      className="link"
                      aria-label={`Remove ${member.name} from team ${team.name}`}
                    >
                      Remove
                    </Link>
                  </Cell>
                ) : null}
              </Row>
            ))}
          </Table>
          <MemberPager {...{ path, query, team, next: members.next }} />
        </>
      )}
      {mayChange ? <AddTeamMember organization={name} team={team.name} back={path} /> : null}
    </Section>
  );
}

function MemberPager(props: {
  path: string;
  query: Readonly<Record<string, string>>;
  team: TeamSummary;
  next: string | undefined;
}) {
  const { path, query, team, next } = props;
  return (
    <div className="mt-3 mb-4 flex flex-wrap items-center justify-between gap-3 text-fg-muted">
      <p>{formatCounted(team.memberCount, "member")}</p>
      <div className="flex gap-2">
        {query.member === undefined ? null : (
          <LinkButton size="sm" href={path}>
            First members
          </LinkButton>
        )}
        {next === undefined ? null : (
          <LinkButton size="sm" href={withQuery(path, { member: next })}>
            Next members
          </LinkButton>
        )}
      </div>
    </div>
  );
}
