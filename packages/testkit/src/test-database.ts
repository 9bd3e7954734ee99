import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll } from "vitest";

/**
 * Answers the address of a fresh, migrated database that only this test file sees. It is dropped when the
 * file ends, after every `afterAll` that was registered later. Call it at the top of a file or in `beforeAll`.
 */
export async function testDatabase(): Promise<string> {
  const template = templateUrl();
  const templateName = template.pathname.slice(1);
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${templateName}`);
  afterAll(() => administer(`DROP DATABASE ${name} WITH (FORCE)`));
  template.pathname = `/${name}`;
  return template.href;
}

async function administer(statement: string): Promise<void> {
  const url = templateUrl();
  url.pathname = "/postgres";
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function templateUrl(): URL {
  const url = process.env.LAYERPORT_TEST_DATABASE_URL;
  if (!url) throw new Error("testDatabase needs vitest's global setup: run the tests from the repository's root");
  return new URL(url);
}
