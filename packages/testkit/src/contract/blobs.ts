import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { bytes, digestOf, sending } from "../bytes.ts";
import { blob, image, push, pushBlob } from "../image.ts";
import { type ContractBench, expectBytes, expectContent, expectRefusal } from "./contract-bench.ts";

/** Putting, resolving and opening blobs. */
export function promiseBlobs(bench: ContractBench): void {
  const sizes: readonly (readonly [string, number])[] = [
    ["no bytes (B44)", 0],
    ["one byte", 1],
    ["64 KiB", 64 * 1024],
    ["64 KiB and a byte", 64 * 1024 + 1],
    ["3 MiB", 3 * 1024 * 1024],
  ];

  describe("blobs", () => {
    for (const [size, length] of sizes) {
      it(`a blob of ${size} is readable byte for byte once it is put`, async () => {
        const registry = bench.registry();
        const repository = bench.repository();
        const part = blob(bytes(length));
        expect(await pushBlob(registry, repository, part)).toMatchObject({
          digest: part.descriptor.digest,
          size: length,
        });
        await expectContent(registry.openBlob(repository, part.descriptor.digest), part.content);
      });
    }

    it("a blob named by sha512 is put, resolved and opened under that name", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const part = blob(bytes("named by sha512"), undefined, "sha512");
      const { digest, size } = part.descriptor;
      await pushBlob(registry, repository, part);
      expect(await registry.resolveBlob(repository, digest)).toMatchObject({ digest, size });
      await expectContent(registry.openBlob(repository, digest), part.content);
      await expectRefusal(registry.openBlob(repository, digestOf(part.content, "sha256")), "BLOB_UNKNOWN", 404);
    });

    it("a blob arrives in any number of pieces, of a declared length or not", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const content = bytes(5000);
      const pieces = Array.from({ length: 500 }, (_, at) => content.subarray(at * 10, at * 10 + 10));
      await registry.putBlob(repository, digestOf(content), { bytes: sending(...pieces) });
      await expectContent(registry.openBlob(repository, digestOf(content)), content);
    });

    it("B37: bytes that do not match their digest are refused, and there is no blob (DIGEST_INVALID)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await pushBlob(registry, repository, blob(bytes("so that the repository exists")));
      for (const algorithm of ["sha256", "sha512"] as const) {
        const promised = digestOf(bytes("promised"), algorithm);
        const sent = bytes("sent");
        const put = registry.putBlob(repository, promised, { bytes: sending(sent), length: sent.length });
        await expectRefusal(put, "DIGEST_INVALID", 400);
        await expectRefusal(registry.openBlob(repository, promised), "BLOB_UNKNOWN", 404);
        await expectRefusal(registry.openBlob(repository, digestOf(sent, algorithm)), "BLOB_UNKNOWN", 404);
      }
    });

    it("B40: fewer or more bytes than were declared are refused, and there is no blob (SIZE_INVALID)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await pushBlob(registry, repository, blob(bytes("so that the repository exists")));
      const content = bytes("twelve bytes");
      for (const length of [0, 11, 13]) {
        const put = registry.putBlob(repository, digestOf(content), { bytes: sending(content), length });
        await expectRefusal(put, "SIZE_INVALID", 400);
        await expectRefusal(registry.openBlob(repository, digestOf(content)), "BLOB_UNKNOWN", 404);
      }
    });

    it("B40: a sender that would never end is cut off past the length that it declared (SIZE_INVALID)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const part = bytes(1000);
      const put = registry.putBlob(repository, digestOf(part), { bytes: sendingForever(part), length: part.length });
      await expectRefusal(put, "SIZE_INVALID", 400);
      const { id } = await registry.startUpload(repository);
      const append = registry.appendChunk(repository, id, { bytes: sendingForever(part), length: 2500 });
      await expectRefusal(append, "SIZE_INVALID", 400);
      expect(await registry.getUpload(repository, id)).toEqual({ id, length: 0 });
    });

    it("putting the same blob again changes nothing", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const part = blob(bytes("put twice"));
      const first = await pushBlob(registry, repository, part);
      expect(await pushBlob(registry, repository, part)).toEqual(first);
      await expectContent(registry.openBlob(repository, first.digest), part.content);
    });

    it("F47: the same blob put 20 times at once, into one repository and into several, is there each time", async () => {
      const registry = bench.registry();
      const repositories = [bench.repository(), bench.repository(), bench.repository(), bench.repository()];
      const part = blob(bytes(100_000));
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => pushBlob(registry, repositories[at % repositories.length]!, part)),
      );
      for (const repository of repositories) {
        await expectContent(registry.openBlob(repository, part.descriptor.digest), part.content);
      }
    });

    it("a blob that was never put is unknown, opened or resolved (BLOB_UNKNOWN)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await pushBlob(registry, repository, blob(bytes("so that the repository exists")));
      await expectRefusal(registry.openBlob(repository, digestOf(bytes("never put"))), "BLOB_UNKNOWN", 404);
    });

    bench.needs("codesWithoutBody", "a blob that was never put cannot be resolved (BLOB_UNKNOWN)", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await pushBlob(registry, repository, blob(bytes("so that the repository exists")));
      await expectRefusal(registry.resolveBlob(repository, digestOf(bytes("never put"))), "BLOB_UNKNOWN", 404);
    });

    it("T15: a blob of another repository is unknown here, opened or resolved (BLOB_UNKNOWN)", async () => {
      const registry = bench.registry();
      const [theirs, ours] = [bench.repository(), bench.repository()];
      const secret = blob(bytes(`only in ${theirs}`));
      await pushBlob(registry, theirs, secret);
      await push(registry, ours, image());
      await expectRefusal(registry.openBlob(ours, secret.descriptor.digest), "BLOB_UNKNOWN", 404);
      await expect(registry.resolveBlob(ours, secret.descriptor.digest)).rejects.toMatchObject({ status: 404 });
    });

    it("a blob in a repository that nobody pushed to is unknown by that name (NAME_UNKNOWN)", async () => {
      const registry = bench.registry();
      await expectRefusal(registry.openBlob(bench.repository(), digestOf(bytes("x"))), "NAME_UNKNOWN", 404);
    });

    bench.needs("unknownOrganization", "no blob goes where there is no organization (NAME_UNKNOWN)", async () => {
      const registry = bench.registry();
      const nowhere = bench.repository("no-such-organization");
      await expectRefusal(pushBlob(registry, nowhere, blob(bytes("x"))), "NAME_UNKNOWN", 404);
      await expectRefusal(registry.openBlob(nowhere, digestOf(bytes("x"))), "NAME_UNKNOWN", 404);
    });
  });

  describe("ranges of a blob", () => {
    const whole = bytes(2000);
    const digest = digestOf(whole);
    const ranges = [
      ["500-1499 gives those bytes", { kind: "from", start: 500, end: 1499 }, 500, 1499],
      ["0-0 gives the first byte", { kind: "from", start: 0, end: 0 }, 0, 0],
      ["500- gives everything from there", { kind: "from", start: 500 }, 500, 1999],
      ["-500 gives the last 500 bytes", { kind: "last", length: 500 }, 1500, 1999],
      ["1999-5000 ends with the blob", { kind: "from", start: 1999, end: 5000 }, 1999, 1999],
      ["-5000 gives the whole blob", { kind: "last", length: 5000 }, 0, 1999],
    ] as const;

    for (const [title, range, start, end] of ranges) {
      it(`${title}`, async () => {
        const registry = bench.registry();
        const repository = bench.repository();
        await pushBlob(registry, repository, blob(whole));
        const opened = await registry.openBlob(repository, digest, range);
        expect(opened).toMatchObject({ digest, size: 2000, range: { start, end } });
        await expectContent(opened, whole.subarray(start, end + 1));
      });
    }

    it("a part of a blob of several mebibytes is exactly that part", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const large = blob(bytes(3 * 1024 * 1024));
      await pushBlob(registry, repository, large);
      const range = { kind: "from", start: 1_000_001, end: 2_999_999 } as const;
      const part = large.content.subarray(1_000_001, 3_000_000);
      await expectContent(registry.openBlob(repository, large.descriptor.digest, range), part);
    });

    it("B50: a range that starts at the end or past it, or of an empty blob, is refused with 416", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      const empty = blob(bytes(0));
      await pushBlob(registry, repository, blob(whole));
      await pushBlob(registry, repository, empty);
      const expectUnsatisfiable = async (opening: Promise<unknown>) =>
        expectRefusal(opening, "BLOB_UPLOAD_INVALID", 416);
      await expectUnsatisfiable(registry.openBlob(repository, digest, { kind: "from", start: 2000 }));
      await expectUnsatisfiable(registry.openBlob(repository, digest, { kind: "from", start: 5000, end: 6000 }));
      await expectUnsatisfiable(registry.openBlob(repository, empty.descriptor.digest, { kind: "from", start: 0 }));
      await expectUnsatisfiable(registry.openBlob(repository, empty.descriptor.digest, { kind: "last", length: 5 }));
    });
  });

  describe("an opened blob", () => {
    /** A blob that does not fit a stream's buffer. */
    const large = blob(bytes(300_000));
    const openLarge = async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await pushBlob(registry, repository, large);
      return registry.openBlob(repository, large.descriptor.digest);
    };

    it("copies itself to a stream at the reader's pace and leaves the stream open", async () => {
      const opened = await openLarge();
      const received: Buffer[] = [];
      const slow = new Writable({
        highWaterMark: 1000,
        write(part: Buffer, _encoding, done) {
          received.push(Buffer.from(part));
          setImmediate(done);
        },
      });
      await opened.copyTo(slow);
      expect(slow.writableEnded).toBe(false);
      expectBytes(Buffer.concat(received), large.content);
      await opened.close();
    });

    it("fails to copy to a stream that closes early, between two writes or in the middle of one", async () => {
      for (const finishes of [true, false]) {
        const opened = await openLarge();
        const closing = new Writable({
          write(_part, _encoding, done) {
            if (!finishes) return void setImmediate(() => closing.destroy());
            closing.destroy();
            done();
          },
        });
        await expect(opened.copyTo(closing)).rejects.toBeInstanceOf(Error);
        await opened.close();
      }
    });

    it("can be closed unread, and more than once", async () => {
      const opened = await openLarge();
      await opened.close();
      await expect(opened.close()).resolves.toBeUndefined();
    });

    it("F49: gives its bytes to the end though the blob is deleted meanwhile", async () => {
      const registry = bench.registry();
      const repository = bench.repository();
      await pushBlob(registry, repository, large);
      const opened = await registry.openBlob(repository, large.descriptor.digest);
      await registry.deleteBlob(repository, large.descriptor.digest);
      await expectContent(opened, large.content);
    });
  });
}

async function* sendingForever(part: Uint8Array): AsyncGenerator<Uint8Array> {
  for (;;) yield part;
}
