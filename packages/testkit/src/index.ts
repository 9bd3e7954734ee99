// What tests share: made images, a registry in memory, the promises of every registry as tests, a database for each
// test file. It may import registry-core and database; no production room imports it. Begin with image.ts for
// fixtures and registry-contract.ts for what a registry must keep.

export { bytes, collect, concatenate, digestOf, sending, sendingThenFailing } from "./bytes.ts";
export { expireAccessTokens } from "./expire-access-token.ts";
export {
  type ArtifactOptions,
  artifact,
  type BlobFixture,
  blob,
  type ImageFixture,
  type ImageOptions,
  type IndexOptions,
  image,
  imageManifest,
  index,
  type ManifestFixture,
  type ManifestOptions,
  push,
  pushBlob,
} from "./image.ts";
export { type MemoryRegistry, memoryRegistry } from "./memory-registry.ts";
export { type RegistryFeature, type RegistryFixture, registryContract } from "./registry-contract.ts";
export { tar } from "./tar.ts";
export { testDatabase } from "./test-database.ts";
export { testSecrets } from "./test-secrets.ts";
