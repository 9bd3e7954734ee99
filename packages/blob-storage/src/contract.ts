// The promises of a BlobStore as tests. Every implementation runs them; a case may be left out only with a written reason.

import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobKey, BlobStore, OpenBytes } from "./blob-store.ts";

/** A store to try, and what the contract must be able to do to it from outside. */
export interface BlobStoreFixture {
  readonly store: BlobStore;
  /** The same storage as a restarted process would find it. */
  reopen(): BlobStore;
  /** Operating-system handles into the storage that are open now; 0 where there is no such thing. */
  openHandles(): number;
  dispose(): Promise<void>;
}

const mebibyte = 1024 * 1024;

/** Sends each of the buffers. */
export async function* sending(...buffers: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* buffers;
}

/** Sends the buffers and then fails, as a broken connection does. */
export async function* sendingThenFailing(error: Error, ...buffers: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* buffers;
  throw error;
}

/** A key of a new generation for the bytes. */
export function keyOf(bytes: Uint8Array, algorithm: BlobKey["algorithm"] = "sha256"): BlobKey {
  return { algorithm, hex: createHash(algorithm).update(bytes).digest("hex"), generation: randomUUID() };
}

/** Everything that is left to read. */
export async function allOf(opened: OpenBytes | undefined): Promise<Buffer> {
  if (opened === undefined) throw new Error("nothing was there to open");
  const read: Uint8Array[] = [];
  for await (const bytes of opened.chunks()) read.push(bytes);
  return Buffer.concat(read);
}

/** Stages and publishes bytes; answers their key. */
export async function store(blobs: BlobStore, bytes: Uint8Array): Promise<BlobKey> {
  const id = randomUUID();
  const key = keyOf(bytes);
  await blobs.appendStaged(id, 0, sending(bytes));
  await blobs.publish(id, key);
  return key;
}

/** A destination that copies what it gets, as the kernel does, and notes how many bytes were waiting at most. */
class Collector extends Writable {
  readonly #received: Buffer[] = [];
  readonly #delayMs: number;
  mostWaiting = 0;

  constructor(delayMs = 0) {
    super({ highWaterMark: 16 * 1024 });
    this.#delayMs = delayMs;
  }

