"use client";
import { Button } from "../ui/button.tsx";
import { mono, sans } from "../ui/fonts/fonts.ts";
import { FailurePage } from "../views/frame/failure-page.tsx";
import "./globals.css";

/** Stands in for everything when the root layout itself failed, so it leans on nothing but the style sheet. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" className={`${sans.variable} ${mono.variable}`} data-density="default">
      <body>
        <title>Layerport could not answer</title>
        <main className="px-4">
          <FailurePage
            status={500}
            title="Layerport could not answer"
            requestId={error.digest}
            actions={
              <form action="/">
                <Button type="submit" variant="primary">
                  Start again
                </Button>
              </form>
            }
          >
            <p>Something failed before the page could be put together. Nothing you did is lost.</p>
            <p>If it stays, give the number below to whoever runs this installation.</p>
          </FailurePage>
        </main>
      </body>
    </html>
  );
}
