import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Everything that needs no running Layerport. `e2e/vitest.config.ts` has the rest. */
export default defineConfig({
  test: {
    include: [
      "packages/**/*.test.ts",
      "apps/**/*.test.{ts,tsx}",
      "rules/**/*.test.ts",
      "prisma/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/.next/**", "**/generated/**"],
    globalSetup: ["packages/testkit/src/global-setup.ts"],
    pool: "forks",
    maxWorkers: Math.min(4, Math.max(2, availableParallelism() - 1)),
    testTimeout: 20_000,
    hookTimeout: 30_000,
    restoreMocks: true,
  },
});
