import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { PrismaClient } from "./generated/client.ts";

/** Prisma's client over the connections of a pool. */
export function openPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: statementName }) });
}

const statementNames = new Map<string, string>();

// Prisma's SQL is parameterised, so there are few texts, and preparing each once per connection pays.
function statementName({ sql }: { sql: string }): string {
  const known = statementNames.get(sql);
  if (known !== undefined) return known;
  const name = `p${createHash("sha1").update(sql).digest("base64url")}`;
  if (statementNames.size < 1000) statementNames.set(sql, name);
  return name;
}
