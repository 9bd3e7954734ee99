import { defineConfig } from "vitest/config";

/** Tests against a running Layerport: real clients, and the house itself. Playwright has `portal/`. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "portal/**"],
    globalSetup: ["global-setup.ts", "clients/global-setup.ts"],
    pool: "forks",
    // Clients push and pull large images; two files at once would wait for each other on a small machine.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 240_000,
  },
});
