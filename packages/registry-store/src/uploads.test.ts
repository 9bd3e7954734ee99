import { randomUUID } from "node:crypto";
import { type BlobStore, memoryBlobStore, StorageError } from "@layerport/blob-storage";
import { RegistryError, splitDigest, type UploadId } from "@layerport/registry-core";
import { bytes, collect, concatenate, digestOf, sending, sendingThenFailing } from "@layerport/testkit";
import { describe, expect, it } from "vitest";
import { refusalOf, replacing, servedAs, testStore } from "./test-store.ts";

const bench = await testStore();
const { database, blobs, registry } = bench;

let cases = 0;

/** Two parts, the first longer than what a row holds, of bytes that no other case stores. */
function parts() {
  cases += 1;
  const first = bytes(100_000 + cases);
  const second = bytes(50_000 + cases);
  const whole = concatenate([first, second]);
  return { first, second, whole, digest: digestOf(whole) };
}

interface SessionRow {
  readonly length: number;
  readonly stagedId: string | null;
  readonly writer: string | null;
  readonly inRow: number | null;
}

async function rowOf(id: UploadId): Promise<SessionRow> {
  const [row] = await database.query<SessionRow>({
    text: `SELECT durable_length AS length, staged_id AS "stagedId", writer, octet_length(content) AS "inRow"
      FROM upload_session WHERE id = $1::uuid`,
    values: [id],
  });
  if (!row) throw new Error("no such session");
  return row;
}

/** An upload whose first part is staged. */
async function begin() {
  const made = parts();
  const { first } = made;
  const repository = bench.repository();
  const { id } = await registry.startUpload(repository);
  await registry.appendChunk(repository, id, { bytes: sending(first), start: 0 });
  const { stagedId } = await rowOf(id);
  if (stagedId === null) throw new Error("nothing was staged");
  return { repository, id, stagedId, ...made };
}

/** What is left in the row of a writer that was killed. */
async function leaveWriter(id: UploadId): Promise<void> {
  await database.query({
    text: "UPDATE upload_session SET writer = $2::uuid WHERE id = $1::uuid",
    values: [id, randomUUID()],
  });
}

async function stagedIds(store: BlobStore = blobs): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of store.listStaged()) ids.push(id);
  return ids;
}

