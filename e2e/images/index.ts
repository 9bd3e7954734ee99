/**
 * Real images for tests and measurements, made from Debian's packages and kept outside the source tree. They need
 * apt-get, dpkg-deb and mmdebstrap. Begin with `node-app.ts`, which shows a recipe whole; `image-cache.ts` says when
 * one is made anew. This room imports nothing of Layerport.
 */
import { sbomArtifact, signatureArtifact } from "./artifact.ts";
import { busybox } from "./busybox.ts";
import { debian } from "./debian.ts";
import { dockerManifestList, dockerSchema2 } from "./docker-schema2.ts";
import { make } from "./image-cache.ts";
import { multiArch, multiArchAttested } from "./multi-arch.ts";
import { nodeApp } from "./node-app.ts";
import type { ImageRecipe, RealImage } from "./real-image.ts";
import { zstd } from "./zstd.ts";

export type { RealImage } from "./real-image.ts";

const recipes = {
  busybox,
  debian,
  "node-app": nodeApp,
  "multi-arch": multiArch,
  "multi-arch-attested": multiArchAttested,
  zstd,
  "docker-schema2": dockerSchema2,
  "docker-manifest-list": dockerManifestList,
  "artifact-sbom": sbomArtifact,
  "artifact-signature": signatureArtifact,
} as const satisfies Record<string, ImageRecipe>;

/** The name of an image that can be asked for. */
export type RealImageName = keyof typeof recipes;

/** Every name, smallest and most plain first. */
export const realImageNames: readonly RealImageName[] = Object.keys(recipes).filter(
  (name): name is RealImageName => name in recipes,
);

/** One image; what it is made of is made first, and nothing else. */
export async function realImage(name: RealImageName): Promise<RealImage> {
  const { folder, summary } = await make(recipes[name]);
  const reference =
    summary.transport === "oci" && summary.tag !== undefined ? `oci:${folder}:${summary.tag}` : `dir:${folder}`;
  return { ...summary, layout: folder, reference };
}

/** All images by name. The first call may take two minutes, each later one some milliseconds. */
export async function realImages(): Promise<Readonly<Record<RealImageName, RealImage>>> {
  const [busyboxImage, debianImage] = await Promise.all([realImage("busybox"), realImage("debian")]);
  return {
    busybox: busyboxImage,
    debian: debianImage,
    "node-app": await realImage("node-app"),
    "multi-arch": await realImage("multi-arch"),
    "multi-arch-attested": await realImage("multi-arch-attested"),
    zstd: await realImage("zstd"),
    "docker-schema2": await realImage("docker-schema2"),
    "docker-manifest-list": await realImage("docker-manifest-list"),
    "artifact-sbom": await realImage("artifact-sbom"),
    "artifact-signature": await realImage("artifact-signature"),
  };
}
