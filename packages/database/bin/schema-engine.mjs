#!/usr/bin/env node
// Offline stand-in for Prisma's native schema-engine binary: speaks the same
// newline-delimited JSON-RPC on stdio, delegates to @prisma/schema-engine-wasm
// (same engine commit, shipped through npm) over the pg driver adapter.
// Use: PRISMA_SCHEMA_ENGINE_BINARY=packages/database/bin/schema-engine.mjs prisma migrate dev
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as bg from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { parse } from "pg-connection-string";

const wasmPath = createRequire(import.meta.url)
  .resolve("@prisma/schema-engine-wasm")
  .replace(/schema_engine\.js$/, "schema_engine_bg.wasm");

const argv = process.argv.slice(2);
const datamodels = [];
let url;
let cli;
for (let i = 0; i < argv.length; i++) {
  if (argv[i] === "--datamodels") datamodels.push(argv[++i]);
  else if (argv[i] === "--datasource") url = JSON.parse(argv[++i]).url;
  else if (argv[i] === "cli") cli = argv[++i];
}

const log = (level, message, extra = {}) =>
  process.stderr.write(
    `${JSON.stringify({ timestamp: new Date().toISOString(), level, fields: { message, ...extra }, target: "schema_engine::logger" })}\n`,
  );

/** Discrete fields, never connectionString: pg lets connectionString override `database`. */
function pgConfig(u) {
  const { schema: _schema, ...c } = parse(u ?? "postgresql://127.0.0.1:1/none");
  return c;
}

/** One pinned connection; whole scripts in one round trip; "char" catalogue columns readable. */
class Factory extends PrismaPg {
  #c;
  constructor(c) {
    super({ ...c, max: 1 });
    this.#c = c;
  }
  async connect() {
    return patch(await super.connect());
  }
  // Upstream drops the shadow database before closing its pool, which Postgres refuses.
  async connectToShadowDb() {
    const name = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    await admin(this.#c, `CREATE DATABASE "${name}"`);
    const shadow = await new Factory({ ...this.#c, database: name }).connect();
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await admin(this.#c, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    };
    return shadow;
  }
}

function patch(adapter) {
  const performIO = adapter.performIO.bind(adapter);
  const charColumns = new Set();
  adapter.performIO = async (query) => {
    const result = await performIO(query);
    // adapter-pg has no mapping for OID 18 ("char"), which the schema describer selects.
    for (const field of result.fields ?? []) {
      if (field.dataTypeID !== 18) continue;
      charColumns.add(field.name);
      field.dataTypeID = 1043;
    }
    return result;
  };
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const { columnNames, columnTypes, rows } = await queryRaw(query);
    const types = columnTypes.map((type, index) =>
      charColumns.has(columnNames[index]) ? ColumnTypeEnum.Character : type,
    );
    return { columnNames, columnTypes: types, rows };
  };
  // adapter-pg splits scripts on ";", which breaks functions, triggers and DO blocks.
  adapter.executeScript = async (script) => {
    try {
      await adapter.underlyingDriver().query(script);
    } catch (e) {
      adapter.onError(e);
    }
  };
  return adapter;
}

async function admin(c, sql) {
  const client = new pg.Client(c);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function withAdmin(u, fn) {
  const c = pgConfig(u);
  const client = new pg.Client({ ...c, database: "postgres" });
  await client.connect();
  try {
    return await fn(client, c.database);
  } finally {
    await client.end();
  }
}
const createDatabase = (u) =>
  withAdmin(u, async (c, name) => {
    const { rowCount } = await c.query("select 1 from pg_database where datname=$1", [name]);
    if (!rowCount) await c.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    return { databaseName: name };
  });

if (cli) {
  log("INFO", "Starting schema engine CLI", {}); // the CLI skips the first stderr line
  try {
    if (cli === "create-database") await createDatabase(url);
    else if (cli === "drop-database")
      await withAdmin(url, (c, n) => c.query(`DROP DATABASE IF EXISTS "${n.replaceAll('"', '""')}" WITH (FORCE)`));
    else if (cli === "can-connect-to-database") {
      const c = new pg.Client(pgConfig(url));
      await c.connect();
      await c.end();
    } else throw new Error(`unknown cli command ${cli}`);
    process.exit(0);
  } catch (e) {
    const code = e?.code === "3D000" ? "P1003" : e?.code === "28P01" ? "P1000" : "P1001";
    log("ERROR", String(e?.message ?? e), { error_code: code, is_panic: false });
    process.exit(1);
  }
}

const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(wasmPath)), {
  "./schema_engine_bg.js": bg,
});
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

const models = datamodels.map((p) => [p, readFileSync(p, "utf8")]);
let errors;
let engine;
function getEngine() {
  engine ??= (async () => {
    const adapter = bindMigrationAwareSqlAdapterFactory(new Factory(pgConfig(url)));
    errors = adapter.errorRegistry;
    return bg.SchemaEngine.new(
      { datamodels: models.length ? models : undefined },
      (l) => process.stderr.write(`${l}\n`),
      adapter,
    );
  })();
  return engine;
}

const send = (m) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...m })}\n`);
let nextId = 1_000_000;

async function call(method, params = {}) {
  if (method === "createDatabase") return createDatabase(params.datasource?.url ?? url);
  const e = await getEngine();
  if (method === "getDatabaseVersion") return e.version(params);
  if (method === "diff") {
    const r = await e.diff(params);
    if (r.stdout !== null && r.stdout !== undefined)
      send({ id: nextId++, method: "print", params: { content: r.stdout } });
    return { ...r, stdout: null };
  }
  if (typeof e[method] !== "function") throw new Error(`unsupported method ${method}`);
  try {
    return (await e[method](params)) ?? null;
  } catch (err) {
    // In the wasm build only devDiagnostic/diff may open a shadow database; the others read the
    // cache those fill. After pending migrations were applied the cache misses: refill, retry.
    if (!params.migrationsList || !/through an external factory/.test(String(err?.message ?? err))) throw err;
    await e.devDiagnostic({ migrationsList: params.migrationsList, filters: params.filters });
    return (await e[method](params)) ?? null;
  }
}

let pending = Promise.resolve();
const rl = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
rl.on("line", (line) => {
  const msg = JSON.parse(line);
  if (!msg.method) return; // reply to our "print"
  pending = pending.then(async () => {
    try {
      send({ id: msg.id, result: await call(msg.method, msg.params) });
    } catch (err) {
      const native = err?.code && errors?.consumeError?.(err.code);
      const cause = native?.error ?? err;
      send({
        id: msg.id,
        error: {
          code: 4466,
          message: "An error happened. Check the data field for details.",
          data: {
            is_panic: false,
            message: String(cause?.message ?? cause),
            meta: cause?.meta ?? null,
            error_code: typeof cause?.code === "string" ? cause.code : null,
          },
        },
      });
    }
  });
});
rl.on("close", () => void pending.then(() => process.exit(0)));
