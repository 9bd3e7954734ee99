import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How to make a folder of things that tests need, and what to remember about it. */
export interface Recipe<Summary> {
  readonly name: string;
  /** The URL of the file that holds the recipe: when it changes, the folder is made anew. */
  readonly source: string;
  /** Facts from outside that file which change what is made, such as a version. */
  readonly facts?: readonly string[];
  /** The recipes whose folders this one reads; when one of them changes, so does this. */
  readonly needs: readonly Recipe<unknown>[];
  build(folder: string): Promise<Summary>;
}

/** A folder that is made, and what its recipe said about it. */
export interface Made<Summary> {
  readonly folder: string;
  readonly summary: Summary;
}

/** Where images live between runs: outside the source tree, and the same for every run of one person. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.LAYERPORT_TEST_CACHE) {
    return environment.LAYERPORT_TEST_CACHE;
  }
  return join(environment.XDG_CACHE_HOME || join(homedir(), ".cache"), "layerport-test-images");
}

/**
 * Answers the recipe's folder, and makes it first where it is missing. A folder appears whole or not at all. Of two
 * processes that ask at once, one makes it while the other waits; should both make it, the first one's stays.
 */
export async function make<Summary>(recipe: Recipe<Summary>, cache = cacheFolder()): Promise<Made<Summary>> {
  const folder = join(cache, `${recipe.name}-${(await recipeKey(recipe)).slice(0, 16)}`);
  const made = await findMade<Summary>(folder);
  if (made) {
    return made;
  }
  await mkdir(cache, { recursive: true });
  const release = await takeTurn(`${folder}.lock`);
  try {
    return (await findMade<Summary>(folder)) ?? (await makeNow(recipe, folder));
  } finally {
    await release();
    await forgetUnused(cache, recipe.name);
  }
}

/** The files that every image's bytes depend on. */
const foundation = ["image-cache.ts", "image.ts", "make-tar.ts", "oci-layout.ts", "read-layer.ts"];

/** A digest of all that decides what a recipe makes. */
export async function recipeKey(recipe: Recipe<unknown>): Promise<string> {
  const hash = createHash("sha256");
  for (const source of [...foundation.map((name) => new URL(name, import.meta.url)), recipe.source]) {
    hash.update(await readFile(fileURLToPath(source)));
  }
  hash.update(JSON.stringify(recipe.facts ?? []));
  for (const need of recipe.needs) {
    hash.update(await recipeKey(need));
  }
  return hash.digest("hex");
}

async function findMade<Summary>(folder: string): Promise<Made<Summary> | undefined> {
  try {
    const summary: Summary = JSON.parse(await readFile(join(folder, "summary.json"), "utf8"));
    const now = new Date();
    await utimes(folder, now, now);
    return { folder: join(folder, "made"), summary };
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) {
      return undefined;
    }
    throw new Error(`the cached ${folder} cannot be read`, { cause });
  }
}

async function makeNow<Summary>(recipe: Recipe<Summary>, folder: string): Promise<Made<Summary>> {
  const unfinished = `${folder}.${randomUUID()}.tmp`;
  try {
    await mkdir(join(unfinished, "made"), { recursive: true });
    const summary = await recipe.build(join(unfinished, "made"));
    await writeFile(join(unfinished, "summary.json"), JSON.stringify(summary));
    await rename(unfinished, folder);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process came first: its folder holds the same recipe.
    if (!hasCode(cause, "ENOTEMPTY") && !hasCode(cause, "EEXIST")) {
      throw new Error(`${recipe.name} cannot be made`, { cause });
    }
  }
  const made = await findMade<Summary>(folder);
  if (!made) {
    throw new Error(`${folder} went away while it was made`);
  }
  return made;
}

/**
 * Waits until no other living process makes the same folder. It saves work and no more: the rename at the end keeps
 * the cache whole even if two processes ever held one lock.
 */
async function takeTurn(lock: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      const handle = await open(lock, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(lock, { force: true });
    } catch (cause) {
      if (!hasCode(cause, "EEXIST")) {
        throw new Error(`${lock} cannot be written`, { cause });
      }
    }
    if (await isAbandoned(lock)) {
      await rm(lock, { force: true });
    } else {
      await sleep(100);
    }
  }
}

async function isAbandoned(lock: string): Promise<boolean> {
  try {
    const holder = Number(await readFile(lock, "utf8"));
    if (holder > 0) {
      process.kill(holder, 0);
      return false;
    }
    // Its owner has not written its number yet, or died just then.
    return Date.now() - (await stat(lock)).mtimeMs > 5_000;
  } catch (cause) {
    if (hasCode(cause, "ESRCH")) {
      return true;
    }
    if (hasCode(cause, "ENOENT") || hasCode(cause, "EPERM")) {
      return false;
    }
    throw new Error(`${lock} cannot be read`, { cause });
  }
}

const unusedAfterMs = 7 * 24 * 3600 * 1000;

/** Removes what older recipes of this name made, and what crashes left, once nobody has used it for a week. */
async function forgetUnused(cache: string, name: string): Promise<void> {
  for (const entry of await readdir(cache)) {
    if (entry.startsWith(`${name}-`)) {
      const path = join(cache, entry);
      const lastUsed = (await stat(path).catch(() => undefined))?.mtimeMs;
      if (lastUsed !== undefined && Date.now() - lastUsed > unusedAfterMs) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
