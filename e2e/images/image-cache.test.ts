import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheFolder, make, type Recipe, recipeKey } from "./image-cache.ts";

let cache = "";
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "lp-cache-"));
});
afterEach(() => rm(cache, { recursive: true }));

/** A recipe that writes one file, slowly enough for two askers to meet. */
function greeting(change: Partial<Recipe<string>> = {}) {
  const builds: string[] = [];
  const recipe: Recipe<string> = {
    name: "greeting",
    source: import.meta.url,
    needs: [],
    async build(folder) {
      builds.push(folder);
      await sleep(50);
      await writeFile(join(folder, "greeting"), "hello");
      return "made";
    },
    ...change,
  };
  return { recipe, builds };
}

describe("the cache of images", () => {
  it("makes a folder once and answers it from then on", async () => {
    const { recipe, builds } = greeting();
    const first = await make(recipe, cache);
    expect(await make(recipe, cache)).toEqual(first);
    expect(await readFile(join(first.folder, "greeting"), "utf8")).toBe("hello");
    expect(first.summary).toBe("made");
    expect(builds).toHaveLength(1);
  });

  it("makes a folder once for several that ask at the same time", async () => {
    const { recipe, builds } = greeting();
    const made = await Promise.all([make(recipe, cache), make(recipe, cache), make(recipe, cache)]);
    expect(new Set(made.map(({ folder }) => folder)).size).toBe(1);
    expect(builds).toHaveLength(1);
  });

  it("leaves nothing of a build that fails, and tries again when asked again", async () => {
    const { recipe } = greeting({ build: () => Promise.reject(new Error("no disk")) });
    await expect(make(recipe, cache)).rejects.toThrow("greeting cannot be made");
    expect(await readdir(cache)).toEqual([]);
    expect((await make(greeting().recipe, cache)).summary).toBe("made");
  });

  it("takes over from a process that died while it was making the folder", async () => {
    const { recipe } = greeting();
    const dead = spawnSync(process.execPath, ["--version"]).pid;
    const name = `greeting-${(await recipeKey(recipe)).slice(0, 16)}.lock`;
    await writeFile(join(cache, name), String(dead));
    expect((await make(recipe, cache)).summary).toBe("made");
    expect(await readdir(cache)).not.toContain(name);
  });

  it("makes a folder anew when the recipe, a fact or something it needs changes", async () => {
    const { recipe } = greeting();
    const source = join(cache, "other-recipe.ts");
    await writeFile(source, "// another recipe");
    const changed = await Promise.all([
      recipeKey(recipe),
      recipeKey({ ...recipe, source: `file://${source}` }),
      recipeKey({ ...recipe, facts: ["2"] }),
      recipeKey({ ...recipe, needs: [greeting().recipe] }),
      recipeKey({ ...recipe, needs: [greeting({ facts: ["2"] }).recipe] }),
    ]);
    expect(new Set(changed).size).toBe(changed.length);
  });

  it("forgets what an older recipe made a week after its last use, and nothing younger", async () => {
    const old = await make(greeting({ facts: ["old"] }).recipe, cache);
    const recent = await make(greeting({ facts: ["recent"] }).recipe, cache);
    const longAgo = new Date(Date.now() - 8 * 24 * 3600 * 1000);
    await utimes(join(old.folder, ".."), longAgo, longAgo);
    const newest = await make(greeting().recipe, cache);
    const left = await readdir(cache);
    expect(left.map((name) => join(cache, name, "made")).toSorted()).toEqual([recent.folder, newest.folder].toSorted());
  });

  it("lies where the environment says, and otherwise in the user's cache folder", () => {
    expect(cacheFolder({ LAYERPORT_TEST_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
    expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/layerport-test-images");
    expect(cacheFolder({})).toMatch(/\/\.cache\/layerport-test-images$/);
  });
});
