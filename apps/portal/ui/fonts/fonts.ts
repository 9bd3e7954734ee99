import localFont from "next/font/local";

/** The text of the portal. Loaded at once, because every page begins with it. */
export const sans = localFont({
  src: "./geist-sans.woff2",
  variable: "--font-geist-sans",
  weight: "400 600",
  display: "swap",
  preload: true,
  fallback: ["system-ui", "sans-serif"],
});

/** Whatever could be pasted in a shell. Loaded when a page first uses it. */
export const mono = localFont({
  src: "./geist-mono.woff2",
  variable: "--font-geist-mono",
  weight: "400 600",
  display: "swap",
  preload: false,
  adjustFontFallback: false,
  fallback: ["ui-monospace", "monospace"],
});
