import type { Invitation } from "@layerport/accounts";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { RevokeInvitation } from "./revoke-invitation.tsx";

/** Invitations that can still be accepted. */
export function InvitationTable({ invitations }: { readonly invitations: readonly Invitation[] }) {
  return (
    <Table
      label="Pending invitations"
      isStacked
      head={
        <>
          <HeadCell>For</HeadCell>
          <HeadCell>Role</HeadCell>
          <HeadCell>Teams</HeadCell>
          <HeadCell>Invited</HeadCell>
          <HeadCell>Expires</HeadCell>
          <HeadCell>
            <span className="sr-only">Revoke</span>
          </HeadCell>
        </>
      }
    >
      {invitations.map((invitation) => (
        <Row key={invitation.id}>
          <Cell isRowHeading line="first" className="break-words">
            {invitation.email ?? "whoever has the link"}
          </Cell>
          <Cell line="second">{invitation.role ?? "default"}</Cell>
          <Cell line="hidden">{invitation.teams.join(", ") || <span className="text-fg-subtle">none</span>}</Cell>
          <Cell line="hidden" className="text-fg-muted">
            <RelTime at={invitation.createdAt} /> <span className="text-sm">by {invitation.createdBy}</span>
          </Cell>
          <Cell line="second-end" className="text-fg-muted">
            <RelTime at={invitation.expiresAt} />
          </Cell>
          <Cell line="first-end" className="w-24">
            <RevokeInvitation id={invitation.id} whose={invitation.email ?? "whoever has the link"} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
