import { randomUUID } from "node:crypto";
import {
  type Actor,
  type Chunk,
  parseUploadId,
  type Registry,
  type RepositoryName,
  type UploadId,
} from "@layerport/registry-core";
import { describe, expect, it } from "vitest";
import { bytes, concatenate, digestOf, sending, sendingThenFailing } from "../bytes.ts";
import { blob, pushBlob } from "../image.ts";
import { type ContractBench, contentOf, expectContent, expectRefusal, race } from "./contract-bench.ts";

const chunkOf = (content: Uint8Array, start?: number): Chunk => ({
  bytes: sending(content),
  length: content.length,
  start,
});

/** Uploads in pieces. */
export function promiseUploads(bench: ContractBench): void {
  const first = bytes(70_000);
  const second = bytes(40_000);
  const whole = concatenate([first, second]);

  /** An upload that has begun, in a repository of its own. */
  const begin = async (...chunks: readonly Uint8Array[]) => {
    const registry = bench.registry();
    const repository = bench.repository();
    const { id } = await registry.startUpload(repository);
    for (const chunk of chunks) await registry.appendChunk(repository, id, chunkOf(chunk));
    return { registry, repository, id };
  };

  describe("uploads", () => {
    it("a new upload has an id of its own and no bytes", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const [one, other] = [await registry.startUpload(repository), await registry.startUpload(repository)];
      expect(one.id).not.toBe(other.id);
      expect(one.length).toBe(0);
      expect(await registry.getUpload(repository, one.id)).toEqual({ id: one.id, length: 0 });
    });

    it("chunks that say where they start become a blob, byte for byte", async () => {
      const { registry, repository, id } = await begin();
      expect(await registry.appendChunk(repository, id, chunkOf(first, 0))).toEqual({ id, length: first.length });
      expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
      const appended = await registry.appendChunk(repository, id, chunkOf(second, first.length));
      expect(appended).toEqual({ id, length: whole.length });
      const completed = await registry.completeUpload(repository, id, digestOf(whole));
      expect(completed).toMatchObject({ digest: digestOf(whole), size: whole.length });
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("a stream that declares neither start nor length becomes a blob", async () => {
      const { registry, repository, id } = await begin();
      await registry.appendChunk(repository, id, { bytes: sending(first, second) });
      await registry.completeUpload(repository, id, digestOf(whole));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("all bytes may come with the completion", async () => {
      const { registry, repository, id } = await begin();
      await registry.completeUpload(repository, id, digestOf(whole), chunkOf(whole));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("the last chunk may come with the completion", async () => {
      const { registry, repository, id } = await begin(first);
      await registry.completeUpload(repository, id, digestOf(whole), chunkOf(second, first.length));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("B44: an upload without bytes becomes the empty blob", async () => {
      const { registry, repository, id } = await begin();
      const empty = digestOf(bytes(0));
      expect(await registry.completeUpload(repository, id, empty)).toMatchObject({ digest: empty, size: 0 });
      expect(await contentOf(registry.openBlob(repository, empty))).toHaveLength(0);
    });

    it("chunks of a few bytes and of mebibytes go on from each other", async () => {
      const chunks = [1, 10, 64 * 1024, 3, 2 * 1024 * 1024, 1].map((size) => bytes(size));
      const { registry, repository, id } = await begin(...chunks);
      const content = concatenate(chunks);
      await registry.completeUpload(repository, id, digestOf(content));
      await expectContent(registry.openBlob(repository, digestOf(content)), content);
    });

    it("an upload is completed with a sha512 digest, announced or not", async () => {
      const registry = bench.registry();
      const digest = digestOf(whole, "sha512");
      for (const options of [undefined, { algorithm: "sha512" }] as const) {
        const repository = bench.repository();
        const { id } = await registry.startUpload(repository, options);
        await registry.appendChunk(repository, id, chunkOf(first));
        await registry.completeUpload(repository, id, digest, chunkOf(second));
        await expectContent(registry.openBlob(repository, digest), whole);
      }
    });

    it("a completed upload is gone", async () => {
      const { registry, repository, id } = await begin(whole);
      await registry.completeUpload(repository, id, digestOf(whole));
      await expectRefusal(registry.getUpload(repository, id), "BLOB_UPLOAD_UNKNOWN", 404);
    });

    it("an upload of a blob that is already there succeeds", async () => {
      const { registry, repository, id } = await begin(whole);
      await pushBlob(registry, repository, blob(whole));
      await registry.completeUpload(repository, id, digestOf(whole));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    bench.needs("unknownOrganization", "no upload starts where there is no organization (NAME_UNKNOWN)", async () => {
      await expectRefusal(bench.registry().startUpload(bench.repository("no-such-organization")), "NAME_UNKNOWN", 404);
    });
  });

  /** Every way to use an upload, each expected to find none. */
  const expectNoUpload = async (registry: Registry, repository: RepositoryName, id: UploadId) => {
    await expectRefusal(registry.getUpload(repository, id), "BLOB_UPLOAD_UNKNOWN", 404);
    await expectRefusal(registry.appendChunk(repository, id, chunkOf(first)), "BLOB_UPLOAD_UNKNOWN", 404);
    const complete = registry.completeUpload(repository, id, digestOf(first), chunkOf(first));
    await expectRefusal(complete, "BLOB_UPLOAD_UNKNOWN", 404);
    await expectRefusal(registry.completeUpload(repository, id, digestOf(first)), "BLOB_UPLOAD_UNKNOWN", 404);
    await expectRefusal(registry.cancelUpload(repository, id), "BLOB_UPLOAD_UNKNOWN", 404);
  };

  describe("uploads that are refused", () => {
    it("B39: a chunk that leaves a gap or overlaps is refused with 416, and the upload goes on", async () => {
      const { registry, repository, id } = await begin(first);
      for (const start of [0, first.length - 1, first.length + 1]) {
        const append = registry.appendChunk(repository, id, chunkOf(second, start));
        await expectRefusal(append, "BLOB_UPLOAD_INVALID", 416);
        expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
      }
      await registry.appendChunk(repository, id, chunkOf(second, first.length));
      await registry.completeUpload(repository, id, digestOf(whole));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("B39: a first chunk that does not start at 0 is refused with 416, and the upload stays empty", async () => {
      const { registry, repository, id } = await begin();
      await expectRefusal(registry.appendChunk(repository, id, chunkOf(first, 10)), "BLOB_UPLOAD_INVALID", 416);
      expect(await registry.getUpload(repository, id)).toEqual({ id, length: 0 });
    });

    it("B39: a last chunk out of order is refused with 416, and the upload goes on", async () => {
      const { registry, repository, id } = await begin(first);
      const complete = registry.completeUpload(repository, id, digestOf(whole), chunkOf(second, 5));
      await expectRefusal(complete, "BLOB_UPLOAD_INVALID", 416);
      expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
      await registry.completeUpload(repository, id, digestOf(whole), chunkOf(second, first.length));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("B40: a chunk shorter or longer than declared is refused, and its bytes are discarded", async () => {
      const { registry, repository, id } = await begin(first);
      for (const length of [second.length - 1, second.length + 1]) {
        const chunk = { bytes: sending(second), length, start: first.length };
        await expectRefusal(registry.appendChunk(repository, id, chunk), "SIZE_INVALID", 400);
        expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
        const last = { bytes: sending(second), length, start: first.length };
        await expectRefusal(registry.completeUpload(repository, id, digestOf(whole), last), "SIZE_INVALID", 400);
        expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
      }
      await registry.completeUpload(repository, id, digestOf(whole), chunkOf(second, first.length));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("B43: after a wrong digest there is neither a blob nor an upload", async () => {
      for (const algorithm of ["sha256", "sha512"] as const) {
        const { registry, repository, id } = await begin(whole);
        const wrong = digestOf(first, algorithm);
        await expectRefusal(registry.completeUpload(repository, id, wrong), "DIGEST_INVALID", 400);
        await expectRefusal(registry.getUpload(repository, id), "BLOB_UPLOAD_UNKNOWN", 404);
        await expectRefusal(registry.openBlob(repository, wrong), "BLOB_UNKNOWN", 404);
        await expectRefusal(registry.openBlob(repository, digestOf(whole, algorithm)), "BLOB_UNKNOWN", 404);
      }
    });

    it("B43: a wrong digest with the last chunk ends the upload too", async () => {
      const { registry, repository, id } = await begin(first);
      const complete = registry.completeUpload(repository, id, digestOf(first), chunkOf(second));
      await expectRefusal(complete, "DIGEST_INVALID", 400);
      await expectRefusal(registry.getUpload(repository, id), "BLOB_UPLOAD_UNKNOWN", 404);
    });

    it("a cancelled upload is gone", async () => {
      const { registry, repository, id } = await begin(first);
      await registry.cancelUpload(repository, id);
      await expectRefusal(registry.getUpload(repository, id), "BLOB_UPLOAD_UNKNOWN", 404);
      await expectRefusal(registry.cancelUpload(repository, id), "BLOB_UPLOAD_UNKNOWN", 404);
    });

    it("B41: an upload that never began, was completed or was cancelled is unknown to every verb", async () => {
      const { registry, repository, id } = await begin(whole);
      await registry.completeUpload(repository, id, digestOf(whole));
      await expectNoUpload(registry, repository, id);
      const cancelled = await registry.startUpload(repository);
      await registry.cancelUpload(repository, cancelled.id);
      await expectNoUpload(registry, repository, cancelled.id);
      await expectNoUpload(registry, repository, parseUploadId(randomUUID()));
      await expectNoUpload(registry, bench.repository(), parseUploadId(randomUUID()));
    });

    it("T12: another repository's upload is unknown to every verb, and goes on where it belongs", async () => {
      const { registry, repository, id } = await begin(first);
      const other = bench.repository();
      await registry.startUpload(other);
      await expectNoUpload(registry, other, id);
      await registry.completeUpload(repository, id, digestOf(whole), chunkOf(second, first.length));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    bench.needs("actors", "T12: another actor's upload is unknown to every verb, and its owner goes on", async () => {
      const [alice, mallory]: readonly Actor[] = [
        { kind: "user", id: randomUUID(), name: "alice" },
        { kind: "user", id: randomUUID(), name: "mallory" },
      ];
      const repository = bench.repository();
      const { id } = await bench.registry(alice).startUpload(repository);
      await bench.registry(alice).appendChunk(repository, id, chunkOf(first));
      await expectNoUpload(bench.registry(mallory), repository, id);
      await bench.registry(alice).completeUpload(repository, id, digestOf(whole), chunkOf(second, first.length));
      await expectContent(bench.registry(alice).openBlob(repository, digestOf(whole)), whole);
    });
  });

  /** A chunk whose sender has sent `first`, and sends `second` when it is told to go on. */
  const beginPaused = async (registry: Registry, repository: RepositoryName, id: UploadId) => {
    const paused = Promise.withResolvers<void>();
    const resumed = Promise.withResolvers<void>();
    async function* pausing() {
      yield first;
      paused.resolve();
      await resumed.promise;
      yield second;
    }
    const slow = registry.appendChunk(repository, id, { bytes: pausing(), start: 0 });
    // A sender that is refused before its pause never gets there.
    await Promise.race([paused.promise, Promise.allSettled([slow])]);
    return { slow, resume: resumed.resolve };
  };

  describe("uploads that race or break", () => {
    it("B42: of 8 chunks sent at once for the same place one wins, and no bytes are mixed", async () => {
      const { registry, repository, id } = await begin(first);
      const rivals = Array.from({ length: 8 }, (_, at) => new Uint8Array(50_000).fill(at));
      const { answers, codes } = await race(
        rivals.map(async (rival, at) => {
          const halves = sending(rival.subarray(0, 25_000), rival.subarray(25_000));
          await registry.appendChunk(repository, id, { bytes: halves, length: rival.length, start: first.length });
          return at;
        }),
      );
      expect(answers).toHaveLength(1);
      expect(codes).toEqual(Array(7).fill("BLOB_UPLOAD_INVALID"));
      const content = concatenate([first, rivals[answers[0]!]!]);
      await registry.completeUpload(repository, id, digestOf(content));
      await expectContent(registry.openBlob(repository, digestOf(content)), content);
    });

    it("B42: while one sender pauses in the middle of a chunk, a second for the same place wins or is refused", async () => {
      const { registry, repository, id } = await begin();
      const { slow, resume } = await beginPaused(registry, repository, id);
      const quick = registry.appendChunk(repository, id, chunkOf(second, 0));
      await Promise.allSettled([quick]);
      resume();
      const { answers, codes } = await race([slow, quick]);
      expect(codes).toEqual(["BLOB_UPLOAD_INVALID"]);
      const content = answers[0]!.length === whole.length ? whole : second;
      await registry.completeUpload(repository, id, digestOf(content));
      await expectContent(registry.openBlob(repository, digestOf(content)), content);
    });

    it("an upload that is cancelled in the middle of a chunk stays cancelled", async () => {
      const { registry, repository, id } = await begin();
      const { slow, resume } = await beginPaused(registry, repository, id);
      await registry.cancelUpload(repository, id);
      resume();
      await expectRefusal(slow, "BLOB_UPLOAD_UNKNOWN", 404);
      await expectNoUpload(registry, repository, id);
    });

    it("of 5 completions sent at once one wins, and the blob is whole", async () => {
      const { registry, repository, id } = await begin(whole);
      const { answers, codes } = await race(
        Array.from({ length: 5 }, () => registry.completeUpload(repository, id, digestOf(whole))),
      );
      expect(answers).toHaveLength(1);
      for (const code of codes) expect(["BLOB_UPLOAD_UNKNOWN", "BLOB_UPLOAD_INVALID"]).toContain(code);
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    bench.needs("brokenSenders", "I14: an upload whose sender broke off goes on at the length it reports", async () => {
      const { registry, repository, id } = await begin(first);
      const failure = new Error("the connection broke");
      const broken = { bytes: sendingThenFailing(failure, second.subarray(0, 20_000)), start: first.length };
      const [settled] = await Promise.allSettled([registry.appendChunk(repository, id, broken)]);
      expect(settled.status).toBe("rejected");
      const { length } = await registry.getUpload(repository, id);
      expect(length).toBeGreaterThanOrEqual(first.length);
      expect(length).toBeLessThanOrEqual(first.length + 20_000);
      await registry.appendChunk(repository, id, chunkOf(whole.subarray(length), length));
      await registry.completeUpload(repository, id, digestOf(whole));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    bench.needs("brokenSenders", "an upload whose last chunk broke off can be completed again", async () => {
      const { registry, repository, id } = await begin(first);
      const broken = { bytes: sendingThenFailing(new Error("the connection broke"), second.subarray(0, 10)) };
      await expect(registry.completeUpload(repository, id, digestOf(whole), broken)).rejects.toBeInstanceOf(Error);
      const { length } = await registry.getUpload(repository, id);
      await registry.completeUpload(repository, id, digestOf(whole), chunkOf(whole.subarray(length), length));
      await expectContent(registry.openBlob(repository, digestOf(whole)), whole);
    });

    it("a blob whose sender broke off is not there", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await registry.startUpload(repository);
      const source = { bytes: sendingThenFailing(new Error("the connection broke"), first) };
      await expect(registry.putBlob(repository, digestOf(first), source)).rejects.toBeInstanceOf(Error);
      await expectRefusal(registry.openBlob(repository, digestOf(first)), "BLOB_UNKNOWN", 404);
    });

    it("20 uploads at once do not disturb each other", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const contents = Array.from({ length: 20 }, (_, at) => bytes(10_000 + at));
      await Promise.all(
        contents.map(async (content) => {
          const { id } = await registry.startUpload(repository);
          await registry.appendChunk(repository, id, chunkOf(content.subarray(0, 4000), 0));
          await registry.appendChunk(repository, id, chunkOf(content.subarray(4000, 9000), 4000));
          await registry.completeUpload(repository, id, digestOf(content), chunkOf(content.subarray(9000), 9000));
        }),
      );
      for (const content of contents) {
        await expectContent(registry.openBlob(repository, digestOf(content)), content);
      }
    });
  });
}
