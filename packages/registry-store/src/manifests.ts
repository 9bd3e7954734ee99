import { batchedLookup, type Database } from "@layerport/database";
import type { Descriptor, Digest, Reference, RepositoryName, StoredManifest } from "@layerport/registry-core";
import type { ByteCache } from "./byte-cache.ts";
import { type ManifestPointer, ManifestPointers, manifestUnknown } from "./manifest-pointers.ts";

interface ContentRow {
  readonly position: number;
  readonly content: Buffer;
}

/** Up to this size manifests are read many at a time; a larger one has a query of its own, for the sake of memory. */
const batchedLimit = 64 * 1024;

/** Reads the manifests of repositories. */
export class Manifests {
  readonly #database: Database;
  readonly #bytes: ByteCache;
  readonly #pointers: ManifestPointers;
  readonly #lookUpContent: (digest: Digest) => Promise<Buffer | undefined>;

  constructor(database: Database, bytes: ByteCache) {
    this.#database = database;
    this.#bytes = bytes;
    this.#pointers = new ManifestPointers(database);
    this.#lookUpContent = batchedLookup<Digest, ContentRow, Buffer>(database, {
      name: "manifest-content",
      text: `SELECT wanted.position::int AS position, manifest_content.content
        FROM unnest($1::text[]) WITH ORDINALITY AS wanted (digest, position)
        JOIN manifest_content ON manifest_content.digest = wanted.digest`,
      toValues: (digests) => [digests],
      toAnswer: ({ content }) => content,
    });
  }

  async get(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    const pointer = await this.#pointers.get(repository, reference);
    const { digest, mediaType } = pointer;
    return { digest, mediaType, content: this.#bytes.find(digest) ?? (await this.#read(pointer)) };
  }

  async resolve(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    const { digest, mediaType, sizeBytes } = await this.#pointers.get(repository, reference);
    return { mediaType, digest, size: sizeBytes };
  }

  async #read({ digest, sizeBytes }: ManifestPointer): Promise<Uint8Array> {
    const content = sizeBytes <= batchedLimit ? await this.#lookUpContent(digest) : await this.#readLarge(digest);
    // Deleted and swept since the pointer was read.
    if (content === undefined) throw manifestUnknown(digest);
    this.#bytes.keep(digest, content);
    return content;
  }

  async #readLarge(digest: Digest): Promise<Buffer | undefined> {
    const rows = await this.#database.query<{ content: Buffer }>({
      name: "manifest-content-large",
      text: "SELECT content FROM manifest_content WHERE digest = $1",
      values: [digest],
    });
    return rows[0]?.content;
  }
}
