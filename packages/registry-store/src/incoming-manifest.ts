import type { Digest, ImageConfig, Manifest, Tag } from "@layerport/registry-core";

/** A manifest on its way in: understood, and not yet stored. */
export interface IncomingManifest {
  readonly digest: Digest;
  readonly content: Uint8Array;
  readonly manifest: Manifest;
  readonly config: ImageConfig | undefined;
  /** Each once. */
  readonly tags: readonly Tag[];
  readonly mayOverwrite: boolean;
}
