import type { BlobKey, BlobStore } from "@layerport/blob-storage";
import {
  type BlobRange,
  type Descriptor,
  type Digest,
  type OpenBlob,
  type RepositoryName,
  type SoughtBlob,
  splitDigest,
} from "@layerport/registry-core";
import { type BlobPointer, type BlobPointers, blobUnknown } from "./blob-pointers.ts";
import { type BlobRows, inlineLimit } from "./blob-rows.ts";
import type { ByteCache } from "./byte-cache.ts";
import { fitRange, InlineBlob, StoredBlob } from "./open-blob.ts";

/** What reading blobs works with. */
export interface BlobRooms {
  readonly pointers: BlobPointers;
  readonly rows: BlobRows;
  readonly blobs: BlobStore;
  readonly bytes: ByteCache;
}

/** Which blob, or which part of it, is to be opened. */
interface WantedBlob {
  readonly repository: RepositoryName;
  readonly digest: Digest;
  readonly range: BlobRange | undefined;
}

/** Reads the blobs of repositories. */
export class Blobs {
  readonly #rooms: BlobRooms;

  constructor(rooms: BlobRooms) {
    this.#rooms = rooms;
  }

  resolve(repository: RepositoryName, digest: Digest): Promise<Descriptor> {
    return this.seek(repository, digest).resolve();
  }

  /** Looks the pointer up at once, and nothing else before it is asked for. */
  seek(repository: RepositoryName, digest: Digest): SoughtBlob {
    const pointer = this.#rooms.pointers.get({ repository, digest, wantsContent: false });
    // Whoever asks learns of a failure; nobody else is to.
    pointer.catch(() => undefined);
    return {
      resolve: async () => this.#promise(digest, await pointer),
      open: async (range) => {
        const found = await pointer;
        return found.isInline && this.#rooms.bytes.find(digest) === undefined
          ? this.open(repository, digest, range)
          : this.#openAt({ repository, digest, range }, found);
      },
    };
  }

  async #promise(digest: Digest, { generation, sizeBytes, isPromiseOld }: BlobPointer): Promise<Descriptor> {
    // The answer is the promise, so it is durable before it is given, and only a live blob can be promised.
    if (isPromiseOld && !(await this.#rooms.rows.renewPromise(generation))) throw blobUnknown(digest);
    return blobDescriptor(digest, sizeBytes);
  }

  async open(repository: RepositoryName, digest: Digest, range?: BlobRange): Promise<OpenBlob> {
    const { pointers, bytes } = this.#rooms;
    const wantsContent = bytes.find(digest) === undefined;
    return this.#openAt({ repository, digest, range }, await pointers.get({ repository, digest, wantsContent }));
  }

  async #openAt(wanted: WantedBlob, pointer: BlobPointer): Promise<OpenBlob> {
    const { digest, range } = wanted;
    if (!pointer.isInline) {
      return (await this.#openStored(digest, pointer, range)) ?? this.#openNewer(wanted, pointer);
    }
    const { bytes } = this.#rooms;
    const content = pointer.content ?? bytes.find(digest);
    // The cache may have let it go since the pointer was asked for.
    if (content === undefined) return this.open(wanted.repository, digest, range);
    if (pointer.content !== undefined) bytes.keep(digest, content);
    return new InlineBlob(digest, content, range);
  }

  /** The whole content of a blob of at most `limit` bytes; absent for one that is larger or not there. */
  async readWhole(repository: RepositoryName, digest: Digest, limit: number): Promise<Uint8Array | undefined> {
    const pointer = await this.#rooms.pointers.find({ repository, digest, wantsContent: limit <= inlineLimit });
    if (pointer === undefined || pointer.sizeBytes > limit) return undefined;
    if (pointer.content !== undefined) return pointer.content;
    const opened = await this.open(repository, digest);
    if (opened.content !== undefined) return opened.content;
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.chunks()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async #openStored(
    digest: Digest,
    { generation, sizeBytes }: { readonly generation: string; readonly sizeBytes: number },
    range: BlobRange | undefined,
  ): Promise<OpenBlob | undefined> {
    const key: BlobKey = { ...splitDigest(digest), generation };
    const opened = await this.#rooms.blobs.open(key, range && fitRange(range, sizeBytes));
    if (opened === undefined) return undefined;
    if (opened.size !== sizeBytes) {
      await opened.close();
      throw new Error(`the stored bytes of ${digest} have another size than their row`);
    }
    return new StoredBlob(digest, opened);
  }

  /** The bytes were gone: either the blob was removed since its row was read, or storage has lost them. */
  async #openNewer(
    { repository, digest, range }: WantedBlob,
    before: { readonly generation: string },
  ): Promise<OpenBlob> {
    const pointer = await this.#rooms.pointers.get({ repository, digest, wantsContent: false });
    const opened =
      pointer.generation === before.generation ? undefined : await this.#openStored(digest, pointer, range);
    if (opened === undefined) throw new Error(`the stored bytes of ${digest} are missing`);
    return opened;
  }
}

/** A blob as it is described to those who hold only its digest. */
export function blobDescriptor(digest: Digest, size: number): Descriptor {
  return { mediaType: "application/octet-stream", digest, size };
}
