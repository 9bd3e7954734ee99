import { requireAdministrator } from "../../../server/overseer.ts";
import { rooms } from "../../../server/rooms.ts";
import { RelTime } from "../../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../../ui/table.tsx";
import { AdministrationFrame } from "../../../views/administration/administration-frame.tsx";
import { InvitePersonForm, RevokeInvitationForm } from "../../../views/administration/user-forms.tsx";
import { PageHeader, Section } from "../../../views/frame/page-header.tsx";

export const metadata = { title: "Invitations" };

/** Whom have we asked in? */
export default async function InvitationsPage() {
  const viewer = await requireAdministrator();
  const invitations = await rooms().accounts.listInvitations(viewer);
  return (
    <AdministrationFrame viewer={viewer} path="/admin/invitations" crumbs={[{ label: "Invitations" }]}>
      <PageHeader
        title="Invitations"
        description="To this Layerport alone: who accepts gets an account and no right to what others have. Organizations invite on their own pages."
      />
      <Section title="Invite a person">
        <InvitePersonForm />
      </Section>
      <Section title="Not accepted yet">
        {invitations.length === 0 ? (
          <p className="text-fg-muted">No invitation is open.</p>
        ) : (
          <Table
            label="Open invitations"
            isStacked
            head={
              <>
                <HeadCell>For</HeadCell>
                <HeadCell>By</HeadCell>
                <HeadCell>Made</HeadCell>
                <HeadCell>Ends</HeadCell>
                <HeadCell>
                  <span className="sr-only">Revoke</span>
                </HeadCell>
              </>
            }
          >
            {invitations.map(({ id, email, createdBy, createdAt, expiresAt }) => (
              <Row key={id}>
                <Cell isRowHeading line="first" className="break-words">
                  {email ?? "whoever has the link"}
                </Cell>
                <Cell line="second">{createdBy}</Cell>
                <Cell line="hidden">
                  <RelTime at={createdAt} />
                </Cell>
                <Cell line="second-end">
                  <RelTime at={expiresAt} />
                </Cell>
                <Cell line="first-end" className="w-20">
                  <RevokeInvitationForm id={id} whom={email ?? "whoever has the link"} />
                </Cell>
              </Row>
            ))}
          </Table>
        )}
      </Section>
    </AdministrationFrame>
  );
}
