import type { UserAccount } from "@layerport/accounts";
import Link from "next/link";
import type { ReactNode } from "react";
import { formatCounted } from "../../../../format/count.ts";
import { requireOverseer } from "../../../../server/overseer.ts";
import { firstValue, type SearchParameters } from "../../../../server/parameters.ts";
import { orRefused } from "../../../../server/refusal.ts";
import { rooms } from "../../../../server/rooms.ts";
import { LinkButton } from "../../../../ui/link-button.tsx";
import { RelTime } from "../../../../ui/rel-time.tsx";
import { AdministrationFrame } from "../../../../views/administration/administration-frame.tsx";
import { OwnedTokenTable } from "../../../../views/administration/owned-token-table.tsx";
import { UserChangePanel } from "../../../../views/administration/user-change.tsx";
import { findUserChange, type UserChange } from "../../../../views/administration/user-changes.ts";
import { ResetLinkForm } from "../../../../views/administration/user-forms.tsx";
import { UserMarks } from "../../../../views/administration/user-marks.tsx";
import { PageHeader, Section } from "../../../../views/frame/page-header.tsx";

interface UserPageProps {
  readonly params: Promise<{ name: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: UserPageProps) {
  return { title: (await params).name };
}

/** Who is this, what may they do here, and what acts as them? */
export default async function UserPage({ params, searchParams }: UserPageProps) {
  const viewer = await requireOverseer();
  const { accounts } = rooms();
  const user = await orRefused(accounts.describeUser(viewer, (await params).name));
  const tokens = await accounts.listUserAccessTokens(viewer, user.name);
  const isOwn = user.name === viewer.name;
  const mayChange = viewer.isAdministrator;
  const change = mayChange ? findUserChange(firstValue((await searchParams).change), user) : undefined;
  const path = `/admin/users/${user.name}`;
  return (
    <AdministrationFrame
      viewer={viewer}
      path={path}
      crumbs={[{ label: "Users", href: "/admin/users" }, { label: user.name }]}
    >
      <PageHeader
        title={
          <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
            {user.name} <UserMarks user={user} />
          </span>
        }
        description={isOwn ? "This is you." : user.displayName}
      />
      {change === undefined ? null : <UserChangePanel user={user} change={change} />}
      <Section title="Account">
        <Facts user={user} />
      </Section>
      <Section title="Roles" description="What organizations and grants give is on the organizations' own pages.">
        <ul className="flex max-w-180 flex-col">
          <Line
            title="Administrator"
            text={user.isAdministrator ? "May do everything here." : "Not held."}
            action={mayChange ? (user.isAdministrator ? "end-administrator" : "make-administrator") : undefined}
            label={user.isAdministrator ? "Take away" : "Make administrator"}
            path={path}
          />
          <Line
            title="Auditor"
            text={user.isAuditor ? "Reads everything here, and changes nothing by it." : "Not held."}
            action={mayChange ? (user.isAuditor ? "end-auditor" : "make-auditor") : undefined}
            label={user.isAuditor ? "Take away" : "Make auditor"}
            path={path}
          />
          <Line
            title="Access"
            text={
              user.isSuspended
                ? "Disabled: no session, no token and no sign-in."
                : isOwn
                  ? "Enabled. Another administrator can disable you."
                  : "Enabled."
            }
            action={mayChange && !isOwn ? (user.isSuspended ? "enable" : "disable") : undefined}
            label={user.isSuspended ? "Enable" : "Disable"}
            path={path}
          />
        </ul>
      </Section>
      {mayChange ? (
        <Section
          title="Password"
          description="A link sets a new one, for a day and for one use. Setting it ends every session; the old password serves until then."
        >
          {user.isSuspended ? (
            <p>A disabled account cannot use one. Enable it first.</p>
          ) : (
            <ResetLinkForm name={user.name} />
          )}
        </Section>
      ) : null}
      <Section title="Access tokens">
        {tokens.length === 0 ? (
          <p className="text-fg-muted">{user.name} has none.</p>
        ) : (
          <OwnedTokenTable
            label={`Access tokens of ${user.name}`}
            tokens={tokens}
            hasOwners={false}
            mayRevoke={mayChange}
            now={new Date()}
          />
        )}
      </Section>
    </AdministrationFrame>
  );
}

function Facts({ user }: { user: UserAccount }) {
  const facts: readonly (readonly [term: string, value: ReactNode])[] = [
    ["E-mail", user.email],
    ["Last active", user.lastActiveAt === undefined ? "never" : <RelTime key="active" at={user.lastActiveAt} />],
    ["Made", <RelTime key="made" at={user.createdAt} />],
    [
      "Organizations",
      <span key="organizations">
        {formatCounted(user.organizationCount, "organization")} beside{" "}
        <Link href={`/o/${user.name}`} className="link">
          their own
        </Link>
      </span>,
    ],
  ];
  return (
    <dl className="grid max-w-180 grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5">
      {facts.map(([term, value]) => (
        <div key={term} className="contents">
          <dt className="text-fg-muted">{term}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Line(props: { title: string; text: string; action: UserChange | undefined; label: string; path: string }) {
  return (
    <li className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 gap-y-1 border-b py-1.5">
      <span className="min-w-0">
        <span className="font-medium">{props.title}</span> <span className="text-fg-muted">{props.text}</span>
      </span>
      {props.action === undefined ? null : (
        <LinkButton href={`${props.path}?change=${props.action}`} size="sm">
          {props.label}
        </LinkButton>
      )}
    </li>
  );
}
