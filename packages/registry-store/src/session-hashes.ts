import type { UploadId } from "@layerport/registry-core";
import { LRUCache } from "lru-cache";
import type { RunningHash } from "./running-hash.ts";
import type { UploadSession } from "./upload-sessions.ts";

/**
 * The hashes of uploads that go on, in this process only. They are never persisted: where there is none, the stored
 * bytes are hashed again.
 */
export class SessionHashes {
  readonly #hashes = new LRUCache<UploadId, RunningHash>({ max: 10_000 });

  /** The hash of exactly the bytes that are durable. */
  find(session: UploadSession): RunningHash | undefined {
    const hash = this.#hashes.get(session.id);
    return hash?.length === session.length ? hash : undefined;
  }

  keep(id: UploadId, hash: RunningHash): void {
    this.#hashes.set(id, hash);
  }

  forget(id: UploadId): void {
    this.#hashes.delete(id);
  }
}
