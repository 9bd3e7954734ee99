"use client";
import { useRouter } from "next/navigation";
import { useEffect } from "react";

/** A push as `/live/pushes` tells it. */
export interface LivePush {
  readonly repository: string;
  readonly digest: string;
  readonly mediaType: string;
  readonly tags: readonly string[];
  readonly at: string;
  readonly by: string;
}

/** Where the pushes of one repository, or of all that the viewer may see, are told as they happen. */
export function livePushesPath(repository?: string): string {
  return repository === undefined ? "/live/pushes" : `/live/pushes?repository=${encodeURIComponent(repository)}`;
}

// A client pushes a multi-platform image as several manifests within moments: one refresh shows them all.
const quietMs = 250;

/** Shows nothing. It asks the server for the page again soon after something was pushed, without losing its state. */
export function LiveRefresh({ repository }: { readonly repository?: string }) {
  const router = useRouter();
  useEffect(() => {
    const source = new EventSource(livePushesPath(repository));
    let timer: ReturnType<typeof setTimeout> | undefined;
    source.addEventListener("push", () => {
      clearTimeout(timer);
      timer = setTimeout(() => router.refresh(), quietMs);
    });
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [repository, router]);
  return null;
}
