"use client";
import { LinkButton } from "../ui/link-button.tsx";
import { RetryButton } from "../ui/retry-button.tsx";
import { FailurePage } from "../views/frame/failure-page.tsx";
import { PlainFrame } from "../views/frame/plain-frame.tsx";

/** What was thrown reaches the browser as a digest alone, under which the server's log has the rest. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <PlainFrame width="reading">
      <FailurePage
        status={500}
        title="This page could not be shown"
        requestId={error.digest}
        actions={
          <>
            <RetryButton reset={reset} />
            <LinkButton href="/">Go home</LinkButton>
          </>
        }
      >
        <p>Something failed on the server. Nothing you did is lost.</p>
        <p>Try again; if it stays, give the number below to whoever runs this installation.</p>
      </FailurePage>
    </PlainFrame>
  );
}
