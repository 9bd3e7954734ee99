import { LiveTime } from "./live-time.tsx";

export interface RelTimeProps {
  /** A moment, or its text as ISO 8601. */
  readonly at: string | Date;
  /** False inside a link or a button, which has the focus itself. */
  readonly isFocusable?: boolean;
  readonly className?: string;
}

/** A moment as a distance, kept true to the minute. Its card tells it in the reader's zone and in UTC. */
export function RelTime({ at, isFocusable = true, className }: RelTimeProps) {
  return <LiveTime at={new Date(at).toISOString()} now={Date.now()} isFocusable={isFocusable} className={className} />;
}
