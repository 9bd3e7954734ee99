import type { RobotAccount } from "@layerport/accounts";
import Link from "next/link";
import { RelTime } from "../../ui/rel-time.tsx";
import { Cell, HeadCell, Row, Table } from "../../ui/table.tsx";
import { Expiry } from "../credential/expiry.tsx";
import { LastUsed } from "../credential/last-used.tsx";

/** What a robot signs in with, newest first: which secrets still serve, and whether anybody uses them. */
export function SecretTable(props: {
  readonly robot: RobotAccount;
  readonly mayChange: boolean;
  readonly path: string;
  readonly now: Date;
}) {
  const { robot, mayChange, path, now } = props;
  return (
    <Table
      label={`Secrets of ${robot.loginName}`}
      isStacked
      head={
        <>
          <HeadCell>Secret</HeadCell>
          <HeadCell>Made</HeadCell>
          <HeadCell>Last used</HeadCell>
          <HeadCell>Expires</HeadCell>
          {mayChange ? (
            <HeadCell>
              <span className="sr-only">Revoke</span>
            </HeadCell>
          ) : null}
        </>
      }
    >
      {robot.secrets.map((secret) => (
        <Row key={secret.id}>
          <Cell isRowHeading line="first" className="digits">
            …{secret.lastFour}
          </Cell>
          <Cell line="hidden" className="text-fg-muted">
            <RelTime at={secret.createdAt} />
          </Cell>
          <Cell line="second">
            <LastUsed
              at={secret.lastUsedAt}
              address={secret.lastUsedAddress}
              repository={secret.lastUsedRepository}
              isUnused={false}
            />
          </Cell>
          <Cell line="first-end">
            <Expiry expiresAt={secret.expiresAt} isExpired={secret.isExpired} now={now} />
          </Cell>
          {mayChange ? (
            <Cell line="second-end" className="w-24 text-end!">
              {secret.isExpired ? null : (
                <Link
                  href={`${path}?revoke=${secret.id}`}
                  prefetch={false}
                  className="link"
                  aria-label={`Revoke the secret …${secret.lastFour}`}
                >
                  Revoke…
                </Link>
              )}
            </Cell>
          ) : null}
        </Row>
      ))}
    </Table>
  );
}
