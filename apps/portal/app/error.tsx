"use client";
import { buttonStyle } from "../ui/button.tsx";
import { RetryButton } from "../ui/retry-button.tsx";
import { FailureFrame } from "../views/frame/failure-frame.tsx";
import { FailurePage } from "../views/frame/failure-page.tsx";

/** What was thrown reaches the browser as a digest alone, under which the server's log has the rest. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <FailureFrame>
      <FailurePage
        status={500}
        title="This page could not be shown"
        errorId={error.digest}
        actions={
          <>
            <RetryButton reset={reset} />
            <a href="/" className={buttonStyle()}>
              Go home
            </a>
          </>
        }
      >
        <p>Something failed on the server. Nothing you did is lost.</p>
        <p>Try again; if it stays, give the number below to whoever runs this installation.</p>
      </FailurePage>
    </FailureFrame>
  );
}
