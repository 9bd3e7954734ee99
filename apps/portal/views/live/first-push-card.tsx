"use client";
import { CircleCheck } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { Status } from "../../ui/badge.tsx";
import { type LivePush, livePushesPath } from "./live-refresh.tsx";

/** Listens for a push and turns into the image when its manifest has arrived. */
export function FirstPushCard({ known }: { readonly known: LivePush | undefined }) {
  const [push, setPush] = useState(known);
  const [isListening, setListening] = useState(false);
  const router = useRouter();
  useEffect(() => {
    const source = new EventSource(livePushesPath());
    source.addEventListener("open", () => setListening(true));
    source.addEventListener("error", () => setListening(false));
    source.addEventListener("push", (event) => {
      const told = JSON.parse(event.data) as LivePush;
      // The manifests of single platforms come before the index that carries the tag.
      setPush((before) => (before !== undefined && told.tags.length === 0 ? before : told));
      if (told.tags.length > 0) router.refresh();
    });
    return () => source.close();
  }, [router]);

  if (push === undefined) {
    return (
      <div role="status" className="rounded-md border border-dashed border-border-strong p-4">
        <Status tone={isListening ? "running" : "neutral"}>
          {isListening ? "Listening for your first push" : "Connecting"}
        </Status>
      </div>
    );
  }
  const [tag] = push.tags;
  const href =
    tag === undefined
      ? `/r/${push.repository}/-/manifests/${push.digest}`
      : `/r/${push.repository}/-/tags/${encodeURIComponent(tag)}`;
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-success bg-success-bg p-4"
    >
      <CircleCheck size={16} aria-hidden className="text-success" />
      <Link href={href} className="link font-medium font-mono text-sm">
        {push.repository}
        {tag === undefined ? "" : `:${tag}`}
      </Link>
      <span className="digits text-fg-muted text-sm">{push.digest.slice(0, 19)}</span>
      <span className="text-fg-muted">is here, pushed by {push.by}.</span>
    </div>
  );
}
