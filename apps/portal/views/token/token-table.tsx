import type { AccessToken } from "@layerport/accounts";
import { Badge } from "../../ui/badge.tsx";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { RevokeButton } from "./revoke-button.tsx";

const soonMs = 14 * 24 * 60 * 60 * 1000;

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
          <Cell isRowHeading line="first">
            <span className="break-words">{token.name}</span>{" "}
            <span className="digits font-normal text-fg-subtle text-sm">…{token.lastFour}</span>
          </Cell>
          <Cell line="second">{token.permissions.join(", ")}</Cell>
          <Cell line="hidden" className="max-w-60 break-words font-mono text-sm">
            {token.repositoryPatterns.join(" ")}
          </Cell>
          <Cell line="hidden" className="text-fg-muted">
            {token.lastUsedAt === undefined ? (
              "never"
            ) : (
              <>
                <RelTime at={token.lastUsedAt} /> <span className="text-sm">from {token.lastUsedAddress}</span>
              </>
            )}
          </Cell>
          <Cell line="second-end">
            <Expiry token={token} now={now} />
          </Cell>
          <Cell line="first-end" className="w-20">
            <RevokeButton id={token.id} name={token.name} />
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

function Expiry({ token, now }: { token: AccessToken; now: Date }) {
  if (token.isExpired) return <Badge tone="danger">expired</Badge>;
  const isSoon = token.expiresAt.getTime() - now.getTime() < soonMs;
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <RelTime at={token.expiresAt} />
      {isSoon ? <Badge tone="warning">soon</Badge> : null}
    </span>
  );
}
