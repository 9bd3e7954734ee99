import Link from "next/link";
import type { ReactNode } from "react";
import { HoverCards } from "../../ui/hover-card.tsx";
import { LinkProgress } from "../../ui/link-progress.tsx";
import { Logo } from "./logo.tsx";

/** The bar at the top: the mark, the way here, and at its end whatever the page gives it. It stays while the page scrolls. */
export function TopBar({ breadcrumb, children }: { breadcrumb?: ReactNode; children?: ReactNode }) {
  return (
    <header className="sticky top-0 z-30 border-b bg-bg">
      <div className="flex h-[calc(var(--bar)-1px)] items-center gap-2 px-4 sm:gap-3 lg:px-6">
        <Link href="/" className="inline-flex shrink-0 items-center gap-2 rounded-md pointer-coarse:min-h-11">
          <Logo />
          <span className={breadcrumb ? "sr-only" : "font-semibold"}>Layerport</span>
          <LinkProgress />
        </Link>
        {breadcrumb ? (
          <>
            <span aria-hidden className="text-fg-subtle">
              /
            </span>
            {breadcrumb}
          </>
        ) : null}
        <div className="ms-auto flex flex-1 items-center justify-end gap-1 sm:gap-3">{children}</div>
      </div>
      {/* Drawn above everything wherever it stands; it stands in a landmark so that those find it who look for one. */}
      <HoverCards />
    </header>
  );
}
