import {
  type Actor,
  type BlobRange,
  type Chunk,
  type Descriptor,
  type Digest,
  type IncomingBytes,
  type ManifestPush,
  type ManifestReceipt,
  type MountSource,
  type OpenBlob,
  type Page,
  type PageRequest,
  type Reference,
  type Referrer,
  type ReferrerQuery,
  type Registry,
  RegistryError,
  type RegistrySeeker,
  type RepositoryName,
  type SoughtBlob,
  type SoughtManifest,
  type StoredManifest,
  type Tag,
  type Upload,
  type UploadId,
  type UploadOptions,
} from "@layerport/registry-core";
import type { BlobIntake } from "./blob-intake.ts";
import type { BlobLinks } from "./blob-links.ts";
import { type Blobs, blobDescriptor } from "./blobs.ts";
import type { ManifestRemoval } from "./delete-manifest.ts";
import type { Lists } from "./lists.ts";
import type { Manifests } from "./manifests.ts";
import type { ManifestIntake } from "./put-manifest.ts";
import type { Repositories } from "./repositories.ts";
import type { Uploads } from "./uploads.ts";

/** The parts of the store, each of which knows one thing. */
export interface StoreParts {
  readonly repositories: Repositories;
  readonly manifests: Manifests;
  readonly manifestIntake: ManifestIntake;
  readonly manifestRemoval: ManifestRemoval;
  readonly blobs: Blobs;
  readonly blobIntake: BlobIntake;
  readonly blobLinks: BlobLinks;
  readonly uploads: Uploads;
  readonly lists: Lists;
  /** The one gate of everything that deletes. */
  readonly allowsDeletes: boolean;
}

/** The store as one actor uses it. A class, because one is made for every request. */
export class StoreRegistry implements Registry, RegistrySeeker {
  readonly #parts: StoreParts;
  readonly #actor: Actor;

  constructor(parts: StoreParts, actor: Actor) {
    this.#parts = parts;
    this.#actor = actor;
  }

  getManifest(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    return this.seekManifest(repository, reference).get();
  }

  resolveManifest(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    return this.seekManifest(repository, reference).resolve();
  }

  seekManifest(repository: RepositoryName, reference: Reference): SoughtManifest {
    return this.#parts.manifests.seek(repository, reference);
  }

  openBlob(repository: RepositoryName, digest: Digest, range?: BlobRange): Promise<OpenBlob> {
    return this.#parts.blobs.open(repository, digest, range);
  }

  resolveBlob(repository: RepositoryName, digest: Digest): Promise<Descriptor> {
    return this.#parts.blobs.resolve(repository, digest);
  }

  seekBlob(repository: RepositoryName, digest: Digest): SoughtBlob {
    return this.#parts.blobs.seek(repository, digest);
  }

  putManifest(repository: RepositoryName, push: ManifestPush): Promise<ManifestReceipt> {
    return this.#parts.manifestIntake.put(repository, this.#actor, push);
  }

  async putBlob(repository: RepositoryName, digest: Digest, source: IncomingBytes): Promise<Descriptor> {
    const { repositories, blobIntake } = this.#parts;
    // Before the bytes are taken: a name that nobody can push to costs nothing.
    const by = { repository, actor: this.#actor, place: await repositories.placeOf(repository) };
    const size = await blobIntake.put({ change: (work) => repositories.change(by, work) }, digest, source);
    return blobDescriptor(digest, size);
  }

  mountBlob(repository: RepositoryName, digest: Digest, source: MountSource): Promise<Descriptor | undefined> {
    return this.#parts.blobLinks.mount({ repository, actor: this.#actor }, digest, source);
  }

  startUpload(repository: RepositoryName, options?: UploadOptions): Promise<Upload> {
    return this.#parts.uploads.start(repository, this.#actor, options);
  }

  getUpload(repository: RepositoryName, id: UploadId): Promise<Upload> {
    return this.#parts.uploads.get({ repository, id, actor: this.#actor });
  }

  appendChunk(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<Upload> {
    return this.#parts.uploads.append({ repository, id, actor: this.#actor }, chunk);
  }

  async completeUpload(repository: RepositoryName, id: UploadId, digest: Digest, last?: Chunk): Promise<Descriptor> {
    const size = await this.#parts.uploads.complete({ repository, id, actor: this.#actor }, digest, last);
    return blobDescriptor(digest, size);
  }

  cancelUpload(repository: RepositoryName, id: UploadId): Promise<void> {
    return this.#parts.uploads.cancel({ repository, id, actor: this.#actor });
  }

  async deleteTag(repository: RepositoryName, tag: Tag): Promise<void> {
    this.#requireDeletes();
    return this.#parts.manifestRemoval.deleteTag(repository, tag, this.#actor);
  }

  async deleteManifest(repository: RepositoryName, digest: Digest): Promise<void> {
    this.#requireDeletes();
    return this.#parts.manifestRemoval.deleteManifest(repository, digest, this.#actor);
  }

  async deleteBlob(repository: RepositoryName, digest: Digest): Promise<void> {
    this.#requireDeletes();
    return this.#parts.blobLinks.unlink(repository, digest);
  }

  #requireDeletes(): void {
    if (this.#parts.allowsDeletes) return;
    throw new RegistryError("UNSUPPORTED", undefined, { message: "deleting is switched off in this registry" });
  }

  listTags(repository: RepositoryName, page: PageRequest): Promise<Page<Tag>> {
    return this.#parts.lists.tags(repository, page);
  }

  listReferrers(repository: RepositoryName, subject: Digest, query: ReferrerQuery): Promise<Page<Referrer, Digest>> {
    return this.#parts.lists.referrers(repository, subject, query);
  }

  listRepositories(page: PageRequest): Promise<Page<RepositoryName>> {
    return this.#parts.lists.repositories(page);
  }
}
