import { randomUUID } from "node:crypto";
import {
  type Actor,
  type Annotations,
  type BlobRange,
  type Chunk,
  type Descriptor,
  type Digest,
  effectiveArtifactType,
  type IncomingBytes,
  isForeignLayerMediaType,
  type Manifest,
  type ManifestPush,
  type ManifestReceipt,
  type MountSource,
  maximumIndexDepth,
  type OpenBlob,
  type Page,
  type PageRequest,
  parseManifest,
  parseUploadId,
  type Reference,
  type Referrer,
  type ReferrerQuery,
  type Registry,
  RegistryError,
  type RepositoryName,
  type StoredManifest,
  splitDigest,
  splitRepositoryName,
  systemActor,
  type Tag,
  type Upload,
  type UploadId,
  type Visibility,
} from "@layerport/registry-core";
import { concatenate, digestOf } from "./bytes.ts";
import { openMemoryBlob } from "./memory-blob.ts";

/** A registry that is gone when the test ends. */
export interface MemoryRegistry {
  /** The registry as one actor sees it: the same content, and uploads of its own. */
  registryFor(actor?: Actor): Registry;
  /** Absent for a repository that does not exist; private until it is set. */
  visibilityOf(repository: RepositoryName): Visibility | undefined;
  /** Creates the repository when it is missing. */
  setVisibility(repository: RepositoryName, visibility: Visibility): void;
}

interface HeldManifest extends StoredManifest {
  readonly parsed: Manifest;
  readonly depth: number;
}

interface Repository {
  visibility: Visibility;
  readonly blobs: Map<Digest, Uint8Array>;
  readonly manifests: Map<Digest, HeldManifest>;
  readonly tags: Map<Tag, Digest>;
}

interface Session {
  readonly repository: RepositoryName;
  readonly owner: string;
  content: Uint8Array;
  isBeingWritten: boolean;
}

/** Keeps every promise of `Registry` in memory. Only these organizations exist. */
export function memoryRegistry(options: { readonly organizations: readonly string[] }): MemoryRegistry {
  const shelves = new Shelves(options.organizations);
  return {
    registryFor: (actor = systemActor) => new ActorsRegistry(shelves, `${actor.kind}:${actor.id ?? actor.name}`),
    visibilityOf: (repository) => shelves.repositories.get(repository)?.visibility,
    setVisibility(repository, visibility) {
      shelves.obtain(repository).visibility = visibility;
    },
  };
}

/** What all actors share. */
class Shelves {
  readonly repositories = new Map<RepositoryName, Repository>();
  readonly sessions = new Map<UploadId, Session>();
  readonly #organizations: ReadonlySet<string>;

  constructor(organizations: readonly string[]) {
    this.#organizations = new Set(organizations);
  }

  get(name: RepositoryName): Repository {
    const repository = this.repositories.get(name);
    if (repository === undefined) throw new RegistryError("NAME_UNKNOWN", { name });
    return repository;
  }

  /** What a push to this repository finds: it, or an empty one that `obtain` would create. */
  expect(name: RepositoryName): Repository {
    if (!this.#organizations.has(splitRepositoryName(name).organization)) {
      throw new RegistryError("NAME_UNKNOWN", { name });
    }
    return (
      this.repositories.get(name) ?? {
        visibility: "private",
        blobs: new Map(),
        manifests: new Map(),
        tags: new Map(),
      }
    );
  }

  obtain(name: RepositoryName): Repository {
    const repository = this.expect(name);
    this.repositories.set(name, repository);
    return repository;
  }
}

class ActorsRegistry implements Registry {
  readonly #shelves: Shelves;
  readonly #owner: string;

  constructor(shelves: Shelves, owner: string) {
    this.#shelves = shelves;
    this.#owner = owner;
  }