describe("an upload", () => {
  it("of at most 64 KiB is durable in its row and never touches blob storage", async () => {
    const refusing = replacing(memoryBlobStore(), {
      appendStaged: () => Promise.reject(new Error("blob storage was used")),
      publish: () => Promise.reject(new Error("blob storage was used")),
    });
    const { registry: other } = await bench.reopen({ blobs: refusing });
    const repository = bench.repository();
    const small = bytes(64 * 1024);
    const { id } = await other.startUpload(repository);
    await other.appendChunk(repository, id, { bytes: sending(small.subarray(0, 60_000)) });
    expect(await rowOf(id)).toMatchObject({ length: 60_000, inRow: 60_000, stagedId: null });
    await other.completeUpload(repository, id, digestOf(small), { bytes: sending(small.subarray(60_000)) });
    expect(await servedAs(other, repository, digestOf(small))).toBe(digestOf(small));
  });

  it("that outgrows its row is staged whole, and the row gives its bytes up", async () => {
    const repository = bench.repository();
    const { id } = await registry.startUpload(repository);
    await registry.appendChunk(repository, id, { bytes: sending(bytes(1000)) });
    await registry.appendChunk(repository, id, { bytes: sending(bytes(65_000)) });
    const row = await rowOf(id);
    expect(row).toMatchObject({ length: 66_000, inRow: null, writer: null });
    const staged = await blobs.openStaged(row.stagedId ?? "");
    expect(await collect(staged!.chunks())).toEqual(concatenate([bytes(1000), bytes(65_000)]));
  });

  it("goes on in another process, which hashes the stored bytes again (T13)", async () => {
    const { repository, id, first, second, digest } = await begin();
    const { registry: other } = await bench.reopen();
    await other.appendChunk(repository, id, { bytes: sending(second), start: first.length });
    await other.completeUpload(repository, id, digest);
    expect(await servedAs(registry, repository, digest)).toBe(digest);
  });

  it("of a few bytes goes from one process to another and back, with starts given or not", async () => {
    const { registry: other } = await bench.reopen();
    for (const isStartGiven of [true, false]) {
      const repository = bench.repository();
      const chunks = [bytes(901), bytes(902), bytes(903), bytes(904)];
      const { id } = await registry.startUpload(repository);
      let length = 0;
      for (const [at, chunk] of chunks.entries()) {
        const start = isStartGiven ? length : undefined;
        length += chunk.length;
        const by = at % 2 === 0 ? other : registry;
        expect(await by.appendChunk(repository, id, { bytes: sending(chunk), start })).toEqual({ id, length });
      }
      const content = concatenate(chunks);
      await other.completeUpload(repository, id, digestOf(content));
      expect(await servedAs(registry, repository, digestOf(content))).toBe(digestOf(content));
      expect(await refusalOf(registry.appendChunk(repository, id, { bytes: sending(bytes(1)) }))).toBe(
        "BLOB_UPLOAD_UNKNOWN",
      );
      expect(await refusalOf(registry.completeUpload(repository, id, digestOf(content)))).toBe("BLOB_UPLOAD_UNKNOWN");
    }
  });

  it("B42: takes one of two chunks at once also when neither says where it starts", async () => {
    const repository = bench.repository();
    const { id } = await registry.startUpload(repository);
    const rivals = [bytes(500), bytes(600)];
    const settled = await Promise.allSettled(
      rivals.map((rival) => registry.appendChunk(repository, id, { bytes: sending(rival) })),
    );
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const won = rivals[settled.findIndex(({ status }) => status === "fulfilled")]!;
    await registry.completeUpload(repository, id, digestOf(won));
  });

  it("F03: cuts off bytes beyond those that were committed, and goes on", async () => {
    const { repository, id, stagedId, first, second, digest } = await begin();
    await blobs.appendStaged(stagedId, first.length, sending(bytes("written, and never committed")));
    expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
    await registry.completeUpload(repository, id, digest, { bytes: sending(second), start: first.length });
    expect(await servedAs(registry, repository, digest)).toBe(digest);
  });

  it("I14: whose staged bytes are shorter than its row says is gone, with what is left of them", async () => {
    type Use = (of: Awaited<ReturnType<typeof begin>>) => Promise<unknown>;
    const uses: readonly Use[] = [
      ({ repository, id }) => registry.getUpload(repository, id),
      ({ repository, id, second }) => registry.appendChunk(repository, id, { bytes: sending(second) }),
      ({ repository, id, first }) => registry.completeUpload(repository, id, digestOf(first)),
    ];
    for (const use of uses) {
      const begun = await begin();
      await blobs.appendStaged(begun.stagedId, begun.first.length - 1, sending());
      expect(await refusalOf(use(begun))).toBe("BLOB_UPLOAD_UNKNOWN");
      expect(await refusalOf(registry.getUpload(begun.repository, begun.id))).toBe("BLOB_UPLOAD_UNKNOWN");
      expect(await stagedIds()).not.toContain(begun.stagedId);
    }
  });

  it("F02: keeps what came before its sender broke off", async () => {
    const { repository, id, first, second, whole, digest } = await begin();
    const broken = { bytes: sendingThenFailing(new Error("the connection broke"), second), start: first.length };
    await expect(registry.appendChunk(repository, id, broken)).rejects.toThrow("the connection broke");
    expect(await rowOf(id)).toMatchObject({ length: whole.length, writer: null });
    await registry.completeUpload(repository, id, digest);
    expect(await servedAs(registry, repository, digest)).toBe(digest);
  });

  it("F02: keeps also the few bytes of a sender that broke off before they outgrew the row", async () => {
    const repository = bench.repository();
    const { id } = await registry.startUpload(repository);
    const broken = { bytes: sendingThenFailing(new Error("the connection broke"), bytes(1000)) };
    await expect(registry.appendChunk(repository, id, broken)).rejects.toThrow("the connection broke");
    expect(await rowOf(id)).toMatchObject({ length: 1000, inRow: 1000, writer: null });
  });
});

