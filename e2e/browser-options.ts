import { existsSync } from "node:fs";
import type { LaunchOptions } from "@playwright/test";

const debianChromium = "/usr/bin/chromium";

/** How the tests start a browser. */
export const browserOptions: LaunchOptions = {
  headless: true,
  ...(existsSync(debianChromium) ? { executablePath: debianChromium } : {}),
  // Chromium's own sandbox does not run as root.
  args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
};
