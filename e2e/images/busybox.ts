import { join } from "node:path";
import { type BusyboxBinary, busyboxBinaries, debianArchitectures } from "./busybox-binaries.ts";
import { formatPlatform, imageConfig, putImage } from "./image.ts";
import { make } from "./image-cache.ts";
import { directory, file, makeTar, type TarEntry } from "./make-tar.ts";
import { type Descriptor, OciLayout } from "./oci-layout.ts";
import type { ImageRecipe } from "./real-image.ts";

/** The smallest real image: one layer with busybox, a hard link for each of its commands, and the files a shell wants. */
export const busybox: ImageRecipe = {
  name: "busybox",
  source: import.meta.url,
  needs: [busyboxBinaries],

  async build(folder) {
    const binaries = await make(busyboxBinaries);
    const binary = binaries.summary.find((each) => each.debianArchitecture === "amd64");
    if (!binary) {
      throw new Error("there is no busybox for amd64");
    }
    const layout = new OciLayout(folder);
    const { descriptor } = await putBusybox(layout, binaries.folder, binary);
    await layout.finish({ latest: descriptor });
    return {
      transport: "oci",
      tag: "latest",
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      platforms: [formatPlatform(debianArchitectures.amd64)],
    };
  },
};

/** Stores the busybox image of one architecture; the answer names its manifest. */
export async function putBusybox(
  layout: OciLayout,
  binaries: string,
  binary: BusyboxBinary,
): Promise<{ readonly descriptor: Descriptor; readonly layer: Descriptor }> {
  const layer = await layout.putLayer(makeTar(busyboxEntries(join(binaries, binary.debianArchitecture), binary)));
  const platform = debianArchitectures[binary.debianArchitecture];
  const config = imageConfig(
    platform,
    [{ createdBy: "ADD busybox.tar / # busybox", layer }, { createdBy: 'CMD ["sh"]' }],
    {
      Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      Cmd: ["sh"],
      Labels: { "org.opencontainers.image.title": "busybox", "org.opencontainers.image.version": binary.version },
    },
  );
  return { descriptor: await putImage(layout, config, { layers: [layer.descriptor] }), layer: layer.descriptor };
}

function busyboxEntries(from: string, binary: BusyboxBinary): TarEntry[] {
  const applets = binary.applets.filter((name) => name !== "busybox");
  return [
    directory("bin"),
    { kind: "copy", path: "bin/busybox", from, mode: 0o755 },
    ...applets.map((name): TarEntry => ({ kind: "hardlink", path: `bin/${name}`, target: "bin/busybox", mode: 0o755 })),
    directory("etc"),
    file("etc/group", "root:x:0:\nnobody:x:65534:\n"),
    file("etc/hosts", "127.0.0.1\tlocalhost\n"),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n"),
    directory("root", { mode: 0o700 }),
    directory("tmp", { mode: 0o1777 }),
    directory("usr"),
    directory("usr/bin"),
    { kind: "symlink", path: "usr/bin/env", target: "../../bin/env" },
  ];
}
