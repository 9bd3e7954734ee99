import { Badge } from "../../ui/badge.tsx";
import { RelTime } from "../../ui/rel-time.tsx";

const soonMs = 14 * 24 * 60 * 60 * 1000;

/** When a secret ends, and in words when that is within two weeks or past. */
export function Expiry(props: { readonly expiresAt: Date; readonly isExpired: boolean; readonly now: Date }) {
  const { expiresAt, isExpired, now } = props;
  if (isExpired) return <Badge tone="danger">expired</Badge>;
  const isSoon = expiresAt.getTime() - now.getTime() < soonMs;
  return (
    <span className="inline-flex items-center gap-2 whitespace-nowrap">
      <RelTime at={expiresAt} />
      {isSoon ? <Badge tone="warning">soon</Badge> : null}
    </span>
  );
}
