"use client";
import { PanelLeft } from "lucide-react";
import { preferenceCookies } from "./preferences.ts";

/** Folds the rail to its icons and back, and remembers it. Where a script is missing the rail stays wide. */
export function RailToggle() {
  const toggle = () => {
    const root = document.documentElement;
    const rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
    root.dataset.rail = rail;
    // biome-ignore lint/suspicious/noDocumentCookie: the newer interface is missing on plain HTTP.
    document.cookie = `${preferenceCookies.rail}=${rail}; path=/; max-age=31536000; samesite=lax`;
  };
  return (
    <button
      type="button"
      onClick={toggle}
      aria-label="Fold or unfold the menu"
      className="hidden h-8 w-full items-center gap-2 rounded-md px-2 text-fg-subtle hover:bg-hover hover:text-fg lg:flex"
    >
      <PanelLeft size={16} aria-hidden />
      <span className="rail-word text-sm">Fold</span>
    </button>
  );
}
