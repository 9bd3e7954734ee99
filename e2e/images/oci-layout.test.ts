import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { directory, file, makeTar, opaque, type TarEntry, whiteout } from "./make-tar.ts";
import { blobPath, type Compression, digestOf, mediaTypes, OciLayout } from "./oci-layout.ts";
import { listLayer, openLayer, readLayerFiles } from "./read-layer.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "lp-layout-"));
});
afterEach(() => rm(folder, { recursive: true }));

const longPath = `${"very-long-directory-name/".repeat(12)}file`;
const entries: readonly TarEntry[] = [
  directory("etc"),
  file("etc/motd", "welcome\n"),
  whiteout("etc/issue"),
  opaque("var/cache"),
  file(longPath, "deep"),
];

describe("an OCI layout", () => {
  it.each<Compression>(["none", "gzip", "zstd"])(
    "stores a layer (%s) under the digest of its bytes and answers the digest of its tar",
    async (compression) => {
      const layout = new OciLayout(folder);
      const { descriptor, diffId } = await layout.putLayer(makeTar(entries), compression);
      const stored = await readFile(blobPath(folder, descriptor.digest));
      expect(descriptor).toEqual({
        mediaType: mediaTypes.layer[compression],
        digest: digestOf(stored),
        size: stored.byteLength,
      });
      expect(diffId).toBe(digestOf(await buffer(openLayer(folder, descriptor))));
      expect(diffId).toBe(digestOf(await buffer(makeTar(entries))));
    },
  );

  it("keeps paths of any length, and marks deletions as the layer format says", async () => {
    const { descriptor } = await new OciLayout(folder).putLayer(makeTar(entries));
    expect(await listLayer(folder, descriptor)).toEqual([
      "etc",
      "etc/motd",
      "etc/.wh.issue",
      "var/cache/.wh..wh..opq",
      longPath,
    ]);
    const texts = await readLayerFiles(folder, descriptor, ["etc/motd", longPath, "etc/absent"]);
    expect(Object.fromEntries(texts)).toEqual({ "etc/motd": "welcome\n", [longPath]: "deep" });
  });

  it("answers an error for a layer that is cut short", async () => {
    const layout = new OciLayout(folder);
    const { descriptor } = await layout.putLayer(makeTar(entries));
    const whole = await readFile(blobPath(folder, descriptor.digest));
    const cut = await layout.putBlob(mediaTypes.layer.gzip, whole.subarray(0, whole.byteLength / 2));
    await expect(listLayer(folder, cut)).rejects.toThrow("unexpected end of file");
  });

  it("refuses a layer one of whose files cannot be read", async () => {
    const missing: TarEntry = { kind: "copy", path: "gone", from: join(folder, "gone") };
    await expect(new OciLayout(folder).putLayer(makeTar([...entries, missing]))).rejects.toThrow("ENOENT");
  });
});
