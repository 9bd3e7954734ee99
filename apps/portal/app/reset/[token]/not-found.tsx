import { headers } from "next/headers";
import { DeadLinkPage } from "../../../views/frame/failure-pages.tsx";
import { PlainFrame } from "../../../views/frame/plain-frame.tsx";

/** One page for a link that never was, was used, was replaced by a newer one or is too old. */
export default async function DeadReset() {
  return (
    <PlainFrame width="reading">
      <DeadLinkPage
        title="This link does not set a password"
        requestId={(await headers()).get("x-request-id") ?? undefined}
      >
        <p>It may be misspelt, used already, replaced by a newer one, or older than a day.</p>
        <p>Ask an administrator for a new one. Your password is as it was.</p>
      </DeadLinkPage>
    </PlainFrame>
  );
}
