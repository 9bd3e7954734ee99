import type { RepositoryName } from "@layerport/registry-core";
import { LRUCache } from "lru-cache";
import { principalOf, type UploadAddress, type UploadSession } from "./upload-sessions.ts";

interface Known {
  readonly repository: RepositoryName;
  readonly session: UploadSession;
}

/**
 * Short uploads as this process last left them. What is known here may be out of date, and is never an answer: every
 * change made from it is refused by the row when the row has another length or a writer. As bytes are only ever
 * added, a length that still holds says that the bytes do too.
 */
export class KnownSessions {
  readonly #known = new LRUCache<string, Known>({
    maxSize: 16 * 1024 * 1024,
    sizeCalculation: ({ session }) => (session.content?.byteLength ?? 0) + 1024,
  });

  /** Of this repository and this principal only (T12). */
  find({ repository, id, actor }: UploadAddress): UploadSession | undefined {
    const known = this.#known.get(id);
    if (known === undefined || known.repository !== repository) return undefined;
    return known.session.principal === principalOf(actor) ? known.session : undefined;
  }

  keep(address: UploadAddress, session: UploadSession): void {
    // Copied, since a few bytes may be a view of a large buffer that they would keep in memory.
    const content = session.content && Buffer.from(session.content);
    this.#known.set(address.id, { repository: address.repository, session: { ...session, content } });
  }

  forget(id: string): void {
    this.#known.delete(id);
  }
}
