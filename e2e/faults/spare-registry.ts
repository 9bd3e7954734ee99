/**
 * A registry process that has loaded its code and done nothing else: it opens no file of the data folder and no
 * connection before a line on standard input brings what is still missing of its environment. So a restart costs what
 * the registry's own start costs, and not what loading modules costs, which has no effect on the data.
 */
import { createRequire, flushCompileCache } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [entry = ""] = process.argv.slice(2);
const { resolve } = createRequire(entry);
const load = (path: string): Promise<unknown> => import(pathToFileURL(path).href);

await load(join(entry, "../server.ts"));
for (const room of ["accounts", "blob-storage", "database", "registry-store"])
  await load(resolve(`@layerport/${room}`));
// What it compiled is written down now, for the next one: this one will be killed.
flushCompileCache();

const lines = createInterface({ input: process.stdin });
// Standard input ends with whoever started this.
lines.once("close", () => process.exit(0));
lines.once("line", (line) => {
  lines.removeAllListeners("close");
  lines.close();
  process.stdin.destroy();
  Object.assign(process.env, JSON.parse(line));
  void load(entry);
});
