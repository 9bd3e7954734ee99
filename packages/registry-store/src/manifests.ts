import { batchedLookup, type Database } from "@layerport/database";
import type {
  Descriptor,
  Digest,
  Reference,
  RepositoryName,
  SoughtManifest,
  StoredManifest,
} from "@layerport/registry-core";
import type { ByteCache } from "./byte-cache.ts";
import { type ManifestPointer, ManifestPointers, manifestUnknown } from "./manifest-pointers.ts";

interface ContentRow {
  readonly position: number;
  readonly content: Buffer;
}

/** A manifest whose pointer is being looked up. */
class PointedManifest implements SoughtManifest {
  readonly #pointer: Promise<ManifestPointer>;
  readonly #manifests: Manifests;

  constructor(pointer: Promise<ManifestPointer>, manifests: Manifests) {
    this.#pointer = pointer;
    this.#manifests = manifests;
  }

  async get(): Promise<StoredManifest> {
    const pointer = await this.#pointer;
    const { digest, mediaType } = pointer;
    return { digest, mediaType, content: await this.#manifests.read(pointer) };
  }

  async resolve(): Promise<Descriptor> {
    const { digest, mediaType, sizeBytes } = await this.#pointer;
    return { mediaType, digest, size: sizeBytes };
  }
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

  /** Looks the pointer up at once, and nothing else before it is asked for. */
  seek(repository: RepositoryName, reference: Reference): SoughtManifest {
    const pointer = this.#pointers.get(repository, reference);
    // Whoever asks learns of a failure; nobody else is to.
    pointer.catch(() => undefined);
    return new PointedManifest(pointer, this);
  }

  /** The bytes that a pointer points at. */
  async read(pointer: ManifestPointer): Promise<Uint8Array> {
    return this.#bytes.find(pointer.digest) ?? (await this.#read(pointer));
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
