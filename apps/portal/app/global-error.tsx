"use client";
import { buttonStyle } from "../ui/button.tsx";
import { mono, sans } from "../ui/fonts/fonts.ts";
import { FailureFrame } from "../views/frame/failure-frame.tsx";
import { FailurePage } from "../views/frame/failure-page.tsx";
import "./globals.css";

/** Stands in for everything when the root layout itself failed, so it leans on nothing but the style sheet. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className={`${sans.variable} ${mono.variable}`} data-density="default">
      <body>
        <title>Layerport could not answer</title>
        <FailureFrame>
          <FailurePage
            status={500}
            title="Layerport could not answer"
            errorId={error.digest}
            actions={
              <a href="/" className={buttonStyle("primary")}>
                Start again
              </a>
            }
          >
            <p>Something failed before the page could be put together. Nothing you did is lost.</p>
            <p>If it stays, give the number below to whoever runs this installation.</p>
          </FailurePage>
        </FailureFrame>
      </body>
    </html>
  );
}
