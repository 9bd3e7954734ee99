import { execFileSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { appendFile, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobKey, BlobStore } from "./blob-store.ts";
import { BufferPool } from "./buffer-pool.ts";
import { ByteBudget } from "./byte-budget.ts";
import { allOf, blobStoreContract, keyOf, sending, sendingThenFailing, store } from "./contract.ts";
import { FaultyFiles } from "./faulty-files.ts";
import { filesystemBlobStore } from "./filesystem-blob-store.ts";

const mebibyte = 1024 * 1024;

function openHandles(root: string): number {
  return readdirSync("/proc/self/fd").filter((handle) => {
    const link = `/proc/self/fd/${handle}`;
    // The handle that lists the directory is gone again by the time it is looked at.
    return existsSync(link) && readlinkSync(link).startsWith(root);
  }).length;
}

const newRoot = (): Promise<string> => mkdtemp(join(tmpdir(), "layerport-blobs-"));

blobStoreContract("filesystemBlobStore", async () => {
  const root = await newRoot();
  return {
    store: filesystemBlobStore({ root }),
    reopen: () => filesystemBlobStore({ root }),
    openHandles: () => openHandles(root),
    dispose: () => rm(root, { recursive: true }),
  };
});

describe("filesystemBlobStore", () => {
  let root: string;
  let files: FaultyFiles;
  let blobs: BlobStore;

  beforeEach(async () => {
    root = await newRoot();
    files = new FaultyFiles(root);
    blobs = filesystemBlobStore({ root, fs: files });
  });

  afterEach(() => rm(root, { recursive: true }));

  const finalPath = (key: BlobKey): string =>
    join(root, "blobs", key.algorithm, key.hex.slice(0, 2), key.hex, key.generation);
  const callsSince = (from: number): string[] => files.calls.slice(from).map(({ name, path }) => `${name} ${path}`);

  describe("order of operations", () => {
    it("R1 F05 F06: publish syncs the file, then renames it, then syncs its directory and every new parent", async () => {
      const id = randomUUID();
      const key = keyOf(randomBytes(8));
      await blobs.appendStaged(id, 0, sending(randomBytes(8)));
      const before = files.calls.length;
      await blobs.publish(id, key);
      const fanOut = `blobs/${key.algorithm}/${key.hex.slice(0, 2)}`;
      expect(callsSince(before).filter((call) => !call.startsWith("open"))).toEqual([
        `sync staged/${id}`,
        `mkdir ${fanOut}/${key.hex}`,
        `rename staged/${id}`,
        `sync ${fanOut}/${key.hex}/`,
        `sync ${fanOut}/`,
        `sync blobs/${key.algorithm}/`,
      ]);
    });

    it("R1: a publish repeated by a new process syncs every directory again, since the old one may not have", async () => {
      const id = randomUUID();
      const key = keyOf(randomBytes(8));
      await blobs.appendStaged(id, 0, sending(randomBytes(8)));
      await blobs.publish(id, key);
      const later = new FaultyFiles(root);
      await filesystemBlobStore({ root, fs: later }).publish(id, key);
      const synced = later.calls.filter(({ name }) => name === "sync").map(({ path }) => path);
      const fanOut = `blobs/${key.algorithm}/${key.hex.slice(0, 2)}`;
      for (const directory of [`${fanOut}/${key.hex}/`, `${fanOut}/`, `blobs/${key.algorithm}/`, "blobs/", "/"]) {
        // The root itself is recorded as the empty path.
        expect(synced).toContain(directory === "/" ? "" : directory);
      }
    });

    it("R1: a root that had to be made is made durable from its first new parent down, before anything is stored", async () => {
      const deep = join(root, "one", "two");
      const recorded = new FaultyFiles(root);
      await filesystemBlobStore({ root: deep, fs: recorded }).appendStaged(randomUUID(), 0, sending(Buffer.from("x")));
      const calls = recorded.calls.map(({ name, path }) => `${name} ${path}`);
      const firstWrite = calls.findIndex((call) => call.startsWith("writev"));
      for (const directory of ["one/two/blobs/", "one/two/", "one/", ""]) {
        const synced = calls.indexOf(`sync ${directory}`);
        expect({ directory, isSyncedBefore: synced > -1 && synced < firstWrite }).toEqual({
          directory,
          isSyncedBefore: true,
        });
      }
    });

    it("F03: syncStaged makes bytes durable, and the first time the file's entry too", async () => {
      const id = randomUUID();
      await blobs.appendStaged(id, 0, sending(Buffer.from("one")));
      let before = files.calls.length;
      await blobs.syncStaged(id);
      expect(callsSince(before).filter((call) => !call.startsWith("open"))).toEqual([
        `datasync staged/${id}`,
        "sync staged/",
      ]);
      await blobs.appendStaged(id, 3, sending(Buffer.from("two")));
      before = files.calls.length;
      await blobs.syncStaged(id);
      expect(callsSince(before).filter((call) => !call.startsWith("open"))).toEqual([`datasync staged/${id}`]);
    });

    it("a batch of about 1 MiB is one write, not one for each chunk", async () => {
      const chunks = Array.from({ length: 64 }, () => randomBytes(64 * 1024));
      await blobs.appendStaged(randomUUID(), 0, sending(...chunks));
      expect(files.calls.filter(({ name }) => name === "writev")).toHaveLength(4);
    });
  });

  describe("a failed sync", () => {
    const failSyncOf = (matches: (path: string) => boolean, code = "EIO"): void => {
      files.fault = ({ name, path }) => (name.endsWith("sync") && matches(path) ? code : undefined);
    };

    it("R2 F33: the file is deleted, the sync is not tried again, and the volume counts as bad", async () => {
      const id = randomUUID();
      await blobs.appendStaged(id, 0, sending(Buffer.from("lost")));
      failSyncOf((path) => path.startsWith("staged/"));
      await expect(blobs.syncStaged(id)).rejects.toMatchObject({ code: "VOLUME_BAD", cause: { code: "EIO" } });
      expect(await blobs.stagedLength(id)).toBeUndefined();
      expect(files.calls.filter(({ name }) => name === "datasync")).toHaveLength(1);
    });

    it("R2 F33 I7: publish leaves nothing at the key, neither when the file nor when a directory cannot be synced", async () => {
      for (const part of ["staged/", "blobs/sha256/"]) {
        const id = randomUUID();
        const bytes = randomBytes(8);
        const key = keyOf(bytes);
        files.fault = () => undefined;
        await blobs.appendStaged(id, 0, sending(bytes));
        failSyncOf((path) => path.startsWith(part));
        await expect(blobs.publish(id, key)).rejects.toMatchObject({ code: "VOLUME_BAD" });
        expect(await blobs.open(key)).toBeUndefined();
        await rm(join(root, "VOLUME-BAD"));
        files.fault = () => undefined;
        await expect(blobs.publish(id, key)).rejects.toMatchObject({ code: "UNKNOWN_STAGED" });
      }
    });

    it("R2: a bad volume refuses every write, in every process, still reads and deletes, and is well again once VOLUME-BAD is deleted", async () => {
      const key = await store(blobs, Buffer.from("good"));
      const id = randomUUID();
      const kept = randomUUID();
      await blobs.appendStaged(id, 0, sending(Buffer.from("lost")));
      await blobs.appendStaged(kept, 0, sending(Buffer.from("kept")));
      failSyncOf((path) => path === `staged/${id}`);
      await expect(blobs.syncStaged(id)).rejects.toMatchObject({ code: "VOLUME_BAD" });
      files.fault = () => undefined;
      for (const process of [blobs, filesystemBlobStore({ root })]) {
        const bad = { code: "VOLUME_BAD" };
        await expect(process.appendStaged(randomUUID(), 0, sending(Buffer.from("x")))).rejects.toMatchObject(bad);
        await expect(process.syncStaged(kept)).rejects.toMatchObject(bad);
        await expect(process.publish(kept, keyOf(Buffer.from("kept")))).rejects.toMatchObject(bad);
        await expect(process.probe()).rejects.toMatchObject(bad);
        expect(String(await allOf(await process.open(key)))).toBe("good");
      }
      await blobs.discardStaged(kept);
      await blobs.remove(key);
      await rm(join(root, "VOLUME-BAD"));
      await blobs.probe();
      await store(blobs, Buffer.from("good again"));
    });

    it("R2 F33: a long append syncs as it goes, and one such sync that fails ends it as any other does", async () => {
      const id = randomUUID();
      const chunks = Array.from({ length: 24 }, () => Buffer.alloc(mebibyte));
      let syncs = 0;
      files.fault = ({ name }) => (name === "datasync" && ++syncs === 1 ? "EIO" : undefined);
      await expect(blobs.appendStaged(id, 0, sending(...chunks))).rejects.toMatchObject({ code: "VOLUME_BAD" });
      expect(syncs).toBe(1);
      expect(await blobs.stagedLength(id)).toBeUndefined();
      files.fault = () => undefined;
      await expect(blobs.probe()).rejects.toMatchObject({ code: "VOLUME_BAD" });
    });

    it("R2: where VOLUME-BAD cannot be written either, the process refuses to write all the same", async () => {
      const id = randomUUID();
      await blobs.appendStaged(id, 0, sending(Buffer.from("lost")));
      files.fault = ({ name, path }) => (name === "datasync" || path === "VOLUME-BAD" ? "EIO" : undefined);
      await expect(blobs.syncStaged(id)).rejects.toMatchObject({ code: "VOLUME_BAD" });
      files.fault = () => undefined;
      await expect(blobs.probe()).rejects.toMatchObject({ code: "VOLUME_BAD", cause: { code: "EIO" } });
    });

    it("R2 I16: when a sync fails for want of space the bytes go, and the volume stays good", async () => {
      const id = randomUUID();
      await blobs.appendStaged(id, 0, sending(Buffer.from("lost")));
      failSyncOf((path) => path.startsWith("staged/"), "ENOSPC");
      await expect(blobs.syncStaged(id)).rejects.toMatchObject({ code: "OUT_OF_SPACE", cause: { code: "ENOSPC" } });
      expect(await blobs.stagedLength(id)).toBeUndefined();
      files.fault = () => undefined;
      await blobs.probe();
    });
  });

  describe("a failed write", () => {
    it.each(["ENOSPC", "EDQUOT"])(
      "F31 I16: %s at any write cuts the chunk, is OUT_OF_SPACE, and the upload can go on",
      async (code) => {
        const id = randomUUID();
        const bytes = randomBytes(4 * mebibyte);
        const chunks = Array.from({ length: 64 }, (_, at) => bytes.subarray(at * 65_536, (at + 1) * 65_536));
        await blobs.appendStaged(id, 0, sending(Buffer.from("before")));
        for (const failing of [1, 2, 3, 4]) {
          let writes = 0;
          files.fault = ({ name }) => (name === "writev" && ++writes === failing ? code : undefined);
          await expect(blobs.appendStaged(id, 6, sending(...chunks))).rejects.toMatchObject({
            code: "OUT_OF_SPACE",
            cause: { code },
          });
          expect(await blobs.stagedLength(id)).toBe(6);
        }
        files.fault = () => undefined;
        expect(await blobs.appendStaged(id, 6, sending(bytes))).toBe(6 + bytes.length);
        const whole = Buffer.concat([Buffer.from("before"), bytes]);
        expect((await allOf(await blobs.openStaged(id))).equals(whole)).toBe(true);
        expect(openHandles(root)).toBe(0);
      },
    );

    it("I16: making the key's folder without space is OUT_OF_SPACE, and publishing can be repeated", async () => {
      const id = randomUUID();
      const key = keyOf(Buffer.from("x"));
      await blobs.appendStaged(id, 0, sending(Buffer.from("x")));
      files.fault = ({ name }) => (name === "mkdir" ? "ENOSPC" : undefined);
      await expect(blobs.publish(id, key)).rejects.toMatchObject({ code: "OUT_OF_SPACE" });
      expect(await blobs.open(key)).toBeUndefined();
      files.fault = () => undefined;
      await blobs.publish(id, key);
      expect(String(await allOf(await blobs.open(key)))).toBe("x");
    });

    it("an error that is not about space is passed on as it is, and the chunk is cut", async () => {
      const id = randomUUID();
      files.fault = ({ name }) => (name === "writev" ? "EIO" : undefined);
      await expect(blobs.appendStaged(id, 0, sending(Buffer.from("x")))).rejects.toMatchObject({ code: "EIO" });
      expect(await blobs.stagedLength(id)).toBe(0);
    });

    it("F54: a kernel that writes and reads only a few bytes a call loses none", async () => {
      const id = randomUUID();
      const bytes = randomBytes(10_000);
      files.mostBytes = 777;
      await blobs.appendStaged(
        id,
        0,
        sending(bytes.subarray(0, 3000), bytes.subarray(3000, 3001), bytes.subarray(3001)),
      );
      expect((await allOf(await blobs.openStaged(id))).equals(bytes)).toBe(true);
    });

    it("a failing source and a failing volume at once answer for the volume, and free handle and memory", async () => {
      const budget = new ByteBudget(mebibyte);
      const limited = filesystemBlobStore({ root, fs: files, uploadBudget: budget });
      files.fault = ({ name }) => (name === "writev" ? "ENOSPC" : undefined);
      const source = sendingThenFailing(new Error("reset"), randomBytes(1000));
      await expect(limited.appendStaged(randomUUID(), 0, source)).rejects.toMatchObject({ code: "OUT_OF_SPACE" });
      expect(budget.usedBytes).toBe(0);
      expect(openHandles(root)).toBe(0);
    });
  });

  describe("memory for uploads", () => {
    it("an upload is paused while its writes lag, with about 2 MiB in memory", async () => {
      const budget = new ByteBudget(64 * mebibyte);
      const limited = filesystemBlobStore({ root, fs: files, uploadBudget: budget });
      let most = 0;
      async function* source(): AsyncGenerator<Uint8Array> {
        for (let sent = 0; sent < 256; sent += 1) {
          most = Math.max(most, budget.usedBytes);
          yield Buffer.alloc(65_536);
        }
      }
      await limited.appendStaged(randomUUID(), 0, source());
      expect(most).toBeGreaterThan(mebibyte);
      expect(most).toBeLessThanOrEqual(2 * mebibyte);
      expect(budget.usedBytes).toBe(0);
    });

    it("all uploads together stay within the budget, and all of them finish", async () => {
      const budget = new ByteBudget(mebibyte);
      const limited = filesystemBlobStore({ root, fs: files, uploadBudget: budget });
      let most = 0;
      const uploads = Array.from({ length: 20 }, () => ({ id: randomUUID(), bytes: randomBytes(mebibyte) }));
      async function* source(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += 65_536) {
          most = Math.max(most, budget.usedBytes);
          yield bytes.subarray(at, at + 65_536);
        }
      }
      await Promise.all(uploads.map(({ id, bytes }) => limited.appendStaged(id, 0, source(bytes))));
      expect(most).toBeLessThanOrEqual(mebibyte);
      for (const { id, bytes } of uploads) {
        expect((await allOf(await limited.openStaged(id))).equals(bytes)).toBe(true);
      }
    });

    it("an upload that stands still cannot keep another from the memory it holds", async () => {
      const budget = new ByteBudget(100_000);
      const limited = filesystemBlobStore({ root, fs: files, uploadBudget: budget });
      let goOn = (): void => undefined;
      const still = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      async function* stalling(): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(90_000);
        await still;
      }
      const stalled = limited.appendStaged(randomUUID(), 0, stalling());
      await expect.poll(() => budget.usedBytes).toBe(90_000);
      expect(await limited.appendStaged(randomUUID(), 0, sending(Buffer.alloc(90_000), Buffer.alloc(90_000)))).toBe(
        180_000,
      );
      goOn();
      expect(await stalled).toBe(90_000);
    });

    it("a chunk larger than the whole budget is let through alone", async () => {
      const limited = filesystemBlobStore({ root, uploadBudget: new ByteBudget(1000) });
      expect(await limited.appendStaged(randomUUID(), 0, sending(Buffer.alloc(5000), Buffer.alloc(5000)))).toBe(10_000);
    });
  });

  describe("reading", () => {
    it("more readers than there are large buffers all go on, each with its own bytes", async () => {
      const bytes = randomBytes(3 * mebibyte);
      const scarce = filesystemBlobStore({ root, readBuffers: new BufferPool(2) });
      const key = await store(scarce, bytes);
      const stuck = new Writable({ write: () => undefined });
      const waiting = (await scarce.open(key))?.copyTo(stuck);
      const received = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const parts: Buffer[] = [];
          const copying = new Writable({
            write: (part: Buffer, _encoding, done) => {
              parts.push(Buffer.from(part));
              setImmediate(done);
            },
          });
          await (await scarce.open(key))?.copyTo(copying);
          return Buffer.concat(parts);
        }),
      );
      for (const each of received) expect(each.equals(bytes)).toBe(true);
      stuck.destroy();
      await expect(waiting).rejects.toThrow("closed before");
    });

    it("readers that broke off take no large buffer away from those who come after", async () => {
      const pool = new BufferPool(2);
      const scarce = filesystemBlobStore({ root, readBuffers: pool });
      const key = await store(scarce, randomBytes(3 * mebibyte));
      for (let reader = 0; reader < 3; reader += 1) {
        const stuck = new Writable({ write: () => stuck.destroy() });
        await expect((await scarce.open(key))?.copyTo(stuck)).rejects.toThrow("closed before");
      }
      expect([pool.take().length, pool.take().length]).toEqual([mebibyte, mebibyte]);
      expect(pool.take().length).toBeLessThan(mebibyte);
    });

    it("F35 I8: a read error, or a file shorter than it was, breaks the copy and frees the handle", async () => {
      const key = await store(blobs, randomBytes(3 * mebibyte));
      const sink = new Writable({ write: (_part, _encoding, done) => done() });
      let reads = 0;
      files.fault = ({ name }) => (name === "read" && ++reads === 3 ? "EIO" : undefined);
      await expect((await blobs.open(key))?.copyTo(sink)).rejects.toMatchObject({ code: "EIO" });
      files.fault = () => undefined;
      const opened = await blobs.open(key);
      await writeFile(finalPath(key), "short");
      await expect(opened?.copyTo(sink)).rejects.toThrow("ended before its length");
      expect(openHandles(root)).toBe(0);
    });

    it("F34: without a free file handle reading and writing fail as they are, and work again afterwards", async () => {
      const key = await store(blobs, Buffer.from("x"));
      files.fault = ({ name }) => (name === "open" ? "EMFILE" : undefined);
      await expect(blobs.open(key)).rejects.toMatchObject({ code: "EMFILE" });
      await expect(store(blobs, Buffer.from("y"))).rejects.toMatchObject({ code: "EMFILE" });
      files.fault = () => undefined;
      expect(String(await allOf(await blobs.open(key)))).toBe("x");
      await store(blobs, Buffer.from("y"));
    });
  });

  describe("layout", () => {
    it("a blob lies at blobs/<algorithm>/<first two hex>/<hex>/<generation>, and an upload at staged/<id>", async () => {
      const id = randomUUID();
      await blobs.appendStaged(id, 0, sending(Buffer.from("12345")));
      expect((await stat(join(root, "staged", id))).size).toBe(5);
      const key = await store(blobs, Buffer.from("123"));
      expect((await stat(finalPath(key))).size).toBe(3);
    });

    it("removing the last generation takes the digest's folder away", async () => {
      const key = await store(blobs, Buffer.from("123"));
      await blobs.remove(key);
      expect(await readdir(dirname(dirname(finalPath(key))))).toEqual([]);
    });

    it("files that are not Layerport's are neither listed nor stumbled over", async () => {
      const key = await store(blobs, Buffer.from("123"));
      await appendFile(join(root, "blobs", "sha256", "stray"), "x");
      await mkdir(join(root, "blobs", "sha256", "zz", "stray", "stray"), { recursive: true });
      await appendFile(join(root, "staged", "stray"), "x");
      const listed: unknown[] = [];
      for await (const entry of blobs.listKeys()) listed.push(entry.key);
      for await (const entry of blobs.listStaged()) listed.push(entry.id);
      expect(listed).toEqual([key]);
    });
  });
});

