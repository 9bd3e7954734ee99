import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { mono, sans } from "../ui/fonts/fonts.ts";
import { LiveRegion } from "../ui/live-region.tsx";
import { Toaster } from "../ui/toast.tsx";
import { readPreferences } from "../views/frame/read-preferences.ts";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Layerport", template: "%s · Layerport" },
  description: "A container registry with a workshop.",
  robots: { index: false, follow: false },
  referrer: "same-origin",
};

/** The colour of the browser's own bars is that of the page, in the theme that was chosen. */
export async function generateViewport(): Promise<Viewport> {
  const { theme } = await readPreferences();
  const light = "#ffffff";
  const dark = "#0a0d10";
  const themeColor: Viewport["themeColor"] =
    theme === "system"
      ? [
          { media: "(prefers-color-scheme: light)", color: light },
          { media: "(prefers-color-scheme: dark)", color: dark },
        ]
      : theme === "dark"
        ? dark
        : light;
  return { width: "device-width", initialScale: 1, themeColor };
}

export default async function RootLayout({ children }: { children: ReactNode }) {
  const { theme, density, isRailNarrow } = await readPreferences();
  return (
    <html
      lang="en"
      className={`${sans.variable} ${mono.variable}`}
      data-theme={theme}
      data-density={density}
      data-rail={isRailNarrow ? "narrow" : "wide"}
    >
      <body className="min-h-dvh">
        {children}
        <LiveRegion />
        <Toaster />
      </body>
    </html>
  );
}
