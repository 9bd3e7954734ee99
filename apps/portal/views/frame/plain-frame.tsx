import type { ReactNode } from "react";
import { Footer } from "./footer.tsx";
import { SkipLink } from "./skip-link.tsx";
import { TopBar } from "./top-bar.tsx";

/**
 * A page with the mark and nothing to lead away: sign-in, setup, errors. It asks nothing of the server, so it stands
 * even where the rest has failed. `narrow` is for a form alone.
 */
export function PlainFrame({ children, width = "narrow" }: { children: ReactNode; width?: "narrow" | "reading" }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <SkipLink />
      <TopBar />
      <main
        id="main"
        tabIndex={-1}
        className={`mx-auto w-full px-4 pt-10 pb-16 outline-none sm:pt-16 ${width === "narrow" ? "max-w-96" : "max-w-180"}`}
      >
        {children}
      </main>
      <Footer />
    </div>
  );
}
