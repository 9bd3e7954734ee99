import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../clients/run-command.ts";
import { formatPlatform, imageConfig, putImage } from "./image.ts";
import { imageTime } from "./make-tar.ts";
import { OciLayout, type Platform } from "./oci-layout.ts";
import type { ImageRecipe } from "./real-image.ts";

/** This machine's platform, in the words of an image index: what can be bootstrapped without emulation. */
export const hostPlatform: Platform =
  process.arch === "arm64"
    ? { os: "linux", architecture: "arm64", variant: "v8" }
    : { os: "linux", architecture: "amd64" };

/** Debian's stable release with apt and little else, in one layer of some 8000 files, for this machine's architecture. */
export const debian: ImageRecipe = {
  name: "debian",
  source: import.meta.url,
  facts: [process.arch],
  needs: [],

  async build(folder) {
    const work = join(folder, "work");
    await mkdir(work);
    const tar = join(work, "root.tar");
    await mustRun("mmdebstrap", bootstrapParameters(tar), {
      environment: {
        ...process.env,
        // Later times become this one, so that two runs on the same day give the same tar.
        SOURCE_DATE_EPOCH: String(imageTime.getTime() / 1000),
        TMPDIR: work,
      },
    });
    const layout = new OciLayout(folder);
    const layer = await layout.putLayer(createReadStream(tar));
    await rm(work, { recursive: true });
    const config = imageConfig(
      hostPlatform,
      [{ createdBy: "ADD root.tar / # debian bookworm", layer }, { createdBy: 'CMD ["bash"]' }],
      {
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
        Cmd: ["bash"],
        Labels: { "org.opencontainers.image.title": "debian", "org.opencontainers.image.version": "bookworm" },
      },
    );
    const descriptor = await putImage(layout, config, { layers: [layer.descriptor] });
    await layout.finish({ bookworm: descriptor });
    return {
      transport: "oci",
      tag: "bookworm",
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      platforms: [formatPlatform(hostPlatform)],
    };
  },
};

function bootstrapParameters(tar: string): string[] {
  const unwanted = ["/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*", "/usr/share/doc/*"];
  const tidy = [
    'rm -rf "$1"/var/log/* "$1"/var/cache/ldconfig/* "$1"/var/cache/debconf/*-old "$1"/var/lib/dpkg/*-old',
    'rm -f "$1"/etc/passwd- "$1"/etc/group- "$1"/etc/shadow- "$1"/etc/gshadow- "$1"/etc/machine-id "$1"/etc/resolv.conf',
    'echo debian > "$1"/etc/hostname',
    'printf "127.0.0.1\\tlocalhost\\n" > "$1"/etc/hosts',
  ];
  return [
    "--quiet",
    "--variant=minbase",
    // Without it the set of base packages would bring all of Perl, only to merge /usr.
    "--include=usr-is-merged",
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    // Device nodes cannot be unpacked by an ordinary user, and a container gets its own.
    "--skip=output/dev",
    ...unwanted.map((path) => `--dpkgopt=path-exclude=${path}`),
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    ...tidy.map((line) => `--customize-hook=${line}`),
    "--format=tar",
    "bookworm",
    tar,
  ];
}
