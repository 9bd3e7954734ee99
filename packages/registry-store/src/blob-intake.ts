import { randomUUID } from "node:crypto";
import type { BlobKey, BlobStore } from "@layerport/blob-storage";
import { type Digest, type IncomingBytes, RegistryError, splitDigest } from "@layerport/registry-core";
import { type BlobRows, type BlobTarget, inlineLimit } from "./blob-rows.ts";
import { Incoming } from "./incoming.ts";
import { Raced, repeatWhenRaced } from "./raced.ts";
import { digestLike, RunningHash } from "./running-hash.ts";

/** Makes bytes a blob of a repository: small ones in Postgres, larger ones in blob storage first. */
export class BlobIntake {
  readonly #rows: BlobRows;
  readonly #blobs: BlobStore;

  constructor(rows: BlobRows, blobs: BlobStore) {
    this.#rows = rows;
    this.#blobs = blobs;
  }

  /** Stores a blob in one step and answers its size. */
  async put(target: BlobTarget, digest: Digest, source: IncomingBytes): Promise<number> {
    const incoming = new Incoming(source);
    const id = randomUUID();
    try {
      if (await incoming.takeUpTo(inlineLimit)) {
        if (incoming.failure) throw incoming.failure.cause;
        const { head } = incoming;
        await this.storeInline(target, digest, head);
        return head.byteLength;
      }
      const hash = new RunningHash(splitDigest(digest).algorithm);
      const size = await this.#blobs.appendStaged(id, 0, incoming, (bytes) => hash.update(bytes));
      if (hash.digest() !== digest) throw digestInvalid(digest);
      await this.storeStaged(target, digest, { id, length: size });
      return size;
    } finally {
      // Does nothing once the bytes are published.
      await this.#blobs.discardStaged(id);
    }
  }

  /** @throws DIGEST_INVALID; answers false when the upload session was changed by somebody else */
  async storeInline(target: BlobTarget, digest: Digest, content: Uint8Array): Promise<boolean> {
    if (digestLike(digest, content) !== digest) throw digestInvalid(digest);
    const finish = await repeatWhenRaced(() => this.#rows.storeInline(target, digest, content));
    return finish !== "session-changed";
  }

  /**
   * Publishes staged bytes whose digest was checked, and links them. May be repeated after a crash with the same id.
   * Answers false when the upload session was changed by somebody else.
   */
  async storeStaged(
    target: BlobTarget,
    digest: Digest,
    staged: { readonly id: string; readonly length: number },
  ): Promise<boolean> {
    const key: BlobKey = { ...splitDigest(digest), generation: staged.id };
    return repeatWhenRaced(async () => {
      // The row comes first, so that an object without an answer is found by its row; then the bytes, then the link.
      if (await this.#rows.reserve(staged.id, digest, staged.length)) await this.#blobs.publish(staged.id, key);
      const finish = await this.#rows.finish(target, staged.id, digest);
      if (finish === "absent") throw new Raced("the generation that was live");
      if (finish === "superseded") {
        await this.#blobs.discardStaged(staged.id);
        await this.#blobs.remove(key);
        await this.#rows.forgetTrashed(staged.id);
      }
      return finish !== "session-changed";
    });
  }
}

/** The refusal of bytes that do not hash to what they were said to be. */
export function digestInvalid(digest: Digest): RegistryError {
  return new RegistryError("DIGEST_INVALID", { digest });
}
