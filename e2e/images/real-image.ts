import type { Recipe } from "./image-cache.ts";

/** What a test may know about a real image without reading it. */
export interface ImageSummary {
  /** `oci` for an OCI layout, `dir` for a folder as `skopeo copy dir:` reads it. */
  readonly transport: "oci" | "dir";
  /** The tag inside an OCI layout; a `dir` folder holds one image and no tag. */
  readonly tag?: string;
  /** The digest of the manifest or index that the tag names. */
  readonly digest: string;
  readonly mediaType: string;
  /** Empty for an artifact that is no image. */
  readonly platforms: readonly string[];
}

/** A real image on disk. */
export interface RealImage extends ImageSummary {
  readonly layout: string;
  /** How skopeo, podman and buildah name it: `oci:<layout>:<tag>` or `dir:<layout>`. */
  readonly reference: string;
}

/** A recipe whose folder is one image. */
export type ImageRecipe = Recipe<ImageSummary>;
