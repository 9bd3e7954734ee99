import type { ReactNode } from "react";
import { Footer } from "./footer.tsx";
import { Logo } from "./logo.tsx";

/**
 * What stands around a failure. Every page carries it to the browser in case it fails there, so it is markup alone, and
 * its link loads the home page anew instead of trusting what is left of this one.
 */
export function FailureFrame({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b px-4 lg:px-6">
        <a href="/" className="inline-flex h-[calc(var(--bar)-1px)] items-center gap-2 rounded-md font-semibold">
          <Logo />
          Layerport
        </a>
      </header>
      <main className="px-4">{children}</main>
      <Footer />
    </div>
  );
}
