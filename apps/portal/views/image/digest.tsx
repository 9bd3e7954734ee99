import { clsx } from "clsx";
import Link from "next/link";
import { splitDigest } from "../../format/short-digest.ts";
import { cardProps } from "../../ui/card.ts";
import { CopyButton } from "../../ui/copy-button.tsx";

export interface DigestProps {
  /** The whole digest, `sha256:…`. */
  readonly digest: string;
  /** The page of what it names. */
  readonly href?: string;
  /** `host/repository`: Shift on the copy button copies the permalink `host/repository@sha256:…`. */
  readonly pullName?: string;
  readonly isCopyable?: boolean;
  /** Shows the whole of it, wrapped: for the one place on a page that states it. */
  readonly isWhole?: boolean;
  readonly className?: string;
}

/**
 * A digest by its first twelve digits. Selecting it takes the whole; the card and the description have the whole; the
 * copy button copies the whole.
 */
export function Digest({ digest, href, pullName, isCopyable = true, isWhole = false, className }: DigestProps) {
  const { algorithm, short, rest } = splitDigest(digest);
  const card = cardProps({ kind: "text", text: digest });
  const text = isWhole ? (
    <span className="break-all">{digest}</span>
  ) : (
    <>
      <span aria-hidden className="digest-unseen">
        {algorithm}
      </span>
      {short}
      <span aria-hidden className="digest-unseen">
        {rest}
      </span>
    </>
  );
  return (
    <span className={clsx("digits inline-flex min-w-0 items-center gap-1 text-sm", className)}>
      {href === undefined ? (
        <span {...card}>{text}</span>
      ) : (
        <Link href={href} prefetch={false} className="link" aria-label={short} aria-description={digest} {...card}>
          {text}
        </Link>
      )}
      {isCopyable ? (
        <CopyButton
          text={digest}
          label={`Copy digest ${short}`}
          card={{ kind: "text", text: digest }}
          {...(pullName === undefined ? {} : { shiftText: `${pullName}@${digest}` })}
        />
      ) : null}
    </span>
  );
}
