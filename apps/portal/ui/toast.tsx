"use client";
import { lazy, Suspense, useSyncExternalStore } from "react";

/** A note at the edge of the page about something that was done. */
export interface ToastContent {
  readonly title: string;
  readonly detail?: string;
  readonly tone?: "neutral" | "success" | "danger";
  /** Offered for ten seconds at least. */
  readonly undo?: () => void | Promise<void>;
}

const waiting: ToastContent[] = [];
const listeners = new Set<() => void>();
let count = 0;

const ToastList = lazy(async () => ({ default: (await import("./toast-list.tsx")).ToastList }));

/** Shows a note. For what was reversible, give `undo`; what copies needs none, because its button says so. */
export function toast(content: ToastContent): void {
  waiting.push(content);
  count += 1;
  for (const listener of listeners) listener();
}

/** Takes the notes that nobody has shown yet. */
export function takeToasts(): ToastContent[] {
  return waiting.splice(0);
}

/** Hears of each new note. Answers a function that stops it. */
export function onToast(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Stands once in the root layout. Its code is fetched when the first note comes. */
export function Toaster() {
  const hasToasts = useSyncExternalStore(
    onToast,
    () => count > 0,
    () => false,
  );
  return hasToasts ? (
    <Suspense>
      <ToastList />
    </Suspense>
  ) : null;
}
