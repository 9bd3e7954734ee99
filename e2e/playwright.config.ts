import { defineConfig } from "@playwright/test";
import { browserOptions } from "./browser-options.ts";

/** Journeys in a browser, against the one Layerport that the global setup starts. */
export default defineConfig({
  testDir: "portal",
  globalSetup: "./global-setup.ts",
  fullyParallel: false,
  workers: 1,
  // The first journeys make the administrator and the organization that the others need.
  projects: [
    { name: "entry", testMatch: "entry.spec.ts" },
    { name: "pages", testIgnore: "entry.spec.ts", dependencies: ["entry"] },
  ],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  outputDir: "test-results",
  use: {
    browserName: "chromium",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: browserOptions,
  },
});
