const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How far back a time is told as a distance; older ones are told as a date. */
const longestDistance = 30 * day;

/**
 * A time as people say it: `3 h ago`, `in 12 d`, and beyond 30 days the date. The date is that of `timeZone`, UTC by
 * default, so a server and a browser write the same text.
 */
export function formatRelativeTime(at: Date, now: Date, timeZone = "UTC"): string {
  const distance = at.getTime() - now.getTime();
  const size = Math.abs(distance);
  if (size >= longestDistance) return formatDate(at, timeZone);
  if (size < 10 * second) return "just now";
  const text =
    size < minute
      ? `${Math.floor(size / second)}\u00a0s`
      : size < hour
        ? `${Math.floor(size / minute)}\u00a0m`
        : size < day
          ? `${Math.floor(size / hour)}\u00a0h`
          : `${Math.floor(size / day)}\u00a0d`;
  return distance < 0 ? `${text}\u00a0ago` : `in\u00a0${text}`;
}

/** The calendar date, `12 Mar 2026`, in `timeZone`. */
export function formatDate(at: Date, timeZone = "UTC"): string {
  const parts = new Intl.DateTimeFormat("en", { day: "numeric", month: "short", year: "numeric", timeZone });
  const part = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
  return `${part.day}\u00a0${part.month}\u00a0${part.year}`;
}

/** Date, time to the second and zone, `12 Mar 2026, 14:05:09 UTC`. Without `timeZone` it is the reader's own. */
export function formatFullTime(at: Date, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  const clock = new Intl.DateTimeFormat("en", {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZoneName: "short",
    ...zone,
  });
  const date = formatDate(at, timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  return `${date.replaceAll("\u00a0", " ")}, ${clock.format(at)}`;
}

/** The attributes and text of a `<time>` element. */
export function relativeTimeProps(at: Date, now: Date): { dateTime: string; children: string } {
  return { dateTime: at.toISOString(), children: formatRelativeTime(at, now) };
}
