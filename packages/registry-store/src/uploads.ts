import type { BlobStore } from "@layerport/blob-storage";
import type { Database } from "@layerport/database";
import type { Actor, Chunk, Digest, RepositoryName, Upload, UploadId, UploadOptions } from "@layerport/registry-core";
import type { BlobIntake } from "./blob-intake.ts";
import { digestInvalid } from "./blob-intake.ts";
import { type BlobRows, type BlobTarget, inlineLimit } from "./blob-rows.ts";
import { Incoming } from "./incoming.ts";
import { digestLike } from "./running-hash.ts";
import { SessionHashes } from "./session-hashes.ts";
import { chunkOutOfOrder, type UploadSession, type UploadSessions } from "./upload-sessions.ts";
import { type Completion, UploadWriter } from "./upload-writer.ts";

/** What uploads work with. */
export interface UploadRooms {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly sessions: UploadSessions;
  readonly intake: BlobIntake;
  readonly rows: BlobRows;
}

/**
 * Uploads that come in several requests. While an upload is short its bytes are in its row, where one conditional
 * statement makes them durable and keeps out a second writer; a longer one is the business of `UploadWriter`.
 */
export class Uploads {
  readonly #rooms: UploadRooms;
  readonly #writer: UploadWriter;
  readonly #hashes = new SessionHashes();

  constructor(rooms: UploadRooms) {
    this.#rooms = rooms;
    this.#writer = new UploadWriter({ ...rooms, hashes: this.#hashes, leases: rooms.database.leases });
  }

  start(repository: RepositoryName, actor: Actor, options: UploadOptions | undefined): Promise<Upload> {
    return this.#rooms.sessions.start(repository, actor, options?.algorithm ?? "sha256");
  }

  async get(repository: RepositoryName, id: UploadId, actor: Actor): Promise<Upload> {
    const session = await this.#rooms.sessions.get(repository, id, actor);
    if (!(await this.#writer.hasBytes(session))) await this.#writer.endLost(session);
    return { id, length: session.length };
  }

  async append({ repository, id, actor }: UploadAddress, chunk: Chunk): Promise<Upload> {
    const session = await this.#rooms.sessions.get(repository, id, actor);
    return receive(session, chunk, async (incoming) => {
      const isSmall = await this.#fitsInRow(session, incoming);
      const length = isSmall
        ? await this.#appendInline(session, incoming)
        : await this.#writer.append(session, incoming);
      return { id, length };
    });
  }

  /** Answers the size of the blob that the upload has become. */
  async complete({ repository, id, actor }: UploadAddress, digest: Digest, last: Chunk | undefined): Promise<number> {
    const session = await this.#rooms.sessions.get(repository, id, actor);
    const change: BlobTarget["change"] = (work) => work(this.#rooms.database, session.repositoryId);
    return receive(session, last, async (incoming) => {
      const isSmall = await this.#fitsInRow(session, incoming);
      return isSmall
        ? this.#completeInline(session, incoming, { digest, change })
        : this.#writer.complete(session, incoming, { digest, change });
    });
  }

  async #completeInline(session: UploadSession, incoming: Incoming, to: Completion): Promise<number> {
    const { digest, change } = to;
    if (incoming.failure) await this.#appendInline(session, incoming);
    const content = Buffer.concat([session.content ?? Buffer.of(), incoming.head]);
    if (digestLike(digest, content) !== digest) {
      await this.#rooms.sessions.end(session);
      throw digestInvalid(digest);
    }
    const isStored = await this.#rooms.intake.storeInline({ change, session }, digest, content);
    if (!isStored) await this.#rooms.sessions.refuseChanged(session);
    return content.byteLength;
  }

  async cancel({ repository, id, actor }: UploadAddress): Promise<void> {
    const session = await this.#rooms.sessions.get(repository, id, actor);
    const { stagedId } = await this.#rooms.sessions.cancel(session);
    this.#hashes.forget(id);
    // A writer that is at work finds its session gone and discards what it staged itself.
    if (stagedId !== null) await this.#rooms.blobs.discardStaged(stagedId);
  }

  /** Whether the session's row can hold all bytes, those of this chunk included. @throws SIZE_INVALID */
  async #fitsInRow(session: UploadSession, incoming: Incoming): Promise<boolean> {
    if (session.content === null || session.writer !== null) return false;
    return incoming.takeUpTo(inlineLimit - session.length);
  }

  /** Keeps also what came before the sender broke off, and then throws what made it. */
  async #appendInline(session: UploadSession, incoming: Incoming): Promise<number> {
    const { head } = incoming;
    const length = head.byteLength === 0 ? session.length : await this.#rooms.sessions.appendInline(session, head);
    if (incoming.failure) throw incoming.failure.cause;
    return length;
  }
}

/** Takes a chunk in where the last one ended, and leaves its sender when it is refused. */
async function receive<Answer>(
  session: UploadSession,
  chunk: Chunk | undefined,
  work: (incoming: Incoming) => Promise<Answer>,
): Promise<Answer> {
  if (chunk?.start !== undefined && chunk.start !== session.length) throw chunkOutOfOrder(session);
  const incoming = new Incoming(chunk);
  try {
    return await work(incoming);
  } finally {
    await incoming.abandon();
  }
}

/** Which upload of whom. */
export interface UploadAddress {
  readonly repository: RepositoryName;
  readonly id: UploadId;
  readonly actor: Actor;
}
