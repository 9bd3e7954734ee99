"use client";
import { useLinkStatus } from "next/link";

/** Inside a `<Link>`: the thin line under the bar while that link's page is on its way. */
export function LinkProgress() {
  const { pending } = useLinkStatus();
  return pending ? <span className="work-line" aria-hidden /> : null;
}
