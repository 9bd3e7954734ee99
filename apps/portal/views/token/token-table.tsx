import type { AccessToken } from "@layerport/accounts";
import type { ReactNode } from "react";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { Expiry } from "../credential/expiry.tsx";
import { LastUsed } from "../credential/last-used.tsx";
import { RevokeButton } from "./revoke-button.tsx";

/** The viewer's tokens: what each may do, when it was used and when it ends. */
export function TokenTable({ tokens, now }: { readonly tokens: readonly AccessToken[]; readonly now: Date }) {
  return (
    <Table
      label="Access tokens"
      isStacked
      head={
        <>
          <HeadCell>Name</HeadCell>
          <HeadCell>May</HeadCell>
          <HeadCell>Repositories</HeadCell>
          <HeadCell>Last used</HeadCell>
          <HeadCell>Expires</HeadCell>
          <HeadCell>
            <span className="sr-only">Revoke</span>
          </HeadCell>
        </>
      }
    >
      {tokens.map((token) => (
        <Row key={token.id}>
          <TokenCells token={token} now={now} />
          <Cell line="first-end" className="w-20">
            <RevokeButton id={token.id} name={token.name} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

/** The cells that a token has in every list of tokens. `owner` stands before the name where it is not the reader's. */
export function TokenCells(props: { readonly token: AccessToken; readonly now: Date; readonly owner?: ReactNode }) {
  const { token, now, owner } = props;
  return (
    <>
      <Cell isRowHeading line="first">
        {owner === undefined ? null : <>{owner} </>}
        <span className="break-words">{token.name}</span>{" "}
        <span className="digits font-normal text-fg-subtle text-sm">…{token.lastFour}</span>
      </Cell>
      <Cell line="second">{token.permissions.join(", ")}</Cell>
      <Cell line="hidden" className="max-w-60 break-words font-mono text-sm">
        {token.repositoryPatterns.join(" ")}
      </Cell>
      <Cell line="hidden">
        <LastUsed
          at={token.lastUsedAt}
          address={token.lastUsedAddress}
          repository={token.lastUsedRepository}
          isUnused={token.isUnused}
        />
      </Cell>
      <Cell line="second-end">
        <Expiry expiresAt={token.expiresAt} isExpired={token.isExpired} now={now} />
      </Cell>
    </>
  );
}
