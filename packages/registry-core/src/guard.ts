import type { Descriptor } from "./descriptor.ts";
import type { Digest } from "./digest.ts";
import type { StoredManifest } from "./manifest.ts";
import type { Page, PageRequest } from "./page.ts";
import type { May, Permission } from "./permission.ts";
import type { Reference, Tag } from "./reference.ts";
import type {
  ManifestPush,
  ManifestReceipt,
  MountSource,
  Referrer,
  ReferrerQuery,
  Registry,
  RegistrySeeker,
} from "./registry.ts";
import { RegistryError } from "./registry-error.ts";
import type { RepositoryName } from "./repository-name.ts";
import type { BlobRange, Chunk, IncomingBytes, OpenBlob, Upload, UploadId, UploadOptions } from "./upload.ts";

/** For whom a registry is guarded. */
export interface Guarded {
  readonly may: May;
  /** Whether the caller may list every repository there is. */
  readonly mayListRepositories: boolean;
}

type Seekable = Registry & Partial<RegistrySeeker>;

/**
 * The registry as one caller may use it. Every method asks `may` before it touches the registry, and answers
 * UNAUTHORIZED alike for what is absent and for what the caller may not see. Push is never granted without pull. What
 * a registry can seek is sought from the moment `may` is asked, and a refusal waits for none of it.
 */
export function guard(registry: Seekable, caller: Guarded): Registry {
  return new GuardedRegistry(registry, caller);
}

/** Refuses as the guard does, for callers that must know before they read what they would hand to the registry.
 * @throws UNAUTHORIZED */
export async function requirePermissions(
  caller: Guarded,
  repository: RepositoryName,
  needed: readonly Permission[],
): Promise<void> {
  const held = await Promise.all(needed.map((permission) => caller.may(repository, permission)));
  if (held.includes(false)) throw new RegistryError("UNAUTHORIZED");
}

// A class, not an object of closures: one is made for every request.
class GuardedRegistry implements Registry {
  readonly #registry: Seekable;
  readonly #caller: Guarded;

  constructor(registry: Seekable, caller: Guarded) {
    this.#registry = registry;
    this.#caller = caller;
  }

  #require(repository: RepositoryName, ...needed: readonly Permission[]): Promise<void> {
    return requirePermissions(this.#caller, repository, needed);
  }

  async getManifest(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    const allowed = this.#require(repository, "pull");
    const sought = this.#registry.seekManifest?.(repository, reference);
    await allowed;
    return sought ? sought.get() : this.#registry.getManifest(repository, reference);
  }

  async resolveManifest(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    const allowed = this.#require(repository, "pull");
    const sought = this.#registry.seekManifest?.(repository, reference);
    await allowed;
    return sought ? sought.resolve() : this.#registry.resolveManifest(repository, reference);
  }

  async openBlob(repository: RepositoryName, digest: Digest, range?: BlobRange): Promise<OpenBlob> {
    const allowed = this.#require(repository, "pull");
    const sought = this.#registry.seekBlob?.(repository, digest);
    await allowed;
    return sought ? sought.open(range) : this.#registry.openBlob(repository, digest, range);
  }

  async resolveBlob(repository: RepositoryName, digest: Digest): Promise<Descriptor> {
    const allowed = this.#require(repository, "pull");
    const sought = this.#registry.seekBlob?.(repository, digest);
    await allowed;
    return sought ? sought.resolve() : this.#registry.resolveBlob(repository, digest);
  }

  async putManifest(repository: RepositoryName, push: ManifestPush): Promise<ManifestReceipt> {
    // All are asked for at once, since each question alone would cost a push a round trip.
    const [, mayOverwrite] = await Promise.all([
      this.#require(repository, "pull", "push"),
      push.mayOverwrite && this.#caller.may(repository, "overwrite"),
    ]);
    return this.#registry.putManifest(repository, { ...push, mayOverwrite });
  }

  async putBlob(repository: RepositoryName, digest: Digest, source: IncomingBytes): Promise<Descriptor> {
    await this.#require(repository, "pull", "push");
    return this.#registry.putBlob(repository, digest, source);
  }

  async mountBlob(repository: RepositoryName, digest: Digest, source: MountSource): Promise<Descriptor | undefined> {
    await this.#require(repository, "pull", "push");
    if (source.kind === "repository") {
      // Not a refusal: the client then uploads the blob, and learns nothing about the other repository.
      if (!(await this.#caller.may(source.repository, "pull"))) return undefined;
      return this.#registry.mountBlob(repository, digest, source);
    }
    const mayRead = async (candidate: RepositoryName) =>
      (await source.mayRead(candidate)) && (await this.#caller.may(candidate, "pull"));
    return this.#registry.mountBlob(repository, digest, { kind: "any", mayRead });
  }

  async startUpload(repository: RepositoryName, options?: UploadOptions): Promise<Upload> {
    await this.#require(repository, "pull", "push");
    return this.#registry.startUpload(repository, options);
  }

  async getUpload(repository: RepositoryName, id: UploadId): Promise<Upload> {
    await this.#require(repository, "pull", "push");
    return this.#registry.getUpload(repository, id);
  }

  async appendChunk(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<Upload> {
    await this.#require(repository, "pull", "push");
    return this.#registry.appendChunk(repository, id, chunk);
  }

  async completeUpload(repository: RepositoryName, id: UploadId, digest: Digest, last?: Chunk): Promise<Descriptor> {
    await this.#require(repository, "pull", "push");
    return this.#registry.completeUpload(repository, id, digest, last);
  }

  async cancelUpload(repository: RepositoryName, id: UploadId): Promise<void> {
    await this.#require(repository, "pull", "push");
    return this.#registry.cancelUpload(repository, id);
  }

  async deleteTag(repository: RepositoryName, tag: Tag): Promise<void> {
    await this.#require(repository, "delete");
    return this.#registry.deleteTag(repository, tag);
  }

  async deleteManifest(repository: RepositoryName, digest: Digest): Promise<void> {
    await this.#require(repository, "delete");
    return this.#registry.deleteManifest(repository, digest);
  }

  async deleteBlob(repository: RepositoryName, digest: Digest): Promise<void> {
    await this.#require(repository, "delete");
    return this.#registry.deleteBlob(repository, digest);
  }

  async listTags(repository: RepositoryName, page: PageRequest): Promise<Page<Tag>> {
    await this.#require(repository, "pull");
    return this.#registry.listTags(repository, page);
  }

  async listReferrers(
    repository: RepositoryName,
    subject: Digest,
    query: ReferrerQuery,
  ): Promise<Page<Referrer, Digest>> {
    await this.#require(repository, "pull");
    return this.#registry.listReferrers(repository, subject, query);
  }

  async listRepositories(page: PageRequest): Promise<Page<RepositoryName>> {
    if (!this.#caller.mayListRepositories) throw new RegistryError("UNAUTHORIZED");
    return this.#registry.listRepositories(page);
  }
}
