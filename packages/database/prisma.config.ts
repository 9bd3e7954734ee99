import path from "node:path";
import { defineConfig } from "prisma/config";

// Prisma fetches a native schema engine over the network before any command, `generate` included. It reads
// this file first, so the engine's WebAssembly build, which npm installs, can be named here in its place.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= path.join(import.meta.dirname, "bin/schema-engine.mjs");

export default defineConfig({
  schema: "../../prisma/schema",
  migrations: { path: "../../prisma/migrations" },
  datasource: { url: process.env.DATABASE_URL ?? "" },
});
