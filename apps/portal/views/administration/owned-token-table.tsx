import type { OwnedAccessToken } from "@layerport/accounts";
import Link from "next/link";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { TokenCells } from "../token/token-table.tsx";
import { RevokeTokenOf } from "./user-forms.tsx";

/** Access tokens of others. Auditors see them and end none. */
export function OwnedTokenTable(props: {
  readonly label: string;
  readonly tokens: readonly OwnedAccessToken[];
  readonly hasOwners: boolean;
  readonly mayRevoke: boolean;
  readonly now: Date;
}) {
  return (
    <Table
      label={props.label}
      isStacked
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>May</HeadCell>
          <HeadCell>Repositories</HeadCell>
          <HeadCell>Last used</HeadCell>
          <HeadCell>Expires</HeadCell>
          {props.mayRevoke ? (
            <HeadCell>
              <span className="sr-only">Revoke</span>
            </HeadCell>
          ) : null}
        </>
      }
    >
      {props.tokens.map((token) => (
        <Row key={token.id}>
          <TokenCells
            token={token}
            now={props.now}
            owner={
              props.hasOwners ? (
                <Link href={`/admin/users/${token.owner}`} prefetch={false} className="link font-medium">
                  {token.owner}
                </Link>
              ) : undefined
            }
          />
          {props.mayRevoke ? (
            <Cell line="first-end" className="w-20">
              <RevokeTokenOf user={token.owner} id={token.id} name={token.name} />
            </Cell>
          ) : null}
        </Row>
      ))}
    </Table>
  );
}
