import type { BlobStore } from "@layerport/blob-storage";
import type { Database } from "@layerport/database";
import type { Actor, Chunk, Digest, RepositoryName, Upload, UploadOptions } from "@layerport/registry-core";
import type { BlobIntake } from "./blob-intake.ts";
import { digestInvalid } from "./blob-intake.ts";
import { type BlobRows, type BlobTarget, inlineLimit } from "./blob-rows.ts";
import { Incoming } from "./incoming.ts";
import { KnownSessions } from "./known-sessions.ts";
import { digestLike } from "./running-hash.ts";
import { SessionHashes } from "./session-hashes.ts";
import {
  chunkOutOfOrder,
  principalOf,
  type UploadAddress,
  type UploadSession,
  type UploadSessions,
} from "./upload-sessions.ts";
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
  readonly #known = new KnownSessions();
  readonly #writing = new Set<string>();

  constructor(rooms: UploadRooms) {
    this.#rooms = rooms;
    this.#writer = new UploadWriter({ ...rooms, hashes: this.#hashes, leases: rooms.database.leases });
  }

  async start(repository: RepositoryName, actor: Actor, options: UploadOptions | undefined): Promise<Upload> {
    const session = await this.#rooms.sessions.start(repository, actor, options?.algorithm ?? "sha256");
    this.#known.keep({ repository, id: session.id, actor }, session);
    return { id: session.id, length: 0 };
  }

  async get(address: UploadAddress): Promise<Upload> {
    const session = await this.#rooms.sessions.get(address);
    if (!(await this.#writer.hasBytes(session))) await this.#writer.endLost(session);
    return { id: session.id, length: session.length };
  }

  async append(address: UploadAddress, chunk: Chunk): Promise<Upload> {
    const length = await this.#receive(address, chunk, {
      small: (session, incoming) => this.#appendInline(address, session, incoming),
      large: (session, incoming) => this.#writer.append(session, incoming),
    });
    return { id: address.id, length };
  }

  /** Answers the size of the blob that the upload has become. */
  async complete(address: UploadAddress, digest: Digest, last: Chunk | undefined): Promise<number> {
    const to = (session: UploadSession): Completion => ({
      digest,
      change: (work) => work(this.#rooms.database, session.repositoryId),
    });
    return this.#receive(address, last, {
      small: (session, incoming, isFresh) => this.#completeInline(address, session, { incoming, isFresh, digest }),
      large: (session, incoming) => this.#writer.complete(session, incoming, to(session)),
    });
  }

  async cancel(address: UploadAddress): Promise<void> {
    const session = await this.#rooms.sessions.get(address);
    const { stagedId } = await this.#rooms.sessions.cancel(session);
    this.#known.forget(address.id);
    this.#hashes.forget(address.id);
    // A writer that is at work finds its session gone and discards what it staged itself.
    if (stagedId !== null) await this.#rooms.blobs.discardStaged(stagedId);
  }

  /**
   * Takes a chunk in where the last one ended, and leaves its sender when it is refused. A short upload is tried as
   * this process last left it, which saves reading its row, and again as its row is when that was out of date.
   */
  async #receive(address: UploadAddress, chunk: Chunk | undefined, ways: Ways): Promise<number> {
    // In this process a second writer is refused at once, whoever would commit first. One who has only learnt the id
    // is not the same writer, and keeps nobody out.
    const writer = `${address.id} ${principalOf(address.actor)}`;
    if (this.#writing.has(writer)) throw chunkOutOfOrder(await this.#rooms.sessions.get(address));
    const incoming = new Incoming(chunk);
    const attempt = async (session: UploadSession, isFresh: boolean): Promise<number | undefined> => {
      if (chunk?.start !== undefined && chunk.start !== session.length) return undefined;
      if (await fitsInRow(session, incoming)) return ways.small(session, incoming, isFresh);
      this.#known.forget(address.id);
      return isFresh ? ways.large(session, incoming) : undefined;
    };
    this.#writing.add(writer);
    try {
      const known = this.#known.find(address);
      const taken = known && (await attempt(known, false));
      if (taken !== undefined) return taken;
      const session = await this.#rooms.sessions.get(address);
      return (await attempt(session, true)) ?? (await this.#rooms.sessions.refuseChanged(session));
    } finally {
      this.#writing.delete(writer);
      await incoming.abandon();
    }
  }

  /** Keeps also what came before the sender broke off, and then throws what made it. */
  async #appendInline(address: UploadAddress, session: UploadSession, incoming: Incoming): Promise<number | undefined> {
    const { head } = incoming;
    if (head.byteLength > 0 && !(await this.#rooms.sessions.appendInline(session, head))) return undefined;
    const content = contentWith(session, head);
    this.#known.keep(address, { ...session, content, length: content.byteLength });
    if (incoming.failure) throw incoming.failure.cause;
    return content.byteLength;
  }

  async #completeInline(
    address: UploadAddress,
    session: UploadSession,
    { incoming, isFresh, digest }: InlineCompletion,
  ): Promise<number | undefined> {
    if (incoming.failure) return this.#appendInline(address, session, incoming);
    const content = contentWith(session, incoming.head);
    const change: BlobTarget["change"] = (work) => work(this.#rooms.database, session.repositoryId);
    if (digestLike(digest, content) !== digest) {
      if (!isFresh) return undefined;
      await this.#rooms.sessions.end(session);
      this.#known.forget(session.id);
      throw digestInvalid(digest);
    }
    if (!(await this.#rooms.intake.storeInline({ change, session }, digest, content))) return undefined;
    this.#known.forget(session.id);
    return content.byteLength;
  }
}

/** What is done with a chunk; `undefined` when the session was not as it was given. */
interface Ways {
  readonly small: (session: UploadSession, incoming: Incoming, isFresh: boolean) => Promise<number | undefined>;
  readonly large: (session: UploadSession, incoming: Incoming) => Promise<number>;
}

interface InlineCompletion {
  readonly incoming: Incoming;
  readonly isFresh: boolean;
  readonly digest: Digest;
}

/** Whether the session's row can hold all bytes, those of this chunk included. @throws SIZE_INVALID */
async function fitsInRow(session: UploadSession, incoming: Incoming): Promise<boolean> {
  if (session.content === null || session.writer !== null) return false;
  return incoming.takeUpTo(inlineLimit - session.length);
}

function contentWith({ content }: UploadSession, more: Buffer): Buffer {
  return content === null || content.byteLength === 0 ? more : Buffer.concat([content, more]);
}