  get received(): Buffer {
    return Buffer.concat(this.#received);
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.mostWaiting = Math.max(this.mostWaiting, this.writableLength);
    setTimeout(() => {
      // Only now, so that a buffer read into too early would show.
      this.#received.push(Buffer.from(bytes));
      done();
    }, this.#delayMs);
  }
}

/** Runs every promise of a `BlobStore` over one implementation. */
export function blobStoreContract(name: string, make: () => Promise<BlobStoreFixture>): void {
  describe(`${name} keeps the promises of a blob store`, () => {
    let fixture: BlobStoreFixture;
    let blobs: BlobStore;

    beforeEach(async () => {
      fixture = await make();
      blobs = fixture.store;
    });

    afterEach(() => fixture.dispose());

    describe("staged bytes", () => {
      it("append answers the new length, and the bytes read back are those sent", async () => {
        const id = randomUUID();
        const first = randomBytes(3 * mebibyte + 7);
        const second = randomBytes(100);
        expect(await blobs.appendStaged(id, 0, sending(first.subarray(0, 10), first.subarray(10)))).toBe(first.length);
        expect(await blobs.appendStaged(id, first.length, sending(second))).toBe(first.length + second.length);
        expect(await blobs.stagedLength(id)).toBe(first.length + second.length);
        expect((await allOf(await blobs.openStaged(id))).equals(Buffer.concat([first, second]))).toBe(true);
      });

      it("thousands of tiny chunks arrive in order, and empty ones change nothing", async () => {
        const id = randomUUID();
        const bytes = randomBytes(5000);
        const chunks = Array.from(bytes, (_, at) => [bytes.subarray(at, at + 1), Buffer.alloc(0)]).flat();
        expect(await blobs.appendStaged(id, 0, sending(...chunks))).toBe(bytes.length);
        expect((await allOf(await blobs.openStaged(id))).equals(bytes)).toBe(true);
      });

      it("observe sees every chunk once, in order, as it is stored", async () => {
        const id = randomUUID();
        const bytes = randomBytes(2 * mebibyte);
        const observed = createHash("sha256");
        await blobs.appendStaged(id, 0, sending(bytes.subarray(0, 5), bytes.subarray(5)), (seen) =>
          observed.update(seen),
        );
        expect(observed.digest("hex")).toBe(keyOf(bytes).hex);
      });

      it("a chunk is released once it is stored, and what its source then does with it changes nothing", async () => {
        const id = randomUUID();
        const bytes = randomBytes(3 * mebibyte);
        const chunks = Array.from({ length: 48 }, (_, at) =>
          Buffer.from(bytes.subarray(at * 65_536, (at + 1) * 65_536)),
        );
        const source = Object.assign(sending(...chunks), { release: (chunk: Uint8Array) => chunk.fill(0) });
        expect(await blobs.appendStaged(id, 0, source)).toBe(bytes.length);
        expect((await allOf(await blobs.openStaged(id))).equals(bytes)).toBe(true);
        expect(chunks.filter((chunk) => chunk.some((byte) => byte !== 0))).toEqual([]);
      });

      it("an append of nothing stages an empty upload of length 0", async () => {
        const id = randomUUID();
        expect(await blobs.appendStaged(id, 0, sending())).toBe(0);
        expect(await blobs.stagedLength(id)).toBe(0);
        expect(await allOf(await blobs.openStaged(id))).toHaveLength(0);
      });

      it("F02 I14: an upload goes on after a restart at the length that was reported", async () => {
        const id = randomUUID();
        const bytes = randomBytes(300_000);
        await blobs.appendStaged(id, 0, sending(bytes.subarray(0, 123_456)));
        await blobs.syncStaged(id);
        const restarted = fixture.reopen();
        const reported = await restarted.stagedLength(id);
        expect(reported).toBe(123_456);
        await restarted.appendStaged(id, 123_456, sending(bytes.subarray(123_456)));
        const key = keyOf(bytes);
        await restarted.publish(id, key);
        expect((await allOf(await restarted.open(key))).equals(bytes)).toBe(true);
      });

      it("F03: an append before the stored end cuts the extra tail, also when it sends less than was there", async () => {
        const id = randomUUID();
        await blobs.appendStaged(id, 0, sending(Buffer.from("0123456789")));
        expect(await blobs.appendStaged(id, 4, sending(Buffer.from("ab")))).toBe(6);
        expect(String(await allOf(await blobs.openStaged(id)))).toBe("0123ab");
      });

      it("an append beyond the stored end is refused and changes nothing (OFFSET_BEYOND_END)", async () => {
        const id = randomUUID();
        await blobs.appendStaged(id, 0, sending(Buffer.from("0123")));
        await expect(blobs.appendStaged(id, 5, sending(Buffer.from("x")))).rejects.toMatchObject({
          code: "OFFSET_BEYOND_END",
        });
        expect(String(await allOf(await blobs.openStaged(id)))).toBe("0123");
      });

      it("going on with, syncing or publishing an id that was never staged is refused (UNKNOWN_STAGED)", async () => {
        const id = randomUUID();
        const unknown = { code: "UNKNOWN_STAGED" };
        await expect(blobs.appendStaged(id, 5, sending(Buffer.from("x")))).rejects.toMatchObject(unknown);
        await expect(blobs.syncStaged(id)).rejects.toMatchObject(unknown);
        await expect(blobs.publish(id, keyOf(Buffer.from("x")))).rejects.toMatchObject(unknown);
        expect(await blobs.stagedLength(id)).toBeUndefined();
        expect(await blobs.openStaged(id)).toBeUndefined();
      });

      it("when the source fails its own error is answered, and every byte before it is kept", async () => {
        const id = randomUUID();
        const bytes = randomBytes(mebibyte + 11);
        const broken = new Error("connection reset");
        await expect(blobs.appendStaged(id, 0, sendingThenFailing(broken, bytes))).rejects.toBe(broken);
        expect(await blobs.stagedLength(id)).toBe(bytes.length);
        expect((await allOf(await blobs.openStaged(id))).equals(bytes)).toBe(true);
      });

      it("appends to different ids at the same time do not mix", async () => {
        const uploads = Array.from({ length: 12 }, () => ({ id: randomUUID(), bytes: randomBytes(1_500_000) }));
        await Promise.all(
          uploads.map(({ id, bytes }) =>
            blobs.appendStaged(id, 0, sending(bytes.subarray(0, 700_000), bytes.subarray(700_000))),
          ),
        );
        for (const { id, bytes } of uploads) {
          expect((await allOf(await blobs.openStaged(id))).equals(bytes)).toBe(true);
        }
      });

      it("discarding takes staged bytes away, and may be repeated", async () => {
        const id = randomUUID();
        await blobs.appendStaged(id, 0, sending(Buffer.from("gone")));
        await blobs.discardStaged(id);
        await blobs.discardStaged(id);
        expect(await blobs.stagedLength(id)).toBeUndefined();
      });
    });

    describe("publishing", () => {
      it.each(["sha256", "sha512"] as const)(
        "bytes published under %s are read back, and are staged no more",
        async (algorithm) => {
          const id = randomUUID();
          const bytes = randomBytes(70_000);
          const key = keyOf(bytes, algorithm);
          await blobs.appendStaged(id, 0, sending(bytes));
          await blobs.publish(id, key);
          expect((await allOf(await blobs.open(key))).equals(bytes)).toBe(true);
          expect(await blobs.stagedLength(id)).toBeUndefined();
        },
      );

      it("I7: nothing is at a key before its bytes are published, however much of them is staged", async () => {
        const id = randomUUID();
        const bytes = randomBytes(50_000);
        const key = keyOf(bytes);
        await blobs.appendStaged(id, 0, sending(bytes.subarray(0, 49_999)));
        await blobs.syncStaged(id);
        expect(await blobs.open(key)).toBeUndefined();
        expect(await keysOf(blobs)).toEqual([]);
      });

      it("F05 F06: publishing again after a restart, the bytes being in place, succeeds and changes nothing", async () => {
        const id = randomUUID();
        const bytes = randomBytes(10_000);
        const key = keyOf(bytes);
        await blobs.appendStaged(id, 0, sending(bytes));
        await blobs.publish(id, key);
        await blobs.publish(id, key);
        const restarted = fixture.reopen();
        await restarted.publish(id, key);
        expect((await allOf(await restarted.open(key))).equals(bytes)).toBe(true);
      });

      it("F47: two generations of the same digest stand side by side, and removing one leaves the other", async () => {
        const bytes = randomBytes(10_000);
        const [one, other] = await Promise.all([store(blobs, bytes), store(blobs, bytes)]);
        expect(one.hex).toBe(other.hex);
        await blobs.remove(one);
        expect(await blobs.open(one)).toBeUndefined();
        expect((await allOf(await blobs.open(other))).equals(bytes)).toBe(true);
      });

      it("a digest pushed and removed over and over at the same time is never half there", async () => {
        const bytes = randomBytes(100);
        const turns = Array.from({ length: 8 }, async () => {
          for (let turn = 0; turn < 20; turn += 1) {
            const key = await store(blobs, bytes);
            expect((await allOf(await blobs.open(key))).equals(bytes)).toBe(true);
            await blobs.remove(key);
          }
        });
        await Promise.all(turns);
        expect(await keysOf(blobs)).toEqual([]);
      });

      it("removing may be repeated, and removes what was never there", async () => {
        const key = await store(blobs, Buffer.from("bytes"));
        await blobs.remove(key);
        await blobs.remove(key);
        await blobs.remove(keyOf(Buffer.from("never there")));
        expect(await blobs.open(key)).toBeUndefined();
      });
    });

    describe("reading", () => {
      const bytes = Buffer.from("0123456789");

      it.each([
        { asked: undefined, given: undefined, text: "0123456789" },
        { asked: { start: 0, end: 0 }, given: { start: 0, end: 0 }, text: "0" },
        { asked: { start: 3, end: 6 }, given: { start: 3, end: 6 }, text: "3456" },
        { asked: { start: 9, end: 9 }, given: { start: 9, end: 9 }, text: "9" },
        { asked: { start: 8, end: 500 }, given: { start: 8, end: 9 }, text: "89" },
      ])("a range of $asked gives $text, and the size of the whole", async ({ asked, given, text }) => {
        const key = await store(blobs, bytes);
        const opened = await blobs.open(key, asked);
        expect(opened).toMatchObject({ size: 10, range: given, length: text.length });
        const collector = new Collector();
        await opened?.copyTo(collector);
        expect(String(collector.received)).toBe(text);
        expect(String(await allOf(await blobs.open(key, asked)))).toBe(text);
      });

      it("a range that starts at or after the end is refused (OFFSET_BEYOND_END)", async () => {
        const key = await store(blobs, bytes);
        for (const start of [10, 11]) {
          await expect(blobs.open(key, { start, end: 20 })).rejects.toMatchObject({ code: "OFFSET_BEYOND_END" });
        }
        expect(fixture.openHandles()).toBe(0);
      });

      it("staged bytes are read by range as published ones are", async () => {
        const id = randomUUID();
        await blobs.appendStaged(id, 0, sending(bytes));
        expect(String(await allOf(await blobs.openStaged(id, { start: 2, end: 4 })))).toBe("234");
      });

      it("F49 I8: a reader gets the right bytes to the end when the blob is removed meanwhile", async () => {
        const large = randomBytes(5 * mebibyte);
        const key = await store(blobs, large);
        const opened = await blobs.open(key);
        await blobs.remove(key);
        const collector = new Collector();
        await opened?.copyTo(collector);
        expect(collector.received.equals(large)).toBe(true);
      });

      it("many readers of large blobs at once each get their own bytes", async () => {
        const blobsOfMany = await Promise.all(
          Array.from({ length: 4 }, async () => {
            const large = randomBytes(4 * mebibyte + 3);
            return { large, key: await store(blobs, large) };
          }),
        );
        await Promise.all(
          [...blobsOfMany, ...blobsOfMany].map(async ({ large, key }) => {
            const collector = new Collector(1);
            await (await blobs.open(key))?.copyTo(collector);
            expect(collector.received.equals(large)).toBe(true);
          }),
        );
      });

      it("each chunk is the reader's to keep", async () => {
        const large = randomBytes(2 * mebibyte);
        const kept: Uint8Array[] = [];
        const opened = await blobs.open(await store(blobs, large));
        if (opened) for await (const chunk of opened.chunks()) kept.push(chunk);
        for (const chunk of kept.slice(0, 1)) chunk.fill(0);
        const rest = Buffer.concat(kept.slice(1));
        expect(rest.equals(large.subarray(large.length - rest.length))).toBe(true);
      });

      it("a slow destination makes the reading wait: never more than 1 MiB stands before it", async () => {
        const large = randomBytes(8 * mebibyte);
        const collector = new Collector(5);
        await (await blobs.open(await store(blobs, large)))?.copyTo(collector);
        expect(collector.mostWaiting).toBeLessThanOrEqual(mebibyte);
        expect(collector.received.equals(large)).toBe(true);
      });

      it("copying leaves the destination open for what the caller has to add", async () => {
        const collector = new Collector();
        await (await blobs.open(await store(blobs, bytes)))?.copyTo(collector);
        expect(collector.writableEnded).toBe(false);
        expect(collector.listenerCount("error")).toBe(0);
        await new Promise<void>((resolve) => collector.write("!", () => resolve()));
        expect(String(collector.received)).toBe("0123456789!");
      });

      it("a destination that closes early, even without answering a write, rejects and frees the handle", async () => {
        const stuck = new Writable({ write: () => undefined });
        const opened = await blobs.open(await store(blobs, randomBytes(5 * mebibyte)));
        const copying = opened?.copyTo(stuck);
        setTimeout(() => stuck.destroy(), 20);
        await expect(copying).rejects.toThrow("closed before all bytes were written");
        expect(fixture.openHandles()).toBe(0);
      });

      it("a destination that was closed or failing from the start rejects and frees the handle", async () => {
        const key = await store(blobs, bytes);
        const closed = new Collector();
        closed.destroy();
        await expect((await blobs.open(key))?.copyTo(closed)).rejects.toThrow("closed before");
        const failing = new Writable({ write: (_bytes, _encoding, done) => done(new Error("broken pipe")) });
        failing.on("error", () => undefined);
        await expect((await blobs.open(key))?.copyTo(failing)).rejects.toThrow("broken pipe");
        expect(fixture.openHandles()).toBe(0);
      });

      it("no handle stays open after a copy, a loop left early, a close and a second close", async () => {
        const key = await store(blobs, randomBytes(3 * mebibyte));
        await (await blobs.open(key))?.copyTo(new Collector());
        const looped = await blobs.open(key);
        if (looped) for await (const _chunk of looped.chunks()) break;
        const unread = await blobs.open(key);
        await unread?.close();
        await unread?.close();
        expect(fixture.openHandles()).toBe(0);
      });
    });

    describe("the volume", () => {
      it("lists what is staged and what is published, each once, with length and time", async () => {
        const id = randomUUID();
        await blobs.appendStaged(id, 0, sending(Buffer.from("staged")));
        const one = await store(blobs, Buffer.from("one"));
        const two = await store(blobs, Buffer.from("two two"));
        const staged: unknown[] = [];
        for await (const entry of blobs.listStaged()) staged.push(entry);
        expect(staged).toEqual([{ id, length: 6, modifiedAt: expect.any(Date) }]);
        const published: unknown[] = [];
        for await (const entry of blobs.listKeys()) published.push(entry);
        expect(published).toHaveLength(2);
        expect(published).toContainEqual({ key: one, size: 3, modifiedAt: expect.any(Date) });
        expect(published).toContainEqual({ key: two, size: 7, modifiedAt: expect.any(Date) });
      });

      it("has room, answers a probe and keeps nothing of it", async () => {
        expect(await blobs.freeBytes()).toBeGreaterThan(0);
        await blobs.probe();
        const staged: unknown[] = [];
        for await (const entry of blobs.listStaged()) staged.push(entry);
        expect(staged).toEqual([]);
        expect(fixture.openHandles()).toBe(0);
      });

      it.each(["../../etc/passwd", "", ".", randomUUID().toUpperCase(), `${randomUUID()}/x`, `${randomUUID()}\0`])(
        "R14 T05: an id that is not a UUID reaches no path: %j",
        async (id) => {
          const refused = { code: "ERR_ASSERTION" };
          const key = keyOf(Buffer.from("x"));
          await expect(blobs.appendStaged(id, 0, sending(Buffer.from("x")))).rejects.toMatchObject(refused);
          await expect(blobs.syncStaged(id)).rejects.toMatchObject(refused);
          await expect(blobs.stagedLength(id)).rejects.toMatchObject(refused);
          await expect(blobs.openStaged(id)).rejects.toMatchObject(refused);
          await expect(blobs.discardStaged(id)).rejects.toMatchObject(refused);
          await expect(blobs.publish(id, key)).rejects.toMatchObject(refused);
        },
      );

      it("R14 T03: a key with a foreign algorithm, malformed hex or generation reaches no path", async () => {
        const id = randomUUID();
        const good = keyOf(Buffer.from("x"));
        await blobs.appendStaged(id, 0, sending(Buffer.from("x")));
        const malformed: readonly BlobKey[] = [
          { ...good, algorithm: "sha512" },
          { ...good, hex: good.hex.toUpperCase().replace(/\d/g, "A") },
          { ...good, hex: `../../${good.hex.slice(6)}` },
          { ...good, hex: `${good.hex}\n` },
          { ...good, generation: "../x" },
          JSON.parse(JSON.stringify({ ...good, algorithm: "constructor" })),
        ];
        for (const key of malformed) {
          const refused = { code: "ERR_ASSERTION" };
          await expect(blobs.publish(id, key)).rejects.toMatchObject(refused);
          await expect(blobs.open(key)).rejects.toMatchObject(refused);
          await expect(blobs.remove(key)).rejects.toMatchObject(refused);
        }
        expect(await keysOf(blobs)).toEqual([]);
      });
    });
  });
}

async function keysOf(blobs: BlobStore): Promise<BlobKey[]> {
  const keys: BlobKey[] = [];
  for await (const { key } of blobs.listKeys()) keys.push(key);
  return keys;
}
