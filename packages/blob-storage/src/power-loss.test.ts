import { constants } from "node:fs";
import { describe, expect, it } from "vitest";
import { losePowerOften, type PowerLossOptions } from "./power-losses.ts";
import type { StorageFile, StorageFiles } from "./storage-files.ts";

// `pnpm faults` runs more of them, from other seeds.
const losses = Number(process.env.LAYERPORT_POWER_LOSSES || 120);
const seed = Number(process.env.LAYERPORT_POWER_LOSS_SEED || 1);

describe("a filesystem store whose machine loses power", () => {
  const timeout = 5_000 + losses * 50;

  it(
    "F54 F55 F03 F06 I1 I7 I14: keeps every blob and every upload that it acknowledged, byte for byte, and no torn file is at a key",
    async () => {
      const { violations, acknowledged } = await losePowerOften({ seed, losses });
      expect(violations).toEqual([]);
      expect(acknowledged).toBeGreaterThan(losses);
    },
    timeout,
  );

  it(
    "R2 F33: keeps them also when syncs fail, since it acknowledges nothing after the first that did",
    async () => {
      const { violations, refusals } = await losePowerOften({ seed, losses, syncFailures: 0.05 });
      expect(violations).toEqual([]);
      expect(refusals).toBeGreaterThan(losses / 10);
    },
    timeout,
  );
});

describe("the check of power losses notices", () => {
  const mutants: Readonly<Record<string, Partial<PowerLossOptions> & Required<Pick<PowerLossOptions, "mutate">>>> = {
    "files that are not synced": {
      mutate: (files) => syncing(files, (file, isDirectory) => (isDirectory ? file.sync() : done())),
    },
    "directories that are not synced": {
      mutate: (files) => syncing(files, (file, isDirectory) => (isDirectory ? done() : file.sync())),
    },
    "bytes that are copied to their key instead of being renamed to it": {
      mutate: (files) => ({ ...files, rename: (from, to) => copyInPlace(files, from, to) }),
    },
    "an answer that does not wait for the rename": {
      mutate: (files) => ({
        ...files,
        rename: async (from, to) => {
          void renameLater(files, from, to).catch(() => undefined);
        },
      }),
    },
    "a failed sync that is tried again": {
      mutate: (files) => syncing(files, (file) => file.sync().catch(() => file.sync())),
      syncFailures: 0.05,
    },
  };

  it.each(Object.keys(mutants))("%s", async (name) => {
    const found = await losePowerOften({ seed, losses: 400, ...mutants[name] });
    expect(found.violations).not.toEqual([]);
  });
});

const done = (): Promise<void> => Promise.resolve();

/** The same filesystem, whose files are synced in another way. */
function syncing(files: StorageFiles, sync: (file: StorageFile, isDirectory: boolean) => Promise<void>): StorageFiles {
  return {
    ...files,
    open: async (path, flags, mode) => {
      const file = await files.open(path, flags, mode);
      // The only calls without any flag for writing that sync are those on directories.
      const isDirectory = (flags & 3) === 0;
      return { ...file, sync: () => sync(file, isDirectory), datasync: () => sync(file, isDirectory) };
    },
  };
}

async function renameLater(files: StorageFiles, from: string, to: string): Promise<void> {
  for (let calls = 0; calls < 10; calls += 1) await files.stat(from);
  await files.rename(from, to);
}

async function copyInPlace(files: StorageFiles, from: string, to: string): Promise<void> {
  const source = await files.open(from, 0);
  const { size } = await source.stat();
  const bytes = Buffer.alloc(size);
  await source.read(bytes, 0, size, 0);
  const target = await files.open(to, constants.O_RDWR | constants.O_CREAT);
  await target.writev([bytes], 0);
  await target.sync();
  await files.unlink(from);
}
