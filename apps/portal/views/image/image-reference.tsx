import { clsx } from "clsx";
import Link from "next/link";
import { CopyButton } from "../../ui/copy-button.tsx";

export interface ImageReferenceProps {
  /** The repository's name as people write it: `acme/api`, `alpine`. */
  readonly repository: string;
  readonly tag?: string;
  /** Shown where there is no tag, by its first twelve digits. */
  readonly digest?: string;
  readonly href?: string;
  /** What is copied, where copying makes sense: `host/acme/api:4.12.1`. */
  readonly copyText?: string;
  readonly className?: string;
}

/** An image by the name people type: `acme/api:4.12.1`. The tag carries the weight, because it is what is read for. */
export function ImageReference({ repository, tag, digest, href, copyText, className }: ImageReferenceProps) {
  const name = (
    <>
      <span className={tag === undefined ? "" : "text-fg-muted"}>{repository}</span>
      {tag === undefined ? null : <span className="text-fg-subtle">:</span>}
      {tag === undefined ? null : <span className="font-medium">{tag}</span>}
      {tag === undefined && digest !== undefined ? <span>@{digest.slice(0, digest.indexOf(":") + 13)}</span> : null}
    </>
  );
  return (
    <span className={clsx("inline-flex min-w-0 items-center gap-1 font-mono text-sm", className)}>
      {href === undefined ? (
        <span className="min-w-0 break-all">{name}</span>
      ) : (
        <Link href={href} className="min-w-0 break-all rounded-sm hover:underline">
          {name}
        </Link>
      )}
      {copyText === undefined ? null : <CopyButton text={copyText} label={`Copy ${copyText}`} />}
    </span>
  );
}
