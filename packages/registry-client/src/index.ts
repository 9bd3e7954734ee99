// The road: the Registry interface over HTTP to any other registry. It may import registry-core only.
// Begin with registry-client.ts, then transport.ts (signing in, redirects, refusals) and wire.ts (connections, limits).

export type { ResolveName } from "./address-guard.ts";
export { isPublicAddress } from "./address-guard.ts";
export type { RegistryCredentials } from "./credentials.ts";
export { defaultFetchLimits, type FetchLimits } from "./fetch-limits.ts";
export { openRegistryClient, type RegistryClient, type RegistryClientOptions } from "./registry-client.ts";
export { UpstreamError, type UpstreamFailure } from "./upstream-error.ts";
export type { StartedUpload } from "./upstream-uploads.ts";
