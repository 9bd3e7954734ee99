import { randomUUID } from "node:crypto";
import { type BlobKey, type BlobStore, type ByteSource, StorageError } from "@layerport/blob-storage";
import type { Leases } from "@layerport/database";
import { type Digest, RegistryError, splitDigest } from "@layerport/registry-core";
import type { BlobIntake } from "./blob-intake.ts";
import { digestInvalid } from "./blob-intake.ts";
import type { BlobRows, BlobTarget } from "./blob-rows.ts";
import type { Incoming } from "./incoming.ts";
import { RunningHash } from "./running-hash.ts";
import type { SessionHashes } from "./session-hashes.ts";
import { chunkOutOfOrder, type UploadSession, type UploadSessions } from "./upload-sessions.ts";

/** What the writer of staged uploads works with. */
export interface UploadWriterRooms {
  readonly sessions: UploadSessions;
  readonly hashes: SessionHashes;
  readonly blobs: BlobStore;
  readonly leases: Leases;
  readonly intake: BlobIntake;
  readonly rows: BlobRows;
}

/** One writer's place at a session. */
interface Hold {
  readonly session: UploadSession;
  readonly writer: string;
  readonly lost: AbortSignal;
}

/** Bytes of a session in blob storage, those of this chunk included. Not yet durable. */
interface Staged {
  readonly id: string;
  readonly length: number;
  readonly hash: RunningHash | undefined;
}

interface Published {
  readonly key: BlobKey;
  readonly digest: Digest;
}

/** What is found of the bytes that a session has staged. */
interface Place {
  readonly length: number;
  /** Where they are when they are no longer staged. */
  readonly published?: Published;
}

/**
 * Writes uploads that are too long for their row. One writer at a time: a lease keeps out others that live, and the
 * token in the row decides whose length is committed. A lease can be lost without its holder knowing at once, so
 * where the token of another writer is left in the row, the durable bytes are copied to a fresh place first: whatever
 * the other still writes goes to a place that nobody reads.
 */
export class UploadWriter {
  readonly #rooms: UploadWriterRooms;

  constructor(rooms: UploadWriterRooms) {
    this.#rooms = rooms;
  }

