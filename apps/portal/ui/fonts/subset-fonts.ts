import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import subsetFont from "subset-font";

// Run by hand after an update of `geist`: `node apps/portal/ui/fonts/subset-fonts.ts`. The two files it writes are
// committed, so that a build needs neither this script nor a network.

const fonts = path.dirname(createRequire(import.meta.url).resolve("geist/font/sans"));
const source = path.join(fonts, "fonts");

/** Latin with its extension A, punctuation, currency, arrows, and the marks that tables and trees are drawn with. */
const kept: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x2010, 0x2027],
  [0x202f, 0x203a],
  [0x20ac, 0x20ac],
  [0x2122, 0x2122],
  [0x2190, 0x2193],
  [0x2212, 0x2212],
  [0x2215, 0x2215],
  [0x2248, 0x2248],
  [0x2260, 0x2265],
];

const text = kept
  .flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, step) => String.fromCodePoint(first + step)))
  .join("");

for (const [from, to] of [
  ["geist-sans/Geist-Variable.woff2", "geist-sans.woff2"],
  ["geist-mono/GeistMono-Variable.woff2", "geist-mono.woff2"],
] as const) {
  const bytes = await subsetFont(await readFile(path.join(source, from)), text, {
    targetFormat: "woff2",
    variationAxes: { wght: { min: 400, max: 600, default: 400 } },
  });
  await writeFile(path.join(import.meta.dirname, to), bytes);
  process.stdout.write(`${to} ${bytes.length} bytes\n`);
}
await copyFile(path.join(source, "../../LICENSE.txt"), path.join(import.meta.dirname, "LICENSE.txt"));
