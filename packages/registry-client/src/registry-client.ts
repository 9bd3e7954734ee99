import type {
  BlobRange,
  Chunk,
  Descriptor,
  Digest,
  IncomingBytes,
  ManifestPush,
  ManifestReceipt,
  MountSource,
  OpenBlob,
  Page,
  PageRequest,
  Reference,
  Referrer,
  ReferrerQuery,
  Registry,
  RepositoryName,
  StoredManifest,
  Tag,
  Upload,
  UploadId,
  UploadOptions,
} from "@layerport/registry-core";
import type { ResolveName } from "./address-guard.ts";
import type { RegistryCredentials } from "./credentials.ts";
import { defaultFetchLimits, type FetchLimits } from "./fetch-limits.ts";
import { RepositoryPaths } from "./repository-paths.ts";
import { Transport } from "./transport.ts";
import { formatRange, UpstreamBlob } from "./upstream-blob.ts";
import { UpstreamLists } from "./upstream-lists.ts";
import { UpstreamManifests } from "./upstream-manifests.ts";
import { type StartedUpload, UpstreamUploads } from "./upstream-uploads.ts";
import { parseRegistryUrl } from "./upstream-url.ts";
import { discard, Wire } from "./wire.ts";

/** Which registry, and how far it is trusted. */
export interface RegistryClientOptions {
  /** `https://registry.example` or, for a registry that is spoken to in the clear, `http://…`. */
  readonly url: string;
  /** Without them, what is open to everybody. */
  readonly credentials?: RegistryCredentials | undefined;
  readonly fetchLimits?: Partial<FetchLimits> | undefined;
  /** Whether the registry, and what it leads to, may be on this machine or in its network: all of it, or these hosts. */
  readonly allowPrivateAddresses?: boolean | readonly string[] | undefined;
  /** Other hosts that the registry may name as the place to get tokens from. */
  readonly realmHosts?: readonly string[] | undefined;
  /** How names become addresses; as the system does it unless told otherwise. */
  readonly resolveName?: ResolveName | undefined;
}

/** Another registry, over HTTP. Everything that is thrown is a `RegistryError` that it refused with, or an `UpstreamError`. */
export interface RegistryClient extends Registry {
  startUpload(repository: RepositoryName, options?: UploadOptions): Promise<StartedUpload>;
  /** Ends its connections, and whatever is under way on them. */
  close(): Promise<void>;
}

/** Opens a registry; nothing is sent before it is used. @throws UpstreamError for an address that is none */
export function openRegistryClient(options: RegistryClientOptions): RegistryClient {
  const registry = parseRegistryUrl(options.url);
  const limits: FetchLimits = { ...defaultFetchLimits, ...options.fetchLimits };
  const { allowPrivateAddresses = false, credentials, realmHosts = [], resolveName } = options;
  const wire = new Wire({ limits, allowPrivateAddresses, resolveName });
  return new HttpRegistry(new Transport({ wire, limits, registry, credentials, realmHosts }));
}

class HttpRegistry implements RegistryClient {
  readonly #transport: Transport;
  readonly #paths: RepositoryPaths;
  readonly #manifests: UpstreamManifests;
  readonly #uploads: UpstreamUploads;
  readonly #lists: UpstreamLists;

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#paths = new RepositoryPaths(transport.registry);
    this.#manifests = new UpstreamManifests(transport, this.#paths);
    this.#uploads = new UpstreamUploads(transport, this.#paths);
    this.#lists = new UpstreamLists(transport, this.#paths, this.#manifests);
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  getManifest(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    return this.#manifests.get(repository, reference);
  }

  resolveManifest(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    return this.#manifests.resolve(repository, reference);
  }

  async openBlob(repository: RepositoryName, digest: Digest, range?: BlobRange): Promise<OpenBlob> {
    const { limits } = this.#transport;
    const answer = await this.#transport.ask({
      method: "GET",
      target: this.#paths.path(repository, `blobs/${digest}`),
      scopes: this.#paths.scopes(repository, "pull"),
      headers: range === undefined ? {} : { range: formatRange(range) },
      expected: range === undefined ? [200] : [200, 206],
      notFound: "BLOB_UNKNOWN",
    });
    return new UpstreamBlob(answer, { digest, range, limits });
  }

  async resolveBlob(repository: RepositoryName, digest: Digest): Promise<Descriptor> {
    const size = await this.#uploads.sizeOf(repository, digest);
    return { mediaType: "application/octet-stream", digest, size };
  }

  putManifest(repository: RepositoryName, push: ManifestPush): Promise<ManifestReceipt> {
    return this.#manifests.put(repository, push);
  }

  putBlob(repository: RepositoryName, digest: Digest, source: IncomingBytes): Promise<Descriptor> {
    return this.#uploads.putBlob(repository, digest, source);
  }

  mountBlob(repository: RepositoryName, digest: Digest, source: MountSource): Promise<Descriptor | undefined> {
    return this.#uploads.mount(repository, digest, source);
  }

  startUpload(repository: RepositoryName, options?: UploadOptions): Promise<StartedUpload> {
    return this.#uploads.start(repository, options);
  }

  getUpload(repository: RepositoryName, id: UploadId): Promise<Upload> {
    return this.#uploads.get(repository, id);
  }

  appendChunk(repository: RepositoryName, id: UploadId, chunk: Chunk): Promise<Upload> {
    return this.#uploads.append(repository, id, chunk);
  }

  completeUpload(repository: RepositoryName, id: UploadId, digest: Digest, last?: Chunk): Promise<Descriptor> {
    return this.#uploads.complete(repository, id, digest, last);
  }

  cancelUpload(repository: RepositoryName, id: UploadId): Promise<void> {
    return this.#uploads.cancel(repository, id);
  }

  deleteTag(repository: RepositoryName, tag: Tag): Promise<void> {
    return this.#manifests.delete(repository, { kind: "tag", tag });
  }

  deleteManifest(repository: RepositoryName, digest: Digest): Promise<void> {
    return this.#manifests.delete(repository, { kind: "digest", digest });
  }

  async deleteBlob(repository: RepositoryName, digest: Digest): Promise<void> {
    const answer = await this.#transport.ask({
      method: "DELETE",
      target: this.#paths.path(repository, `blobs/${digest}`),
      scopes: this.#paths.scopes(repository, "delete"),
      expected: [200, 202, 204],
      notFound: "BLOB_UNKNOWN",
    });
    await discard(answer);
  }

  listTags(repository: RepositoryName, page: PageRequest): Promise<Page<Tag>> {
    return this.#lists.listTags(repository, page);
  }

  listReferrers(repository: RepositoryName, subject: Digest, query: ReferrerQuery): Promise<Page<Referrer, Digest>> {
    return this.#lists.listReferrers(repository, subject, query);
  }

  listRepositories(page: PageRequest): Promise<Page<RepositoryName>> {
    return this.#lists.listRepositories(page);
  }
}
