import { openDatabase } from "@layerport/database";
import { testDatabase, testSecrets } from "@layerport/testkit";
import { afterAll, expect, it } from "vitest";
import { openAccounts } from "./open-accounts.ts";
import { readSecrets } from "./secrets.ts";

const database = openDatabase({ url: await testDatabase(), connections: 5 });
const accounts = openAccounts({
  database,
  secrets: readSecrets(testSecrets()),
  publicUrl: "http://localhost:5000",
  findRepository: async () => undefined,
  repositoriesOf: async () => [],
});
afterAll(async () => {
  await accounts.close();
  await database.close();
});

it("T25: a fresh instance has no account, so that none of a hundred default logins opens it", async () => {
  const names = [
    "admin",
    "administrator",
    "root",
    "user",
    "test",
    "guest",
    "layerport",
    "postgres",
    "docker",
    "registry",
  ];
  const words = ["admin", "password", "123456", "12345678", "changeme", "root", "Harbor12345", "docker", "secret", ""];
  const logins = names.flatMap((name) => words.map((secret) => ({ name, secret })));
  expect(logins).toHaveLength(100);
  const tries = await Promise.allSettled(
    logins.map((login) => accounts.authenticateBasic({ ...login, address: "192.0.2.25" })),
  );
  for (const tried of tries) expect(tried).toMatchObject({ status: "rejected", reason: { name: "AccountError" } });
  const [counts] = await database.query<object>({
    text: `SELECT (SELECT count(*) FROM "user") AS users, (SELECT count(*) FROM access_token) AS tokens`,
  });
  expect(counts).toEqual({ users: 0, tokens: 0 });
});
