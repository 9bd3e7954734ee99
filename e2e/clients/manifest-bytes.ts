import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RealImage } from "../images/index.ts";
import { blobPath } from "../images/oci-layout.ts";

/** The manifest or index of an image on disk, byte for byte. */
export function manifestBytes({ transport, layout, digest }: RealImage): Promise<Buffer> {
  return readFile(transport === "dir" ? join(layout, "manifest.json") : blobPath(layout, digest));
}
