import { chmod, copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun, runCommand } from "../clients/run-command.ts";
import type { Recipe } from "./image-cache.ts";
import type { Platform } from "./oci-layout.ts";

/** What Debian calls an architecture, beside what an image index calls it. */
export const debianArchitectures = {
  amd64: { os: "linux", architecture: "amd64" },
  arm64: { os: "linux", architecture: "arm64", variant: "v8" },
  armhf: { os: "linux", architecture: "arm", variant: "v7" },
} as const satisfies Record<string, Platform>;

/** An architecture that busybox is fetched for. */
export type DebianArchitecture = keyof typeof debianArchitectures;

/** A statically linked busybox as Debian ships it. */
export interface BusyboxBinary {
  readonly debianArchitecture: DebianArchitecture;
  /** Debian's version of the package, whichever is current. */
  readonly version: string;
  /** The commands that it answers to. */
  readonly applets: readonly string[];
}

const architectures: readonly DebianArchitecture[] = ["amd64", "arm64", "armhf"];

/** The busybox binaries of three architectures, each in a file named after Debian's word for it. */
export const busyboxBinaries: Recipe<readonly BusyboxBinary[]> = {
  name: "busybox-binaries",
  source: import.meta.url,
  needs: [],

  async build(folder) {
    const work = join(folder, "work");
    const environment = await privateApt(work);
    // One source of several may be out of reach; what decides is whether the download below finds the package.
    const update = await runCommand("apt-get", ["update"], { environment });
    const binaries: BusyboxBinary[] = [];
    for (const debianArchitecture of architectures) {
      const binary = await fetchBusybox(debianArchitecture, { folder, work, environment }).catch((cause: unknown) => {
        throw new Error(`apt-get update said: ${update.stderr.trim()}`, { cause });
      });
      binaries.push(binary);
    }
    await rm(work, { recursive: true });
    return binaries;
  },
};

/** Settings for apt with a state of its own, so that no foreign architecture reaches the machine's package database. */
async function privateApt(work: string): Promise<NodeJS.ProcessEnv> {
  await mkdir(join(work, "lists", "partial"), { recursive: true });
  await mkdir(join(work, "cache", "archives", "partial"), { recursive: true });
  await writeFile(join(work, "status"), "");
  const settings = [
    `APT::Architecture "${architectures[0]}";`,
    `APT::Architectures { ${architectures.map((name) => `"${name}";`).join(" ")} };`,
    `APT::Sandbox::User "";`,
    `Acquire::Languages "none";`,
    `Dir::State "${work}";`,
    `Dir::State::status "${join(work, "status")}";`,
    `Dir::Cache "${join(work, "cache")}";`,
  ];
  await writeFile(join(work, "apt.conf"), settings.join("\n"));
  return { ...process.env, APT_CONFIG: join(work, "apt.conf"), LC_ALL: "C" };
}

async function fetchBusybox(
  debianArchitecture: DebianArchitecture,
  place: { readonly folder: string; readonly work: string; readonly environment: NodeJS.ProcessEnv },
): Promise<BusyboxBinary> {
  const download = join(place.work, debianArchitecture);
  await mkdir(download);
  await mustRun("apt-get", ["download", `busybox-static:${debianArchitecture}`], {
    cwd: download,
    environment: place.environment,
  });
  const packageFile = (await readdir(download)).find((name) => name.endsWith(".deb"));
  if (packageFile === undefined) {
    throw new Error(`apt-get download left no package for ${debianArchitecture}`);
  }
  const unpacked = join(download, "unpacked");
  await mustRun("dpkg-deb", ["-x", packageFile, unpacked], { cwd: download });
  const version = await mustRun("dpkg-deb", ["-f", packageFile, "Version"], { cwd: download });
  const binary = join(place.folder, debianArchitecture);
  // Debian is moving /bin to /usr/bin; either is right.
  await copyFile(join(unpacked, "bin", "busybox"), binary).catch(() =>
    copyFile(join(unpacked, "usr", "bin", "busybox"), binary),
  );
  await chmod(binary, 0o755);
  return { debianArchitecture, version: version.trim(), applets: appletsOf(await readFile(binary)) };
}

/**
 * The commands that a busybox binary answers to. They are read from its bytes, since a foreign binary cannot be asked:
 * busybox keeps them as one sorted run of names, each ended by a NUL, that begins with `[` and `[[`.
 */
export function appletsOf(binary: Buffer): string[] {
  const start = binary.indexOf("[\0[[\0");
  const end = binary.indexOf("\0\0", start);
  if (start < 0 || end < 0) {
    throw new Error("this binary has no table of applets");
  }
  const names = binary.subarray(start, end).toString("latin1").split("\0");
  return names.filter((name) => /^[a-z0-9[_.+-]+$/i.test(name));
}