  async getManifest(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    const { digest, mediaType, content } = findManifest(this.#shelves.get(repository), reference);
    return { digest, mediaType, content };
  }

  async resolveManifest(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    return descriptorOf(findManifest(this.#shelves.get(repository), reference));
  }

  async openBlob(repository: RepositoryName, digest: Digest, range?: BlobRange): Promise<OpenBlob> {
    return openMemoryBlob(digest, findBlob(this.#shelves.get(repository), digest), range);
  }

  async resolveBlob(repository: RepositoryName, digest: Digest): Promise<Descriptor> {
    return blobDescriptor(digest, findBlob(this.#shelves.get(repository), digest).length);
  }

  // Nothing is awaited here, so nothing can change between the checks and the effect.
  async putManifest(name: RepositoryName, push: ManifestPush): Promise<ManifestReceipt> {
    const expected = this.#shelves.expect(name);
    const parsed = parseManifest(push.content, push.contentType);
    const digest = push.digest ?? digestOf(push.content);
    checkDigest(digest, push.content);
    checkReferences(expected, parsed);
    const depth = depthOf(expected, parsed);
    if (!push.mayOverwrite) {
      const moved = push.tags.filter((tag) => (expected.tags.get(tag) ?? digest) !== digest);
      if (moved.length > 0) throw new RegistryError("DENIED", { tags: moved });
    }
    const repository = this.#shelves.obtain(name);
    const manifest = repository.manifests.get(digest) ?? {
      digest,
      mediaType: parsed.mediaType,
      content: push.content.slice(),
      parsed,
      depth,
    };
    repository.manifests.set(digest, manifest);
    for (const tag of push.tags) repository.tags.set(tag, digest);
    return { descriptor: descriptorOf(manifest), subject: parsed.subject?.digest, tags: push.tags };
  }

  async putBlob(name: RepositoryName, digest: Digest, source: IncomingBytes): Promise<Descriptor> {
    this.#shelves.expect(name);
    const content = await receive(source);
    checkDigest(digest, content);
    this.#shelves.obtain(name).blobs.set(digest, content);
    return blobDescriptor(digest, content.length);
  }

  async mountBlob(name: RepositoryName, digest: Digest, source: MountSource): Promise<Descriptor | undefined> {
    this.#shelves.expect(name);
    const candidates = source.kind === "repository" ? [source.repository] : [...this.#shelves.repositories.keys()];
    for (const candidate of candidates) {
      if (!this.#shelves.repositories.get(candidate)?.blobs.has(digest)) continue;
      if (source.kind === "any" && !(await source.mayRead(candidate))) continue;
      // Looked up again: the blob may have gone while `mayRead` was asked.
      const content = this.#shelves.repositories.get(candidate)?.blobs.get(digest);
      if (content === undefined) continue;
      this.#shelves.obtain(name).blobs.set(digest, content);
      return blobDescriptor(digest, content.length);
    }
    return undefined;
  }

  // The digest's algorithm is not needed ahead of the digest where all bytes are at hand.
  async startUpload(repository: RepositoryName): Promise<Upload> {
    this.#shelves.obtain(repository);
    const id = parseUploadId(randomUUID());
    const content = new Uint8Array();
    this.#shelves.sessions.set(id, { repository, owner: this.#owner, content, isBeingWritten: false });
    return { id, length: 0 };
  }

  async getUpload(repository: RepositoryName, id: UploadId): Promise<Upload> {
    return { id, length: this.#session(repository, id).content.length };
  }

  async appendChunk(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<Upload> {
    const session = this.#session(repository, id);
    if (session.isBeingWritten || (chunk.start ?? session.content.length) !== session.content.length) {
      const detail = { length: session.content.length };
      throw new RegistryError("BLOB_UPLOAD_INVALID", detail, { status: 416 });
    }
    session.isBeingWritten = true;
    try {
      const received = await receive(chunk);
      // The upload may have been cancelled meanwhile.
      this.#session(repository, id);
      session.content = concatenate([session.content, received]);
      return { id, length: session.content.length };
    } finally {
      session.isBeingWritten = false;
    }
  }

  async completeUpload(repository: RepositoryName, id: UploadId, digest: Digest, last?: Chunk): Promise<Descriptor> {
    await this.appendChunk(repository, id, last ?? { bytes: nothing(), length: 0 });
    const { content } = this.#session(repository, id);
    this.#shelves.sessions.delete(id);
    checkDigest(digest, content);
    this.#shelves.obtain(repository).blobs.set(digest, content);
    return blobDescriptor(digest, content.length);
  }

  async cancelUpload(repository: RepositoryName, id: UploadId): Promise<void> {
    this.#session(repository, id);
    this.#shelves.sessions.delete(id);
  }

  async deleteTag(repository: RepositoryName, tag: Tag): Promise<void> {
    if (!this.#shelves.get(repository).tags.delete(tag)) throw new RegistryError("MANIFEST_UNKNOWN", { tag });
  }

  async deleteManifest(repository: RepositoryName, digest: Digest): Promise<void> {
    const { manifests, tags } = this.#shelves.get(repository);
    if (!manifests.delete(digest)) throw new RegistryError("MANIFEST_UNKNOWN", { digest });
    for (const [tag, target] of tags) if (target === digest) tags.delete(tag);
  }

  async deleteBlob(repository: RepositoryName, digest: Digest): Promise<void> {
    const { blobs, manifests } = this.#shelves.get(repository);
    if (!blobs.has(digest)) throw new RegistryError("BLOB_UNKNOWN", { digest });
    const isNamed = [...manifests.values()].some(({ parsed }) =>
      namedBy(parsed).some((part) => part.digest === digest),
    );
    if (isNamed) throw new RegistryError("UNSUPPORTED", { digest });
    blobs.delete(digest);
  }

  async listTags(repository: RepositoryName, page: PageRequest): Promise<Page<Tag>> {
    return pageOf([...this.#shelves.get(repository).tags.keys()], page, (tag) => tag);
  }

  async listReferrers(
    repository: RepositoryName,
    subject: Digest,
    query: ReferrerQuery,
  ): Promise<Page<Referrer, Digest>> {
    const referrers = [...this.#shelves.get(repository).manifests.values()]
      .filter((manifest) => manifest.parsed.subject?.digest === subject)
      .map(referrerOf)
      .filter((referrer) => query.artifactType === undefined || referrer.artifactType === query.artifactType);
    return pageOf(referrers, query, (referrer) => referrer.digest);
  }

  async listRepositories(page: PageRequest): Promise<Page<RepositoryName>> {
    return pageOf([...this.#shelves.repositories.keys()], page, (name) => name);
  }

  /** Another repository's or another actor's session is as unknown as none (T12). */
  #session(repository: RepositoryName, id: UploadId): Session {
    const session = this.#shelves.sessions.get(id);
    if (session?.repository !== repository || session.owner !== this.#owner) {
      throw new RegistryError("BLOB_UPLOAD_UNKNOWN");
    }
    return session;
  }
}

function findManifest(repository: Repository, reference: Reference): HeldManifest {
  const digest = reference.kind === "digest" ? reference.digest : repository.tags.get(reference.tag);
  const manifest = digest && repository.manifests.get(digest);
  if (!manifest) {
    throw new RegistryError(
      "MANIFEST_UNKNOWN",
      reference.kind === "tag" ? { tag: reference.tag } : { digest: reference.digest },
    );
  }
  return manifest;
}

function findBlob(repository: Repository, digest: Digest): Uint8Array {
  const content = repository.blobs.get(digest);
  if (content === undefined) throw new RegistryError("BLOB_UNKNOWN", { digest });
  return content;
}

function checkDigest(digest: Digest, content: Uint8Array): void {
  if (digestOf(content, splitDigest(digest).algorithm) !== digest)
    throw new RegistryError("DIGEST_INVALID", { digest });
}

/** Config and layers must be here, whole; the manifests of an index may follow later, and so may a subject. */
function checkReferences(repository: Repository, manifest: Manifest): void {
  if (manifest.kind === "index") return;
  const parts = [manifest.config, ...manifest.layers];
  const missing = parts.filter(
    ({ digest, mediaType }) => !repository.blobs.has(digest) && !isForeignLayerMediaType(mediaType),
  );
  if (missing.length > 0) {
    throw new RegistryError("MANIFEST_BLOB_UNKNOWN", { digests: [...new Set(missing.map(({ digest }) => digest))] });
  }
  for (const { digest, size } of parts) {
    const stored = repository.blobs.get(digest)?.length ?? size;
    if (stored !== size) throw new RegistryError("SIZE_INVALID", { digest, size, stored });
  }
}

function depthOf(repository: Repository, manifest: Manifest): number {
  if (manifest.kind === "image") return 0;
  const depths = manifest.manifests.map(({ digest }) => repository.manifests.get(digest)?.depth ?? 0);
  const depth = depths.reduce((deepest, below) => Math.max(deepest, below), 0) + 1;
  if (depth > maximumIndexDepth) {
    throw new RegistryError("MANIFEST_INVALID", { reason: `indexes nested deeper than ${maximumIndexDepth}` });
  }
  return depth;
}

function namedBy(manifest: Manifest): readonly Descriptor[] {
  return manifest.kind === "image" ? [manifest.config, ...manifest.layers] : manifest.manifests;
}

function descriptorOf(manifest: HeldManifest): Descriptor {
  return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.content.length };
}

function blobDescriptor(digest: Digest, size: number): Descriptor {
  return { mediaType: "application/octet-stream", digest, size };
}

function referrerOf(manifest: HeldManifest): Referrer {
  const annotations: Annotations | undefined = manifest.parsed.annotations;
  return { ...descriptorOf(manifest), artifactType: effectiveArtifactType(manifest.parsed), annotations };
}

/** Names, tags and digests are ASCII, so comparing their characters compares their bytes. */
function pageOf<Entry, Cursor extends string>(
  entries: readonly Entry[],
  page: PageRequest<Cursor>,
  cursorOf: (entry: Entry) => Cursor,
): Page<Entry, Cursor> {
  const after = page.after ?? "";
  const rest = entries
    .filter((entry) => cursorOf(entry) > after)
    .toSorted((one, other) => (cursorOf(one) < cursorOf(other) ? -1 : 1));
  const part = rest.slice(0, page.limit);
  const last = part.at(-1);
  return { entries: part, next: last !== undefined && rest.length > part.length ? cursorOf(last) : undefined };
}

/** Everything that was sent, when it is as long as was declared. */
async function receive(source: IncomingBytes): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const declared = source.length ?? Number.MAX_SAFE_INTEGER;
  for await (const part of source.bytes) {
    length += part.length;
    if (length > declared) throw new RegistryError("SIZE_INVALID", { declared });
    parts.push(part.slice());
  }
  if (source.length !== undefined && length !== declared) throw new RegistryError("SIZE_INVALID", { declared, length });
  return concatenate(parts);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
