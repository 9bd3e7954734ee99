import type { Actor, Digest, ImageConfig, Manifest, RepositoryName, Tag } from "@layerport/registry-core";
import type { RepositoryPlace } from "./repositories.ts";

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

/** Who pushes where. */
export interface Pusher {
  readonly repository: RepositoryName;
  readonly actor: Actor;
  readonly place: RepositoryPlace;
}
