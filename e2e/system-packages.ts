import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";

/** A Debian package and the program by which its presence is seen. */
interface SystemPackage {
  readonly name: string;
  readonly program: string;
}

const required: readonly SystemPackage[] = [
  { name: "chromium", program: "chromium" },
  { name: "skopeo", program: "skopeo" },
  { name: "buildah", program: "buildah" },
  { name: "podman", program: "podman" },
  { name: "crun", program: "crun" },
  { name: "runc", program: "runc" },
  { name: "uidmap", program: "newuidmap" },
  { name: "slirp4netns", program: "slirp4netns" },
  { name: "strace", program: "strace" },
  { name: "mmdebstrap", program: "mmdebstrap" },
  { name: "busybox-static", program: "busybox" },
  { name: "zstd", program: "zstd" },
  { name: "docker-registry", program: "docker-registry" },
  { name: "faketime", program: "faketime" },
];

/** Docker's own daemon is one more client to try, but a machine may not be able to run it. */
const optional: SystemPackage = { name: "docker.io", program: "dockerd" };

/**
 * Installs the Debian packages that the tests need and this machine lacks, without starting any daemon that comes
 * with them. Throws an error that names the packages when this user may not install them.
 */
export function installSystemPackages(say: (line: string) => void): void {
  const missing = required.filter(isMissing).map(({ name }) => name);
  if (missing.length > 0) {
    say(`installing ${missing.join(" ")}`);
    const installed = aptInstall(missing);
    if (installed) throw new Error(`${installed}\nThe tests need these packages: ${missing.join(" ")}`);
  }
  if (isMissing(optional)) {
    say(`installing ${optional.name}`);
    const refused = aptInstall([optional.name]);
    if (refused) say(`${optional.name} could not be installed, so Docker's own client is not tried`);
  }
}

function isMissing({ name, program }: SystemPackage): boolean {
  const folders = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/sbin"];
  if (!folders.some((folder) => existsSync(path.join(folder, program)))) return true;
  // The program of the package "busybox" has the same name and needs libraries that an image would lack.
  if (name !== "busybox-static") return false;
  const status = spawnSync("dpkg-query", ["--status", name], { encoding: "utf8" });
  return status.error === undefined && !status.stdout.includes("Status: install ok installed");
}

/**
 * Debian starts the daemons of what it installs unless this file says no, and one of them would take port 5000. One
 * that an administrator has put there stays as it is; one that an interrupted run of this script left is replaced.
 */
const script = `
set -eu
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ] || grep -q "made by the tests of Layerport" "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\n# made by the tests of Layerport\\nexit 101\\n' >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "$@"
`;

/** Answers `undefined` when all went well, otherwise what apt said. */
function aptInstall(names: readonly string[]): string | undefined {
  const isRoot = process.getuid?.() === 0;
  const [command, args] = isRoot ? ["sh", []] : ["sudo", ["-n", "sh"]];
  const run = spawnSync(command, [...args, "-c", script, "sh", ...names], { encoding: "utf8" });
  if (run.status === 0) return undefined;
  return run.error
    ? `this user may not install packages (${command} does not start)`
    : `${run.stdout}${run.stderr}`.trim();
}