describe("a writer that takes over", () => {
  it("F53: works on a copy, so that what a vanished writer still writes reaches nobody", async () => {
    const { repository, id, stagedId, first, second, whole, digest } = await begin();
    await leaveWriter(id);
    await registry.appendChunk(repository, id, { bytes: sending(second), start: first.length });
    const row = await rowOf(id);
    expect(row).toMatchObject({ length: whole.length, writer: null });
    expect(row.stagedId).not.toBe(stagedId);
    // The vanished writer wakes up and goes on where it was.
    await blobs.appendStaged(stagedId, 0, sending(bytes(200_000)));
    await registry.completeUpload(repository, id, digest);
    expect(await servedAs(registry, repository, digest)).toBe(digest);
  });

  it("keeps the bytes of a small upload whose writer vanished before it staged them", async () => {
    const repository = bench.repository();
    const { id } = await registry.startUpload(repository);
    await registry.appendChunk(repository, id, { bytes: sending(bytes(1000)) });
    await leaveWriter(id);
    const content = concatenate([bytes(1000), bytes(2000)]);
    await registry.completeUpload(repository, id, digestOf(content), { bytes: sending(bytes(2000)), start: 1000 });
    expect(await servedAs(registry, repository, digestOf(content))).toBe(digestOf(content));
  });

  it.each([true, false])(
    "F07 F08: finishes what was published and not linked, when the completion is repeated (the session held: %s)",
    async (isHeld) => {
      const { repository, id, stagedId, first } = await begin();
      if (isHeld) await leaveWriter(id);
      const named = digestOf(first);
      await database.query({
        text: "INSERT INTO blob (generation, digest, size_bytes, state) VALUES ($1::uuid, $2, $3, 'pending')",
        values: [stagedId, named, first.length],
      });
      await blobs.publish(stagedId, { ...splitDigest(named), generation: stagedId });
      expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
      expect(await registry.completeUpload(repository, id, named)).toMatchObject({ digest: named, size: first.length });
      expect(await servedAs(registry, repository, named)).toBe(named);
      expect(await refusalOf(registry.getUpload(repository, id))).toBe("BLOB_UPLOAD_UNKNOWN");
    },
  );

  it("I14: goes on with a next chunk from bytes that were published and not linked, whoever holds the session", async () => {
    for (const isHeld of [true, false]) {
      const { repository, id, stagedId, first, second, whole, digest } = await begin();
      await blobs.appendStaged(stagedId, first.length, sending(bytes(10)));
      const other = digestOf(concatenate([first, bytes(10)]));
      await database.query({
        text: "INSERT INTO blob (generation, digest, size_bytes, state) VALUES ($1::uuid, $2, $3, 'pending')",
        values: [stagedId, other, first.length + 10],
      });
      await blobs.publish(stagedId, { ...splitDigest(other), generation: stagedId });
      if (isHeld) await leaveWriter(id);
      expect(await registry.getUpload(repository, id)).toEqual({ id, length: first.length });
      const chunk = { bytes: sending(second), start: first.length };
      expect(await registry.appendChunk(repository, id, chunk)).toEqual({ id, length: whole.length });
      await registry.completeUpload(repository, id, digest);
      expect(await servedAs(registry, repository, digest)).toBe(digest);
      expect(await refusalOf(registry.openBlob(repository, other))).toBe("BLOB_UNKNOWN");
    }
  });

  it("I14: is gone when what it reserved was neither staged nor published", async () => {
    const { repository, id, stagedId, first } = await begin();
    await leaveWriter(id);
    await database.query({
      text: "INSERT INTO blob (generation, digest, size_bytes, state) VALUES ($1::uuid, $2, $3, 'pending')",
      values: [stagedId, digestOf(first), first.length],
    });
    await blobs.discardStaged(stagedId);
    expect(await refusalOf(registry.getUpload(repository, id))).toBe("BLOB_UPLOAD_UNKNOWN");
  });

  it("finds a completion that stopped before it published anything, and does it again", async () => {
    const { repository, id, stagedId, first } = await begin();
    await leaveWriter(id);
    const named = digestOf(first);
    await database.query({
      text: "INSERT INTO blob (generation, digest, size_bytes, state) VALUES ($1::uuid, $2, $3, 'pending')",
      values: [stagedId, named, first.length],
    });
    await registry.completeUpload(repository, id, named);
    expect(await servedAs(registry, repository, named)).toBe(named);
  });

  it("is refused while the other lives (B42)", async () => {
    const { repository, id, first, second, whole } = await begin();
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    async function* slowly() {
      yield second.subarray(0, 10);
      begun.resolve();
      await goOn.promise;
      yield second.subarray(10);
    }
    const slow = registry.appendChunk(repository, id, { bytes: slowly(), start: first.length });
    await begun.promise;
    const { registry: other } = await bench.reopen();
    const rival = other.appendChunk(repository, id, { bytes: sending(second), start: first.length });
    await expect(rival).rejects.toMatchObject({ code: "BLOB_UPLOAD_INVALID", status: 416 });
    goOn.resolve();
    expect(await slow).toEqual({ id, length: whole.length });
  });
});

