import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { migrate } from "./migrate.ts";

// An empty database, not a clone of the template: migrating is what is under test.
const directory = fs.mkdtempSync(path.join(os.tmpdir(), "layerport-migrations-"));
const databases: string[] = [];
let url = "";

function write(name: string, sql: string): void {
  fs.mkdirSync(path.join(directory, name), { recursive: true });
  fs.writeFileSync(path.join(directory, name, "migration.sql"), sql);
}

async function query(address: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

function address(database: string): string {
  const template = new URL(process.env.LAYERPORT_TEST_DATABASE_URL ?? "");
  template.pathname = `/${database}`;
  return template.href;
}

beforeEach(async () => {
  const name = `migrate_${randomUUID().replaceAll("-", "")}`;
  await query(address("postgres"), `CREATE DATABASE ${name}`);
  databases.push(name);
  url = address(name);
  fs.rmSync(directory, { recursive: true, force: true });
  write("20260101000000_first", "CREATE TABLE shelf (id int PRIMARY KEY);");
  write("20260102000000_second", "INSERT INTO shelf VALUES (1); ALTER TABLE shelf ADD COLUMN label text;");
});

afterAll(async () => {
  for (const name of databases) await query(address("postgres"), `DROP DATABASE ${name} WITH (FORCE)`);
  fs.rmSync(directory, { recursive: true, force: true });
});

describe("migrate", () => {
  it("applies migrations in the order of their names, and a second run applies nothing", async () => {
    expect(await migrate(url, directory)).toEqual(["20260101000000_first", "20260102000000_second"]);
    expect(await migrate(url, directory)).toEqual([]);
    expect(await query(url, "SELECT id, label FROM shelf")).toEqual([{ id: 1, label: null }]);
  });

  it("applies each migration once when several processes start at the same moment", async () => {
    const runs = await Promise.all([1, 2, 3, 4].map(() => migrate(url, directory)));
    expect(runs.flat().sort()).toEqual(["20260101000000_first", "20260102000000_second"]);
    expect(await query(url, "SELECT id FROM shelf")).toHaveLength(1);
  });

  it("refuses a migration that was edited after it was applied, and changes nothing", async () => {
    await migrate(url, directory);
    write("20260101000000_first", "CREATE TABLE shelf (id bigint PRIMARY KEY);");
    write("20260103000000_third", "DROP TABLE shelf;");
    await expect(migrate(url, directory)).rejects.toThrow(
      "migration 20260101000000_first was edited after it was applied",
    );
    expect(await query(url, "SELECT id FROM shelf")).toHaveLength(1);
  });

  it("refuses a database that a newer version has migrated", async () => {
    await migrate(url, directory);
    fs.rmSync(path.join(directory, "20260102000000_second"), { recursive: true });
    await expect(migrate(url, directory)).rejects.toThrow("20260102000000_second, which this version does not know");
  });

  it("leaves nothing of a migration that fails half-way, and applies it once it is corrected", async () => {
    write("20260103000000_third", "CREATE TABLE half (id int); SELECT 1 / 0;");
    await expect(migrate(url, directory)).rejects.toThrow("migration 20260103000000_third: division by zero");
    expect(await query(url, "SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    write("20260103000000_third", "CREATE TABLE half (id int);");
    expect(await migrate(url, directory)).toEqual(["20260103000000_third"]);
  });
});