/** Mounts a filesystem of 16 MiB, or answers why it cannot. */
function mountSmall(directory: string): string | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "layerport-test", directory], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return String(error).split("\n")[0];
  }
}

describe("filesystemBlobStore on a full volume", async () => {
  const root = await newRoot();
  const reason = mountSmall(root);
  if (reason === undefined) execFileSync("umount", [root]);
  await rm(root, { recursive: true });

  it.skipIf(reason !== undefined)(
    `F30 I16: a full volume refuses bytes, still serves and deletes, and needs no repair${reason ? ` (left out: ${reason})` : ""}`,
    async () => {
      const mounted = await newRoot();
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "layerport-test", mounted]);
      try {
        const blobs = filesystemBlobStore({ root: mounted });
        const bytes = randomBytes(6 * mebibyte);
        const key = await store(blobs, bytes);
        const id = randomUUID();
        const tooMuch = Array.from({ length: 320 }, () => randomBytes(65_536));
        await expect(blobs.appendStaged(id, 0, sending(...tooMuch))).rejects.toMatchObject({ code: "OUT_OF_SPACE" });
        expect(await blobs.stagedLength(id)).toBe(0);
        expect((await allOf(await blobs.open(key))).equals(bytes)).toBe(true);
        expect(await blobs.freeBytes()).toBeGreaterThan(9 * mebibyte);
        await expect(blobs.appendStaged(id, 0, sending(...tooMuch))).rejects.toMatchObject({ code: "OUT_OF_SPACE" });
        await blobs.remove(key);
        await blobs.discardStaged(id);
        await store(blobs, randomBytes(14 * mebibyte));
        await blobs.probe();
      } finally {
        execFileSync("umount", [mounted]);
        await rm(mounted, { recursive: true });
      }
    },
  );
});
