import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { realImageNames, realImages } from "./index.ts";

const images = await realImages();
const rows: Record<string, Record<string, string>> = {};
for (const name of realImageNames) {
  const { digest, platforms, layout, reference } = images[name];
  const sizes = await Promise.all((await readdir(layout, { recursive: true })).map((path) => stat(join(layout, path))));
  const sizeBytes = sizes.reduce((sum, each) => sum + (each.isFile() ? each.size : 0), 0);
  rows[name] = {
    digest: digest.slice(0, 19),
    megabytes: (sizeBytes / 1e6).toFixed(1),
    platforms: platforms.join(" "),
    reference,
  };
}
console.table(rows);