describe("a writer that has lost its place", () => {
  it("commits nothing when its lease ended, and the next one goes on from what was durable", async () => {
    const { repository, id, first, second, digest } = await begin();
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    async function* slowly() {
      yield bytes(10);
      begun.resolve();
      await goOn.promise;
      yield bytes(20);
    }
    const { registry: other } = await bench.reopen();
    const slow = other.appendChunk(repository, id, { bytes: slowly(), start: first.length });
    await begun.promise;
    // Of this file's database only: the tests share a Postgres.
    await database.query({
      text: `SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    });
    await registry.appendChunk(repository, id, { bytes: sending(second), start: first.length });
    goOn.resolve();
    await expect(slow).rejects.toBeInstanceOf(Error);
    await registry.completeUpload(repository, id, digest);
    expect(await servedAs(registry, repository, digest)).toBe(digest);
  });

  it("finds no upload when it was cancelled meanwhile, and leaves no bytes behind", async () => {
    const before = await stagedIds();
    const { repository, id, first, second } = await begin();
    async function* cancelling() {
      yield second.subarray(0, 10);
      await registry.cancelUpload(repository, id);
      yield second.subarray(10);
    }
    const append = registry.appendChunk(repository, id, { bytes: cancelling(), start: first.length });
    expect(await refusalOf(append)).toBe("BLOB_UPLOAD_UNKNOWN");
    expect(await stagedIds()).toEqual(before);
  });
});

describe("storage that fails", () => {
  /** A store whose next writes fail with this code. */
  const failing = (code: "OUT_OF_SPACE" | "VOLUME_BAD") => {
    let left = 0;
    const inner = memoryBlobStore();
    const fail = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
      if (left-- > 0) throw new StorageError(code);
      return work();
    };
    const wrapped = replacing(inner, {
      appendStaged: (...of) => fail(() => inner.appendStaged(...of)),
      publish: (...of) => fail(() => inner.publish(...of)),
    });
    return { wrapped, fail: (times: number) => (left = times) };
  };

  it("B48 F30: out of space is UNAVAILABLE with 507; the upload stays as it was and goes on when there is space", async () => {
    const { wrapped, fail } = failing("OUT_OF_SPACE");
    const { registry: other } = await bench.reopen({ blobs: wrapped });
    const repository = bench.repository();
    // Bytes that no other case has stored.
    const [begun, rest] = [bytes(110_000), bytes(40_000)];
    const named = digestOf(concatenate([begun, rest]));
    const { id } = await other.startUpload(repository);
    fail(1);
    const full = other.appendChunk(repository, id, { bytes: sending(begun) });
    await expect(full).rejects.toMatchObject({ code: "UNAVAILABLE", status: 507 });
    expect(await other.getUpload(repository, id)).toEqual({ id, length: 0 });
    await other.appendChunk(repository, id, { bytes: sending(begun) });
    const last = () => ({ bytes: sending(rest), start: begun.length });
    fail(1);
    await expect(other.completeUpload(repository, id, named, last())).rejects.toMatchObject({ status: 507 });
    expect(await refusalOf(other.openBlob(repository, named))).toBe("BLOB_UNKNOWN");
    await other.completeUpload(repository, id, named, last());
    expect(await servedAs(other, repository, named)).toBe(named);
    expect(await stagedIds(wrapped)).toEqual([]);
  });

  it("any other failure is an outage, not a refusal", async () => {
    const { wrapped, fail } = failing("VOLUME_BAD");
    const { registry: other } = await bench.reopen({ blobs: wrapped });
    fail(1);
    const put = other.putBlob(bench.repository(), digestOf(bytes(80_000)), { bytes: sending(bytes(80_000)) });
    const error: unknown = await put.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "VOLUME_BAD" });
    expect(RegistryError.is(error)).toBe(false);
  });
});
