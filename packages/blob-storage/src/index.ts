// THE CELLAR: bytes under a key, staged while they arrive and published when they are whole. It knows no repository,
// no user and no SQL, and imports nothing but Node's own modules.
// Begin with blob-store.ts, the interface; filesystem-blob-store.ts keeps its promises on a disk, in the write order
// that a crash cannot break; contract.ts is those promises as tests, run over every implementation.

export type {
  BlobKey,
  BlobStore,
  ByteRange,
  ByteSource,
  Destination,
  OpenBytes,
  StagedEntry,
  StoredEntry,
} from "./blob-store.ts";
export { BufferPool } from "./buffer-pool.ts";
export { ByteBudget } from "./byte-budget.ts";
export { type FilesystemBlobStoreOptions, filesystemBlobStore } from "./filesystem-blob-store.ts";
export { memoryBlobStore } from "./memory-blob-store.ts";
export { StorageError, type StorageErrorCode } from "./storage-error.ts";
export type { StorageFile, StorageFiles } from "./storage-files.ts";
