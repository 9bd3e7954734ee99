// The vocabulary of Layerport: every word of the domain, every interface, every rule that needs no input or output.
// It imports nothing, and every other room imports it. Begin with registry.ts, then catalog.ts and registry-error.ts.

export { type Actor, type AuditEvent, type Json, systemActor } from "./actor.ts";
export type {
  ActivityEntry,
  Catalog,
  ImageDescription,
  LayerDescription,
  PlatformImage,
  PlatformImageDescription,
  RepositoryDescription,
  RepositoryPage,
  RepositoryQuery,
  RepositorySummary,
  StackEntry,
  TagEventKind,
  TagOrder,
  TagPage,
  TagQuery,
  TagSummary,
} from "./catalog.ts";
export { type Annotations, type Descriptor, formatPlatform, type Platform } from "./descriptor.ts";
export {
  type Digest,
  type DigestAlgorithm,
  formatDigest,
  isDigest,
  parseDigest,
  parseDigestAlgorithm,
  shorten,
  splitDigest,
} from "./digest.ts";
export { type Guarded, guard, requirePermissions } from "./guard.ts";
export { guardCatalog } from "./guard-catalog.ts";
export { type HistoryEntry, type ImageConfig, readImageConfig } from "./image-config.ts";
export { type JsonLimits, manifestJsonLimits, scanJson } from "./json-scan.ts";
export {
  effectiveArtifactType,
  type ImageIndex,
  type ImageManifest,
  type Manifest,
  maximumIndexChildren,
  maximumIndexDepth,
  maximumManifestBytes,
  parseManifest,
  type StoredManifest,
} from "./manifest.ts";
export {
  baseMediaType,
  isForeignLayerMediaType,
  isImageConfigMediaType,
  isImageManifestMediaType,
  isIndexMediaType,
  mediaTypes,
} from "./media-type.ts";
export type { Page, PageRequest } from "./page.ts";
export {
  type KnownRepository,
  type May,
  type Permission,
  permissions,
  permissionsOf,
  type ReadRule,
  type ReadScope,
  type Role,
  roles,
  type Visibility,
  withImplied,
} from "./permission.ts";
export { formatReference, parseReference, parseTag, type Reference, type Tag } from "./reference.ts";
export type {
  ManifestPush,
  ManifestReceipt,
  MountSource,
  Referrer,
  ReferrerQuery,
  Registry,
  RegistryDeleter,
  RegistryLister,
  RegistryReader,
  RegistrySeeker,
  RegistryWriter,
  SoughtBlob,
  SoughtManifest,
} from "./registry.ts";
export {
  RegistryError,
  type RegistryErrorCode,
  type RegistryErrorDetail,
  type RegistryErrorOptions,
  registryErrorCodes,
} from "./registry-error.ts";
export {
  joinRepositoryName,
  libraryOrganization,
  type OrganizationName,
  parseOrganizationName,
  parseRepositoryName,
  type RepositoryName,
  splitRepositoryName,
} from "./repository-name.ts";
export {
  matchesGlob,
  matchesRepositoryPattern,
  parseRepositoryPattern,
  type RepositoryPattern,
} from "./repository-pattern.ts";
export { formatScope, parseScope, type Scope, type ScopeAction } from "./scope.ts";
export {
  type BlobRange,
  type ByteDestination,
  type Chunk,
  type IncomingBytes,
  type OpenBlob,
  parseUploadId,
  type Upload,
  type UploadId,
  type UploadOptions,
} from "./upload.ts";
export { isPreRelease, versionSortKey } from "./version-order.ts";
