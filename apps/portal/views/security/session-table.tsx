import type { ActiveSession } from "@layerport/accounts";
import { browserName } from "../../format/browser-name.ts";
import { Badge } from "../../ui/badge.tsx";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { EndSessionForm } from "./security-forms.tsx";

/** Every browser that is signed in as the viewer, this one marked. */
export function SessionTable({ sessions }: { readonly sessions: readonly ActiveSession[] }) {
  return (
    <Table
      label="Browsers that are signed in"
      isStacked
      head={
        <>
          <HeadCell>Device</HeadCell>
          <HeadCell>Address</HeadCell>
          <HeadCell>Signed in</HeadCell>
          <HeadCell>Ends</HeadCell>
          <HeadCell>
            <span className="sr-only">Sign out</span>
          </HeadCell>
        </>
      }
    >
      {sessions.map((session) => {
        const device = browserName(session.userAgent);
        return (
          <Row key={session.id}>
            <Cell isRowHeading line="first">
              <span className="inline-flex flex-wrap items-center gap-2">
                {device}
                {session.isCurrent ? <Badge tone="success">this browser</Badge> : null}
              </span>
            </Cell>
            <Cell line="second" className="digits text-sm">
              {session.address ?? "unknown"}
            </Cell>
            <Cell line="second-end">
              <RelTime at={session.createdAt} />
            </Cell>
            <Cell line="hidden">
              <RelTime at={session.expiresAt} />
            </Cell>
            <Cell line="first-end" className="w-24">
              {session.isCurrent ? null : (
                <EndSessionForm
                  id={session.id}
                  device={session.address === undefined ? device : `${device} from ${session.address}`}
                />
              )}
            </Cell>
          </Row>
        );
      })}
    </Table>
  );
}
