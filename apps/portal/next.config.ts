import path from "node:path";
import type { NextConfig } from "next";
import manifest from "./package.json" with { type: "json" };
import { repositoryRoutes } from "./server/repository-routes.ts";

const repositoryRoot = path.join(import.meta.dirname, "../..");

/**
 * The same on every answer of the portal, static files included. The content security policy is not here, because it
 * carries a nonce for each request: `proxy.ts` writes it.
 */
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "same-origin" },
  { key: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
];

const config: NextConfig = {
  output: "standalone",
  // Both must see the workspace, or the standalone server lacks the packages beside this app.
  outputFileTracingRoot: repositoryRoot,
  turbopack: { root: repositoryRoot },
  transpilePackages: [
    "@layerport/accounts",
    "@layerport/blob-storage",
    "@layerport/builds",
    "@layerport/database",
    "@layerport/image-files",
    "@layerport/registry-client",
    "@layerport/registry-core",
    "@layerport/registry-store",
  ],
  // Left out of the bundle: they load parts of themselves at run time, or are native, or (shiki) are 300 grammars.
  serverExternalPackages: [
    "@node-rs/argon2",
    "@prisma/adapter-pg",
    "@prisma/client",
    "graphile-worker",
    "pg",
    "pino",
    "prom-client",
    "shiki",
    "undici",
  ],
  // Written into the code, so the rest of the manifest stays out of what browsers load.
  env: { LAYERPORT_VERSION: manifest.version },
  // For `forbidden()`, which answers 403 with the page that says who can grant it.
  experimental: { authInterrupts: true },
  poweredByHeader: false,
  reactStrictMode: true,
  rewrites: () => Promise.resolve({ beforeFiles: [...repositoryRoutes], afterFiles: [], fallback: [] }),
  headers: () => Promise.resolve([{ source: "/:path*", headers: securityHeaders }]),
};

export default config;
