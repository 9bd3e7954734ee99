import type { UserAccount } from "@layerport/accounts";
import Link from "next/link";
import { formatCounted } from "../../format/count.ts";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { UserMarks } from "./user-marks.tsx";

/** People, one to a row: who it is, what they may do here, and when they were last seen. */
export function UserTable({ users, total }: { readonly users: readonly UserAccount[]; readonly total: number }) {
  return (
    <Table
      label="Users"
      rowCount={total}
      isStacked
      head={
        <>
          <HeadCell>User</HeadCell>
          <HeadCell>Role</HeadCell>
          <HeadCell>E-mail</HeadCell>
          <HeadCell isNumeric>Organizations</HeadCell>
          <HeadCell isNumeric>Tokens</HeadCell>
          <HeadCell>Last active</HeadCell>
        </>
      }
    >
      {users.map((user) => (
        <Row key={user.name}>
          <Cell isRowHeading line="first">
            <Link href={`/admin/users/${user.name}`} prefetch={false} className="link font-medium">
              {user.name}
            </Link>
            {user.displayName === undefined ? null : (
              <span className="ms-2 break-words font-normal text-fg-muted">{user.displayName}</span>
            )}
          </Cell>
          <Cell line="second-end">
            <UserMarks user={user} />
          </Cell>
          <Cell line="second" className="max-w-70 break-words text-fg-muted">
            {user.email}
          </Cell>
          <Cell isNumeric line="hidden">
            <span className="sr-only">{formatCounted(user.organizationCount, "organization")}</span>
            <span aria-hidden>{user.organizationCount}</span>
          </Cell>
          <Cell isNumeric line="hidden">
            <span className="sr-only">{formatCounted(user.accessTokenCount, "token")}</span>
            <span aria-hidden>{user.accessTokenCount}</span>
          </Cell>
          <Cell line="first-end" className="text-fg-muted">
            {user.lastActiveAt === undefined ? "never" : <RelTime at={user.lastActiveAt} />}
          </Cell>
        </Row>
      ))}
    </Table>
  );
}
