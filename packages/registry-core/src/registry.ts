import type { Annotations, Descriptor } from "./descriptor.ts";
import type { Digest } from "./digest.ts";
import type { StoredManifest } from "./manifest.ts";
import type { Page, PageRequest } from "./page.ts";
import type { Reference, Tag } from "./reference.ts";
import type { RepositoryName } from "./repository-name.ts";
import type { BlobRange, Chunk, IncomingBytes, OpenBlob, Upload, UploadId, UploadOptions } from "./upload.ts";

/** Reads what a repository serves. */
export interface RegistryReader {
  /** @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  getManifest(repository: RepositoryName, reference: Reference): Promise<StoredManifest>;

  /** The manifest's media type, digest and size, for callers that do not want its bytes.
   * @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  resolveManifest(repository: RepositoryName, reference: Reference): Promise<Descriptor>;

  /** Opens a blob of this repository; another repository's blob is unknown here.
   * @throws NAME_UNKNOWN, BLOB_UNKNOWN; BLOB_UPLOAD_INVALID with status 416 for a range outside the blob */
  openBlob(repository: RepositoryName, digest: Digest, range?: BlobRange): Promise<OpenBlob>;

  /** The blob's digest and size. From now on, for the grace of the sweep, a manifest may count on the blob.
   * @throws NAME_UNKNOWN, BLOB_UNKNOWN */
  resolveBlob(repository: RepositoryName, digest: Digest): Promise<Descriptor>;
}

/**
 * Begins to find things while it is still being decided who may have them, for registries that gain by that. Of what is
 * found nothing is told before somebody asks what was sought for it, not even a failure.
 */
export interface RegistrySeeker {
  seekManifest(repository: RepositoryName, reference: Reference): SoughtManifest;
  seekBlob(repository: RepositoryName, digest: Digest): SoughtBlob;
}

/** A manifest that is being found. One of the methods may be called, once; they do what `RegistryReader`'s do. */
export interface SoughtManifest {
  /** @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  get(): Promise<StoredManifest>;
  /** @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  resolve(): Promise<Descriptor>;
}

/** A blob that is being found. One of the methods may be called, once; they do what `RegistryReader`'s do. */
export interface SoughtBlob {
  /** @throws NAME_UNKNOWN, BLOB_UNKNOWN, BLOB_UPLOAD_INVALID with status 416 */
  open(range?: BlobRange): Promise<OpenBlob>;
  /** @throws NAME_UNKNOWN, BLOB_UNKNOWN */
  resolve(): Promise<Descriptor>;
}

/** What `putManifest` is given. */
export interface ManifestPush {
  readonly content: Uint8Array;
  /** As the client sent it; compared with the manifest's own `mediaType`. */
  readonly contentType: string | undefined;
  /** The digest that the client says the bytes have; checked. */
  readonly digest?: Digest | undefined;
  /** Tags to point at the manifest, all or none. */
  readonly tags: readonly Tag[];
  /** Whether tags that exist may be moved. Decided under the tag's lock. */
  readonly mayOverwrite: boolean;
}

/** What `putManifest` did. */
export interface ManifestReceipt {
  readonly descriptor: Descriptor;
  /** The subject that the manifest names, whether or not it exists. */
  readonly subject?: Digest | undefined;
  readonly tags: readonly Tag[];
}

/** Where a mounted blob may come from. */
export type MountSource =
  | { readonly kind: "repository"; readonly repository: RepositoryName }
  | {
      /** Any repository for which `mayRead` holds. */
      readonly kind: "any";
      readonly mayRead: (repository: RepositoryName) => Promise<boolean>;
    };

/** Adds content to a repository, and creates the repository when it is missing and its organization exists. */
export interface RegistryWriter {
  /** Stores the exact bytes and points the tags at them, in one step. Repeating it changes nothing.
   * @throws NAME_UNKNOWN, MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN, DIGEST_INVALID, SIZE_INVALID, DENIED */
  putManifest(repository: RepositoryName, push: ManifestPush): Promise<ManifestReceipt>;

  /** Stores a blob in one step. @throws NAME_UNKNOWN, DIGEST_INVALID, SIZE_INVALID */
  putBlob(repository: RepositoryName, digest: Digest, source: IncomingBytes): Promise<Descriptor>;

  /** Lets this repository serve a blob that another one has. Answers `undefined` when there is none to be had, and
   * the caller uploads it. @throws NAME_UNKNOWN */
  mountBlob(repository: RepositoryName, digest: Digest, source: MountSource): Promise<Descriptor | undefined>;

  /** @throws NAME_UNKNOWN */
  startUpload(repository: RepositoryName, options?: UploadOptions): Promise<Upload>;

  /** @throws BLOB_UPLOAD_UNKNOWN */
  getUpload(repository: RepositoryName, id: UploadId): Promise<Upload>;

  /** Appends a chunk durably and answers the new length.
   * @throws BLOB_UPLOAD_UNKNOWN, SIZE_INVALID; BLOB_UPLOAD_INVALID with status 416 when the chunk does not start
   * where the last one ended or another chunk is being written */
  appendChunk(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<Upload>;

  /** Appends the last chunk, if any, checks the digest and makes the upload a blob of the repository. After a
   * wrong digest the upload is gone.
   * @throws BLOB_UPLOAD_UNKNOWN, BLOB_UPLOAD_INVALID (416), DIGEST_INVALID, SIZE_INVALID */
  completeUpload(repository: RepositoryName, id: UploadId, digest: Digest, last?: Chunk): Promise<Descriptor>;

  /** @throws BLOB_UPLOAD_UNKNOWN */
  cancelUpload(repository: RepositoryName, id: UploadId): Promise<void>;
}

/** Takes content out of a repository. Where deleting is switched off, every method refuses with UNSUPPORTED. */
export interface RegistryDeleter {
  /** Removes the tag only; other tags of the same manifest stay. @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  deleteTag(repository: RepositoryName, tag: Tag): Promise<void>;

  /** Removes the manifest and every tag of the repository that points at it. @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  deleteManifest(repository: RepositoryName, digest: Digest): Promise<void>;

  /** Unlinks a blob that no manifest of the repository names.
   * @throws NAME_UNKNOWN, BLOB_UNKNOWN, UNSUPPORTED while a manifest names it */
  deleteBlob(repository: RepositoryName, digest: Digest): Promise<void>;
}

/** A manifest that points at a subject. */
export interface Referrer extends Descriptor {
  readonly artifactType: string | undefined;
  readonly annotations: Annotations | undefined;
}

/** Which referrers are asked for. */
export interface ReferrerQuery extends PageRequest<Digest> {
  readonly artifactType?: string | undefined;
}

/** Lists what there is, in byte order. */
export interface RegistryLister {
  /** @throws NAME_UNKNOWN */
  listTags(repository: RepositoryName, page: PageRequest): Promise<Page<Tag>>;

  /** The manifests of this repository whose subject is this digest; none for a digest that is unknown.
   * @throws NAME_UNKNOWN */
  listReferrers(repository: RepositoryName, subject: Digest, query: ReferrerQuery): Promise<Page<Referrer, Digest>>;

  /** Every repository there is, for those who administer or audit the instance. */
  listRepositories(page: PageRequest): Promise<Page<RepositoryName>>;
}

/**
 * An OCI registry, in the words of its specification. Everything else implements this interface, wraps it, serves it
 * or shows it. Refusals are thrown as `RegistryError`; each method lists the codes it may throw.
 */
export interface Registry extends RegistryReader, RegistryWriter, RegistryDeleter, RegistryLister {}
