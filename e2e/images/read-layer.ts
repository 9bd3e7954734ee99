import { pipeline, type Readable, type Transform } from "node:stream";
import { text } from "node:stream/consumers";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { type Extract, extract } from "tar-stream";
import { type Descriptor, mediaTypes, openBlob } from "./oci-layout.ts";

/** A layer's tar, unpacked as its media type says. */
export function openLayer(folder: string, layer: Descriptor): Readable {
  const packed = openBlob(folder, layer.digest);
  switch (layer.mediaType) {
    case mediaTypes.layer.gzip:
    case mediaTypes.dockerLayer:
      return unpack(packed, createGunzip());
    case mediaTypes.layer.zstd:
      return unpack(packed, createZstdDecompress());
    default:
      return packed;
  }
}

/** The text of some files of a layer, by path; a file that the layer does not hold is absent from the answer. */
export async function readLayerFiles(
  folder: string,
  layer: Descriptor,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const entry of entriesOf(openLayer(folder, layer))) {
    const path = cleanPath(entry.header.name);
    if (paths.includes(path)) {
      found.set(path, await text(entry));
    } else {
      entry.resume();
    }
  }
  return found;
}

/** The path of each entry of a layer, in the layer's order and without a leading `./` or a trailing `/`. */
export async function listLayer(folder: string, layer: Descriptor): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of entriesOf(openLayer(folder, layer))) {
    paths.push(cleanPath(entry.header.name));
    entry.resume();
  }
  return paths;
}

/** An error on the way ends the answered stream with that error, so its reader learns of it. */
function unpack(packed: Readable, decompressor: Transform): Readable {
  return pipeline(packed, decompressor, () => {});
}

function entriesOf(tar: Readable): Extract {
  const entries = extract();
  tar.once("error", (error) => entries.destroy(error));
  return tar.pipe(entries);
}

function cleanPath(name: string): string {
  return name.replace(/^\.?\//, "").replace(/\/$/, "");
}
