import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "@layerport/database";
import { expect, it } from "vitest";
import { sharedLayerport } from "../stack.ts";
import { OciHttp } from "./oci-http.ts";
import { environmentOf, sharedPeople } from "./people.ts";

const stack = sharedLayerport();
const { administrator, stranger, tokens } = sharedPeople();
const canary = `lp_pat_${"Q".repeat(24)}CANARY5t6y7u`;

/** Every row of every table, as text. */
async function dump(databaseUrl: string): Promise<string> {
  const database = openDatabase({ url: databaseUrl, connections: 1 });
  try {
    const tables = await database.query<{ name: string }>({
      text: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    });
    const rows: object[] = [];
    for (const { name } of tables) {
      rows.push(...(await database.query({ text: `SELECT to_jsonb(dumped)::text AS row FROM "${name}" AS dumped` })));
    }
    return JSON.stringify(rows);
  } finally {
    await database.close();
  }
}

it("T26 no secret stands in a log, on a command line or in the database, of whichever process, after all was tried", async () => {
  const oci = new OciHttp(stack.url, { username: administrator.username, password: canary });
  const form = { "content-type": "application/x-www-form-urlencoded", origin: stack.url };
  const fields = {
    csrfToken: canary,
    name: administrator.username,
    nameOrEmail: canary,
    password: canary,
    token: canary,
  };
  const body = new URLSearchParams(fields).toString();
  for (const path of ["/login", "/api/auth/callback/credentials", "/token", "/v2/"]) {
    await oci.send("POST", path, { body, headers: form });
    await oci.send("GET", `${path}?token=${canary}&password=${canary}`, {
      headers: { authorization: `Bearer ${canary}`, cookie: `next-auth.session-token=${canary}`, "x-api-key": canary },
    });
  }
  expect((await oci.ask("GET", `/v2/${administrator.username}/app/tags/list`)).status).toBe(401);
  oci.close();

  const processes: Record<string, { pid: number }> = JSON.parse(
    readFileSync(join(stack.dataDir, "processes.json"), "utf8"),
  );
  const logs = join(stack.dataDir, "logs");
  const places = new Map(readdirSync(logs).map((name) => [`log ${name}`, readFileSync(join(logs, name), "utf8")]));
  for (const [name, { pid }] of Object.entries(processes)) {
    places.set(`command line of ${name}`, readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  }
  const { DATABASE_URL = "" } = await environmentOf(stack, "worker");
  places.set("database", await dump(DATABASE_URL));
  expect(places.get("database")).toContain("ada@example.test");
  const apps = ["registry", "portal", "worker", "postgres"];
  for (const app of apps)
    expect([...places.keys()]).toEqual(expect.arrayContaining([`log ${app}.log`, `command line of ${app}`]));

  const secrets = {
    canary: "CANARY5t6y7u",
    "administrator's password": administrator.password,
    "stranger's password": stranger.password,
    ...Object.fromEntries(Object.entries(tokens).map(([name, { password }]) => [`token ${name}`, password])),
  };
  const found = [...places].flatMap(([place, text]) =>
    Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [`${name} in ${place}`] : [])),
  );
  expect(found).toEqual([]);
});
