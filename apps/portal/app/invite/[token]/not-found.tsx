import { headers } from "next/headers";
import { DeadLinkPage } from "../../../views/frame/failure-pages.tsx";
import { PlainFrame } from "../../../views/frame/plain-frame.tsx";

/** One page for an invitation that never was, was used, was revoked or is too old. */
export default async function DeadInvitation() {
  return (
    <PlainFrame width="reading">
      <DeadLinkPage title="This link invites nobody" requestId={(await headers()).get("x-request-id") ?? undefined}>
        <p>It may be misspelt, used already, revoked, or older than a week.</p>
        <p>Ask whoever sent it for a new one. If you have accepted it before, just sign in.</p>
      </DeadLinkPage>
    </PlainFrame>
  );
}
