import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { busybox } from "./busybox.ts";
import type { ImageIndex, ImageManifest } from "./image.ts";
import { make } from "./image-cache.ts";
import { multiArch } from "./multi-arch.ts";
import { blobPath, type Descriptor, digestOf, linkOnce, mediaTypes, readJsonBlob } from "./oci-layout.ts";
import type { ImageRecipe } from "./real-image.ts";

/** `busybox` as `docker push` sends it: a Docker schema 2 manifest over the same layer. */
export const dockerSchema2: ImageRecipe = {
  name: "docker-schema2",
  source: import.meta.url,
  needs: [busybox],

  async build(folder) {
    const from = await make(busybox);
    const manifest = await dockerManifest(from.folder, from.summary.digest, folder);
    await writeFile(join(folder, "manifest.json"), manifest);
    await finish(folder);
    return {
      transport: "dir",
      digest: digestOf(manifest),
      mediaType: mediaTypes.dockerManifest,
      platforms: from.summary.platforms,
    };
  },
};

/** `multi-arch` as a Docker manifest list. */
export const dockerManifestList: ImageRecipe = {
  name: "docker-manifest-list",
  source: import.meta.url,
  needs: [multiArch],

  async build(folder) {
    const from = await make(multiArch);
    const index = await readJsonBlob<ImageIndex>(from.folder, from.summary.digest);
    const manifests: Descriptor[] = [];
    for (const image of index.manifests) {
      const manifest = await dockerManifest(from.folder, image.digest, folder);
      const digest = digestOf(manifest);
      await writeFile(join(folder, `${hexOf(digest)}.manifest.json`), manifest);
      const { platform } = image;
      manifests.push({
        mediaType: mediaTypes.dockerManifest,
        size: Buffer.byteLength(manifest),
        digest,
        ...(platform ? { platform } : {}),
      });
    }
    const list = formatManifest({ schemaVersion: 2, mediaType: mediaTypes.dockerList, manifests });
    await writeFile(join(folder, "manifest.json"), list);
    await finish(folder);
    return {
      transport: "dir",
      digest: digestOf(list),
      mediaType: mediaTypes.dockerList,
      platforms: from.summary.platforms,
    };
  },
};

/** Writes an OCI image's blobs beside each other, and answers its manifest in Docker's words. */
async function dockerManifest(from: string, digest: string, folder: string): Promise<string> {
  const { config, layers } = await readJsonBlob<ImageManifest>(from, digest);
  for (const blob of [config, ...layers]) {
    await linkOnce(blobPath(from, blob.digest), join(folder, hexOf(blob.digest)));
  }
  return formatManifest({
    schemaVersion: 2,
    mediaType: mediaTypes.dockerManifest,
    config: dockerDescriptor(mediaTypes.dockerConfig, config),
    layers: layers.map((layer) => dockerDescriptor(mediaTypes.dockerLayer, layer)),
  });
}

function dockerDescriptor(mediaType: string, { size, digest }: Descriptor): Descriptor {
  return { mediaType, size, digest };
}

/** Docker indents its manifests by three spaces, and the digest covers them. */
function formatManifest(manifest: ImageManifest | ImageIndex): string {
  return JSON.stringify(manifest, null, 3);
}

/** The `dir` transport names blobs by the bare hexadecimal part of their digest. */
function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}

async function finish(folder: string): Promise<void> {
  await writeFile(join(folder, "version"), "Directory Transport Version: 1.1\n");
}
