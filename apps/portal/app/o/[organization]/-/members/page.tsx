import type { Invitation } from "@layerport/accounts";
import { formatCounted } from "../../../../../format/count.ts";
import { type OrganizationPage, offers, organizationForPage } from "../../../../../server/organization.ts";
import { organizationPath } from "../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../server/parameters.ts";
import { orRefused } from "../../../../../server/refusal.ts";
import { rooms } from "../../../../../server/rooms.ts";
import { EmptyState } from "../../../../../ui/empty-state.tsx";
import { LinkButton } from "../../../../../ui/link-button.tsx";
import { ListSearch } from "../../../../../ui/list-search.tsx";
import { changePath } from "../../../../../views/access/access-change.ts";
import { Section } from "../../../../../views/frame/page-header.tsx";
import { Pager, withQuery } from "../../../../../views/frame/pager.tsx";
import { InvitationTable } from "../../../../../views/member/invitation-table.tsx";
import { MemberTable } from "../../../../../views/member/member-table.tsx";
import { OrganizationFrame } from "../../../../../views/organization/organization-frame.tsx";

const membersPerPage = 50;

interface MembersPageProps {
  readonly params: Promise<{ organization: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: MembersPageProps) {
  return { title: `Members of ${(await params).organization}` };
}

/** Who belongs to this organization, and as what? */
export default async function MembersPage({ params, searchParams }: MembersPageProps) {
  const page = await organizationForPage((await params).organization);
  const { viewer, organization } = page;
  const { q, after } = await readQuery(searchParams);
  const path = organizationPath(organization.name, "members");
  const back = withQuery(path, { q, after });
  const [members, mayChange] = await Promise.all([
    orRefused(rooms().accounts.listMembers(viewer, organization.name, { search: q, after, limit: membersPerPage })),
    offers(page, "change-members"),
  ]);
  return (
    <OrganizationFrame page={page} tab="members" crumbs={[{ label: "Members" }]}>
      <div className="flex flex-wrap items-start justify-between gap-x-2">
        <ListSearch path={path} label="Search members" search={q} />
        {mayChange ? (
          <LinkButton href={organizationPath(organization.name, "members", "invite")} variant="primary">
            Invite
          </LinkButton>
        ) : null}
      </div>
      <DefaultRole page={page} back={back} mayChange={mayChange} />
      {members.entries.length === 0 ? (
        <EmptyState
          kind="filtered-out"
          title={`No member matches “${q ?? ""}”`}
          action={<LinkButton href={path}>Show all</LinkButton>}
        />
      ) : (
        <>
          <MemberTable
            organization={organization.name}
            defaultRole={organization.defaultRole}
            members={members}
            viewerName={viewer.name}
            mayChange={mayChange}
            showsActivity={organization.role === "owner" || viewer.isAdministrator || viewer.isAuditor}
            back={back}
          />
          <Pager
            path={path}
            query={{ q }}
            isFirst={after === undefined}
            next={members.next}
            summary={formatCounted(members.total, q === undefined ? "member" : "matching member")}
          />
        </>
      )}
      {mayChange ? <Invitations page={page} /> : null}
    </OrganizationFrame>
  );
}

function DefaultRole(props: { page: OrganizationPage; back: string; mayChange: boolean }) {
  const { name, defaultRole } = props.page.organization;
  return (
    <p className="mb-3 text-fg-muted">
      {defaultRole === undefined
        ? "Members have no default role: they may do what is granted to them."
        : `Every member is ${defaultRole} in every repository, unless a role or a grant gives more.`}{" "}
      {props.mayChange ? (
        <a href={changePath(name, { kind: "default-role" }, props.back)} className="link">
          Change the default role
        </a>
      ) : null}
    </p>
  );
}

async function Invitations({ page }: { page: OrganizationPage }) {
  const { viewer, organization } = page;
  const invitations: readonly Invitation[] = await orRefused(
    rooms().accounts.listInvitations(viewer, organization.name),
  );
  return (
    <div className="mt-8">
      <Section title="Pending invitations">
        {invitations.length === 0 ? (
          <p className="text-fg-muted">Nobody is invited right now.</p>
        ) : (
          <InvitationTable invitations={invitations} />
        )}
      </Section>
    </div>
  );
}
