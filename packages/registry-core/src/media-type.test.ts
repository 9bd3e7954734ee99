import { describe, expect, it } from "vitest";
import {
  baseMediaType,
  isForeignLayerMediaType,
  isImageConfigMediaType,
  isImageManifestMediaType,
  isIndexMediaType,
  mediaTypes,
} from "./media-type.ts";

describe("media types", () => {
  it("are read without parameters, in lower case", () => {
    expect(baseMediaType(" Application/JSON ; charset=UTF-8")).toBe("application/json");
    expect(baseMediaType("application/json")).toBe("application/json");
    for (const nothing of [undefined, "", " ", "; charset=utf-8"]) expect(baseMediaType(nothing)).toBe("");
  });

  it("of manifests are of one kind or the other, and of nothing else", () => {
    const kindOf = (mediaType: string) =>
      [isIndexMediaType, isImageManifestMediaType, isImageConfigMediaType].map((is) => is(mediaType));
    expect(Object.values(mediaTypes).map(kindOf)).toEqual([
      [false, true, false],
      [true, false, false],
      [false, false, true],
      [false, false, false],
      [false, true, false],
      [true, false, false],
      [false, false, true],
    ]);
    expect(kindOf("application/json")).toEqual([false, false, false]);
  });

  it("of foreign layers are told from those of layers that must be here", () => {
    expect(isForeignLayerMediaType("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd")).toBe(true);
    expect(isForeignLayerMediaType("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")).toBe(true);
    expect(isForeignLayerMediaType("application/vnd.oci.image.layer.v1.tar+gzip")).toBe(false);
    expect(isForeignLayerMediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")).toBe(false);
  });
});
