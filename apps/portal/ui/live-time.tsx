"use client";
import { useSyncExternalStore } from "react";
import { relativeTimeProps } from "../format/relative-time.ts";
import { cardProps } from "./card.ts";

const minuteMs = 60_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let minute = 0;

/** One clock for every time on the page, and none while there is no time on it. */
function onMinute(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    minute = Date.now();
    for (const each of listeners) each();
  }, minuteMs);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The part of `RelTime` that keeps time. `now` is the moment the server wrote, so the browser's first text is the same. */
export function LiveTime({
  at,
  now,
  isFocusable,
  className,
}: {
  at: string;
  now: number;
  isFocusable: boolean;
  className?: string | undefined;
}) {
  const latest = useSyncExternalStore(
    onMinute,
    () => Math.max(minute, now),
    () => now,
  );
  return (
    <time
      {...relativeTimeProps(new Date(at), new Date(latest))}
      {...(isFocusable ? { tabIndex: 0 } : {})}
      className={className}
      {...cardProps({ kind: "time", at })}
    />
  );
}
