import type { RobotAccount } from "@layerport/accounts";
import { formatCounted } from "../../../../../../format/count.ts";
import { type OrganizationPage, offers, organizationForPage } from "../../../../../../server/organization.ts";
import { organizationPath } from "../../../../../../server/organization-path.ts";
import { readQuery, type SearchParameters } from "../../../../../../server/parameters.ts";
import { orRefused } from "../../../../../../server/refusal.ts";
import { rooms } from "../../../../../../server/rooms.ts";
import { Badge } from "../../../../../../ui/badge.tsx";
import { ConfirmPanel } from "../../../../../../ui/confirm-panel.tsx";
import { LinkButton } from "../../../../../../ui/link-button.tsx";
import { RelTime } from "../../../../../../ui/rel-time.tsx";
import { GrantsSection } from "../../../../../../views/access/grants-section.tsx";
import { ReachSection } from "../../../../../../views/access/reach-section.tsx";
import { LastUsed } from "../../../../../../views/credential/last-used.tsx";
import { PageHeader, Section } from "../../../../../../views/frame/page-header.tsx";
import { withQuery } from "../../../../../../views/frame/pager.tsx";
import { OrganizationFrame } from "../../../../../../views/organization/organization-frame.tsx";
import { deleteRobot, revokeSecret } from "../../../../../../views/robot/actions.ts";
import { RotateSecret } from "../../../../../../views/robot/rotate-secret.tsx";
import { SecretTable } from "../../../../../../views/robot/secret-table.tsx";
import { StandingForm } from "../../../../../../views/robot/standing-form.tsx";

interface RobotPageProps {
  readonly params: Promise<{ organization: string; robot: string }>;
  readonly searchParams: SearchParameters;
}

export async function generateMetadata({ params }: RobotPageProps) {
  const { organization, robot } = await params;
  return { title: `Robot ${organization}+${robot}` };
}

/** What can this machine touch, is it alive, and when does its secret end? */
export default async function RobotPage({ params, searchParams }: RobotPageProps) {
  const { organization, robot: name } = await params;
  const page = await organizationForPage(organization);
  const query = await readQuery(searchParams);
  const [robot, changesRobots, changesGrants] = await Promise.all([
    orRefused(rooms().accounts.describeRobot(page.viewer, page.organization.name, name)),
    offers(page, "change-robots"),
    offers(page, "change-grants"),
  ]);
  const robots = organizationPath(page.organization.name, "robots");
  const path = organizationPath(page.organization.name, "robots", name);
  const url = new URL(rooms().environment.publicUrl);
  return (
    <OrganizationFrame page={page} tab="robots" crumbs={[{ label: "Robots", href: robots }, { label: name }]}>
      <RobotHead page={page} robot={robot} path={path} mayChange={changesRobots} />
      {changesRobots ? <Asked page={page} robot={robot} path={path} query={query} /> : null}
      <Section title="Secrets" description="What it signs in with. While one is replaced, two serve.">
        <SecretTable robot={robot} mayChange={changesRobots} path={path} now={new Date()} />
      </Section>
      {changesRobots ? (
        <Section title="Rotate" description="A new secret, and time to put it in place before the old one ends.">
          <RotateSecret
            organization={page.organization.name}
            robot={robot.name}
            host={url.host}
            isPlainHttp={url.protocol === "http:"}
            path={path}
          />
        </Section>
      ) : null}
      <GrantsSection
        page={page}
        principal={{ kind: "robot", name }}
        grants={robot.grants}
        mayChange={changesGrants}
        path={path}
      />
      <ReachSection
        page={page}
        principal={{ kind: "robot", name }}
        grants={robot.grants}
        mayChange={changesGrants}
        path={path}
        query={query}
      />
    </OrganizationFrame>
  );
}

function RobotHead(props: { page: OrganizationPage; robot: RobotAccount; path: string; mayChange: boolean }) {
  const { page, robot, path, mayChange } = props;
  const { name } = page.organization;
  return (
    <>
      <PageHeader
        level={2}
        title={
          <span className="inline-flex flex-wrap items-center gap-2">
            {robot.loginName}
            {robot.isSuspended ? <Badge tone="danger">suspended</Badge> : null}
            {robot.isExpired ? <Badge tone="danger">expired</Badge> : null}
          </span>
        }
        description={robot.description}
        actions={
          <>
            <LinkButton href={withQuery(organizationPath(name, "access"), { who: robot.loginName })} prefetch={false}>
              Explain access
            </LinkButton>
            {mayChange ? (
              <>
                <StandingForm organization={name} robot={robot.name} isSuspended={robot.isSuspended} />
                <LinkButton href={`${path}?delete=1`} prefetch={false}>
                  Delete…
                </LinkButton>
              </>
            ) : null}
          </>
        }
      />
      <p className="mb-6 text-fg-muted">
        Made <RelTime at={robot.createdAt} /> by {robot.createdBy}.
        {robot.isSuspended ? " While it is suspended every request of it is refused." : null}
      </p>
    </>
  );
}

/** What the address asks to confirm: the end of one secret, or of the robot. */
function Asked(props: {
  page: OrganizationPage;
  robot: RobotAccount;
  path: string;
  query: Readonly<Record<string, string>>;
}) {
  const { page, robot, path, query } = props;
  const fields = { organization: page.organization.name, robot: robot.name };
  const secret = robot.secrets.find(({ id }) => id === query.revoke);
  if (secret !== undefined) {
    return (
      <ConfirmPanel
        title={`Revoke the secret …${secret.lastFour}?`}
        confirmLabel="Revoke the secret"
        confirmVariant="danger"
        cancelHref={path}
        action={revokeSecret}
        fields={{ ...fields, id: secret.id }}
      >
        <p>Whatever still uses it is refused at once, and nothing brings it back.</p>
        <div>
          Last used:{" "}
          <LastUsed
            at={secret.lastUsedAt}
            address={secret.lastUsedAddress}
            repository={secret.lastUsedRepository}
            isUnused={false}
          />
        </div>
      </ConfirmPanel>
    );
  }
  if (query.delete === undefined) return null;
  return (
    <ConfirmPanel
      title={`Delete ${robot.loginName}?`}
      confirmLabel={`Delete ${robot.loginName}`}
      confirmVariant="danger"
      cancelHref={path}
      action={deleteRobot}
      fields={fields}
    >
      <p>
        It ends with {formatCounted(robot.secrets.filter(({ isExpired }) => !isExpired).length, "secret")} that still
        serves and {formatCounted(robot.grants.length, "grant")}. Whatever it pushed stays. Nothing brings it back; to
        stop it for a while, suspend it.
      </p>
      <div>
        Last used:{" "}
        <LastUsed
          at={robot.lastUsedAt}
          address={robot.lastUsedAddress}
          repository={robot.lastUsedRepository}
          isUnused={robot.isUnused}
        />
      </div>
    </ConfirmPanel>
  );
}
