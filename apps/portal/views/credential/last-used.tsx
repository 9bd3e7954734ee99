import Link from "next/link";
import { Badge } from "../../ui/badge.tsx";
import { RelTime } from "../../ui/rel-time.tsx";

/** When, from where and for what a secret was used last. */
export interface LastUsedProps {
  readonly at: Date | undefined;
  readonly address: string | undefined;
  readonly repository: string | undefined;
  /** Neither used nor made within 90 days. */
  readonly isUnused: boolean;
}

/** The last use of a secret, as far as it is known, and in words when nobody seems to need it any more. */
export function LastUsed({ at, address, repository, isUnused }: LastUsedProps) {
  return (
    <span className="inline-flex min-w-0 flex-col">
      <span className="inline-flex flex-wrap items-center gap-x-2">
        {at === undefined ? "never" : <RelTime at={at} />}
        {isUnused ? <Badge tone="warning">unused for 90 days</Badge> : null}
      </span>
      {at === undefined || (address === undefined && repository === undefined) ? null : (
        <span className="text-fg-muted text-xs">
          {address === undefined ? null : `from ${address}`}
          {repository === undefined ? null : (
            <>
              {address === undefined ? "in " : " in "}
              <Link href={`/r/${repository}/-/tags`} prefetch={false} className="break-all rounded-sm hover:underline">
                {repository}
              </Link>
            </>
          )}
        </span>
      )}
    </span>
  );
}
