import { type ByteUnits, exactByteSize, formatByteRange, formatByteSize } from "../../format/byte-size.ts";
import { cardProps } from "../../ui/card.ts";

/** Which of an image's sizes a number is. */
export type SizeKind = "compressed" | "on disk" | "unique";

export interface SizeProps {
  /** Exact bytes; for an index the bytes of its smallest image. */
  readonly bytes: number;
  /** For an index, the bytes of its largest image. */
  readonly upTo?: number;
  readonly kind: SizeKind;
  /** Leaves the word out where a heading says it already. The card says it in any case. */
  readonly isBare?: boolean;
  readonly units?: ByteUnits;
  readonly className?: string;
}

/** A size that says which size it is. Its card has the exact bytes and the other units. */
export function Size({ bytes, upTo, kind, isBare = false, units = "decimal", className }: SizeProps) {
  const exact = exactByteSize(bytes, units);
  const lines: [string, string][] = [["Size", kind]];
  if (upTo === undefined || upTo === bytes) lines.push(["Exactly", exact.exact], ["Or", exact.otherUnits]);
  else lines.push(["Smallest", exact.exact], ["Largest", exactByteSize(upTo, units).exact]);
  return (
    <span className={className}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the card must open for the keyboard too. */}
      <span tabIndex={0} className="whitespace-nowrap rounded-sm tabular-nums" {...cardProps({ kind: "lines", lines })}>
        {upTo === undefined ? formatByteSize(bytes, units) : formatByteRange(bytes, upTo, units)}
      </span>
      {isBare ? null : <span className="text-fg-muted"> {kind}</span>}
    </span>
  );
}
