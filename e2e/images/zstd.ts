import { type ImageConfig, type ImageManifest, putImage } from "./image.ts";
import { make } from "./image-cache.ts";
import { nodeApp } from "./node-app.ts";
import { type Descriptor, OciLayout, readJsonBlob } from "./oci-layout.ts";
import { openLayer } from "./read-layer.ts";
import type { ImageRecipe } from "./real-image.ts";

/** The same image as `node-app` down to its configuration's digest, with every layer packed by zstd. */
export const zstd: ImageRecipe = {
  name: "zstd",
  source: import.meta.url,
  needs: [nodeApp],

  async build(folder) {
    const from = await make(nodeApp);
    const manifest = await readJsonBlob<ImageManifest>(from.folder, from.summary.digest);
    const config = await readJsonBlob<ImageConfig>(from.folder, manifest.config.digest);
    const layout = new OciLayout(folder);
    const layers: Descriptor[] = [];
    for (const layer of manifest.layers) {
      layers.push((await layout.putLayer(openLayer(from.folder, layer), "zstd")).descriptor);
    }
    const descriptor = await putImage(layout, config, { layers });
    await layout.finish({ zstd: descriptor });
    return {
      transport: "oci",
      tag: "zstd",
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      platforms: from.summary.platforms,
    };
  },
};
