// THE SHELVES: Registry and Catalog over Postgres and a blob store. It imports database, blob-storage and
// registry-core; what it needs of accounts (the audit record) an app hands in.
// Begin with registry-store.ts, which puts the parts together, then put-manifest.ts and upload-writer.ts for pushes,
// manifests.ts and blobs.ts for pulls, catalog/ for what people browse.

export { openCatalog } from "./catalog/catalog.ts";
export type { PushEvent } from "./pushes.ts";
export { openRegistryStore, type RegistryStore, type RegistryStoreOptions } from "./registry-store.ts";