  /** Appends a chunk durably and answers the new length. */
  async append(session: UploadSession, incoming: Incoming): Promise<number> {
    return this.#hold(session, async (hold) => {
      const staged = await this.#stage(hold, incoming, await this.#locate(session));
      await this.#commit(hold, staged);
      if (incoming.failure) throw incoming.failure.cause;
      return staged.length;
    });
  }

  /** Appends the last bytes and makes all of them a blob; answers its size. */
  async complete(session: UploadSession, incoming: Incoming, to: Completion): Promise<number> {
    return this.#hold(session, async (hold) => {
      const place = await this.#locate(session);
      const staged = asPublished(place, to.digest) ?? (await this.#stage(hold, incoming, place));
      if (incoming.failure) {
        await this.#commit(hold, staged);
        throw incoming.failure.cause;
      }
      try {
        await this.#makeBlob(hold, staged, to);
      } catch (error) {
        // The session does not know this place, so nobody would go on from it.
        if (staged.id !== session.stagedId) await this.#rooms.blobs.discardStaged(staged.id);
        throw error;
      }
      return staged.length;
    });
  }

  /** Whether the durable bytes are where the session says, so that no length is reported that is not there (I14). */
  async hasBytes(session: UploadSession): Promise<boolean> {
    return (await this.#locate(session)).length >= session.length || session.stagedId === null;
  }

  /** A session whose bytes are lost is ended, and says so. @throws BLOB_UPLOAD_UNKNOWN */
  async endLost(session: UploadSession, writer = session.writer): Promise<void> {
    if (!(await this.#rooms.sessions.end(session, writer))) return;
    if (session.stagedId !== null) await this.#rooms.blobs.discardStaged(session.stagedId);
    throw new RegistryError("BLOB_UPLOAD_UNKNOWN");
  }

  async #makeBlob({ session, writer }: Hold, staged: Staged, { digest, change }: Completion): Promise<void> {
    const { sessions, hashes, intake, blobs } = this.#rooms;
    if ((await this.#digestOf(staged, digest)) !== digest) {
      await sessions.end(session, writer);
      hashes.forget(session.id);
      await blobs.discardStaged(staged.id);
      if (session.stagedId !== null) await blobs.discardStaged(session.stagedId);
      throw digestInvalid(digest);
    }
    const target = { change, session: { ...session, writer } };
    if (!(await intake.storeStaged(target, digest, staged))) await sessions.refuseChanged(session);
    hashes.forget(session.id);
    if (session.stagedId !== null && session.stagedId !== staged.id) await blobs.discardStaged(session.stagedId);
  }

  async #hold<Answer>(session: UploadSession, work: (hold: Hold) => Promise<Answer>): Promise<Answer> {
    const { sessions, leases } = this.#rooms;
    // With the principal in its name nobody else can hold it, not even one who has learnt the session's id.
    const lease = await leases.tryAcquire(`upload ${session.id} ${session.principal}`);
    if (lease === undefined) throw chunkOutOfOrder(session);
    try {
      const writer = await sessions.claim(session);
      try {
        return await work({ session, writer, lost: lease.lost });
      } catch (error) {
        // Does nothing after a commit. Where it fails, the token stays, and the next writer takes over.
        await sessions.release(session, writer).catch(() => undefined);
        // Whoever cancelled the upload took the bytes away under this writer.
        if (StorageError.is(error) && error.code === "UNKNOWN_STAGED") await sessions.refuseChanged(session);
        throw error;
      }
    } finally {
      // A lock that cannot be given back has ended with its connection, and what was committed stays committed.
      await lease.release().catch(() => undefined);
    }
  }

  async #stage(hold: Hold, incoming: Incoming, { length: found, published }: Place): Promise<Staged> {
    const { session, lost } = hold;
    const { blobs, hashes } = this.#rooms;
    if (session.stagedId !== null && found < session.length) await this.endLost(session, hold.writer);
    const samePlace = session.writer === null && published === undefined ? session.stagedId : null;
    const isSamePlace = samePlace !== null;
    const id = samePlace ?? randomUUID();
    const hash = isSamePlace ? hashes.find(session)?.copy() : new RunningHash(session.algorithm);
    const bytes = isSamePlace ? [] : this.#durableBytes(session, published);
    const start = isSamePlace ? session.length : 0;
    const observe = (chunk: Uint8Array) => {
      lost.throwIfAborted();
      hash?.update(chunk);
    };
    try {
      const length = await blobs.appendStaged(id, start, joined(bytes, incoming), observe);
      return { id, length, hash };
    } catch (error) {
      // A sender that broke off leaves what it sent; anything else leaves what was durable before.
      if (incoming.failure === undefined || error !== incoming.failure.cause) {
        if (!isSamePlace) await blobs.discardStaged(id);
        throw error;
      }
      return { id, length: (await blobs.stagedLength(id)) ?? 0, hash };
    }
  }

  async #commit({ session, writer }: Hold, staged: Staged): Promise<void> {
    const { blobs, sessions, hashes } = this.#rooms;
    await blobs.syncStaged(staged.id);
    if (!(await sessions.commitStaged(session, writer, staged))) {
      if (staged.id !== session.stagedId || !(await sessions.exists(session))) await blobs.discardStaged(staged.id);
      await sessions.refuseChanged(session);
    }
    if (staged.hash?.length === staged.length) hashes.keep(session.id, staged.hash);
    else hashes.forget(session.id);
    if (session.stagedId !== null && session.stagedId !== staged.id) await blobs.discardStaged(session.stagedId);
  }

  /** What the session has durably, to be copied. */
  async *#durableBytes(
    { content, stagedId, length }: UploadSession,
    published: Published | undefined,
  ): AsyncGenerator<Uint8Array> {
    if (content !== null) yield content;
    if (stagedId === null || length === 0) return;
    const range = { start: 0, end: length - 1 };
    const { blobs } = this.#rooms;
    const opened = await (published ? blobs.open(published.key, range) : blobs.openStaged(stagedId, range));
    if (opened === undefined) throw new Error("the staged bytes of an upload have vanished");
    yield* opened.chunks();
  }

  /**
   * Where the bytes are that the session has staged. A writer that died, or lost its database, between publishing and
   * linking has left them at their key, and their digest, which it had checked, in a `pending` row.
   */
  async #locate({ stagedId }: UploadSession): Promise<Place> {
    const { blobs, rows } = this.#rooms;
    if (stagedId === null) return { length: 0 };
    const length = await blobs.stagedLength(stagedId);
    if (length !== undefined) return { length };
    const digest = await rows.findPending(stagedId);
    if (digest === undefined) return { length: 0 };
    const key = { ...splitDigest(digest), generation: stagedId };
    const opened = await blobs.open(key);
    await opened?.close();
    return opened ? { length: opened.size, published: { key, digest } } : { length: 0 };
  }

  async #digestOf(staged: Staged, wanted: Digest): Promise<Digest> {
    const { algorithm } = splitDigest(wanted);
    if (staged.hash?.algorithm === algorithm && staged.hash.length === staged.length) return staged.hash.digest();
    const opened =
      (await this.#rooms.blobs.openStaged(staged.id)) ??
      (await this.#rooms.blobs.open({ ...splitDigest(wanted), generation: staged.id }));
    if (opened === undefined) throw new Error("the staged bytes of an upload have vanished");
    const hash = new RunningHash(algorithm);
    for await (const chunk of opened.chunks()) hash.update(chunk);
    return hash.digest();
  }
}

/** What an upload is to become, and where. */
export interface Completion {
  readonly digest: Digest;
  readonly change: BlobTarget["change"];
}

/** The same completion, repeated, goes on from what it published before. */
function asPublished({ length, published }: Place, digest: Digest): Staged | undefined {
  if (published?.digest !== digest) return undefined;
  return { id: published.key.generation, length, hash: undefined };
}

function joined(first: Iterable<Uint8Array> | AsyncIterable<Uint8Array>, second: Incoming): ByteSource {
  return {
    async *[Symbol.asyncIterator]() {
      yield* first;
      yield* second;
    },
    release: second.release,
  };
}
