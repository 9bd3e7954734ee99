import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandOptions, type CommandOutcome, mustRun, runCommand } from "./run-command.ts";

/** The programs that share one storage, one set of credentials and one list of registries here. */
export type ToolName = "skopeo" | "podman" | "buildah";

/** What a set of tools is made for. */
export interface RegistryToolsOptions {
  /** Registries that speak plain HTTP, as `127.0.0.1:40123`. */
  readonly registries: readonly string[];
  /** A directory for everything that the tools write; a new one below the system's where it is absent. */
  readonly parent?: string;
}

/**
 * skopeo, podman and buildah as one person would have them on a fresh machine: own storage, own credentials, own
 * configuration. No configuration file of the machine is read for registries, storage, trust or credentials, and
 * nothing is left behind after `close`.
 *
 * One thing is not their own: run by root, they remember in /var/lib/containers/cache which layers they have met and
 * in which packing, and `skopeo copy` may then push a gzip layer in place of its zstd twin that the registry lacks.
 * `--preserve-digests` forbids it.
 */
export interface RegistryTools {
  /** Where everything lives until `close`. */
  readonly folder: string;
  /** `overlay` where the kernel and the disk allow it, else `vfs`, which copies every layer whole. */
  readonly storageDriver: "overlay" | "vfs";
  /** Runs a program and answers what it said, whatever its exit code. */
  run(tool: ToolName, parameters: readonly string[], options?: ToolOptions): Promise<CommandOutcome>;
  /** Runs a program whose failure is the test's failure; answers its standard output without the last newline. */
  must(tool: ToolName, parameters: readonly string[], options?: ToolOptions): Promise<string>;
  /** Logs all three programs in. */
  login(registry: string, credentials: Credentials): Promise<CommandOutcome>;
  /** Forgets the credentials for a registry. */
  logout(registry: string): Promise<CommandOutcome>;
  /** Unmounts and removes everything. */
  close(): Promise<void>;
}

/** A name and a secret for a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** How to run a tool; its environment is fixed. */
export type ToolOptions = Omit<CommandOptions, "environment">;

/** Makes a set of tools; `close` must be called in the end. */
export async function openRegistryTools(options: RegistryToolsOptions): Promise<RegistryTools> {
  // podman refuses a run root of more than 50 characters, so the name is short.
  const folder = await mkdtemp(join(options.parent ?? tmpdir(), "lp-"));
  try {
    let storageDriver: RegistryTools["storageDriver"] = "overlay";
    const environment = await writeConfiguration(folder, options.registries);
    await writeStorage(folder, storageDriver);
    if (!(await storageWorks(environment))) {
      await removeFolder(folder, ["storage", "run"]);
      storageDriver = "vfs";
      await writeStorage(folder, storageDriver);
    }
    return toolsIn(folder, storageDriver, environment);
  } catch (cause) {
    await removeFolder(folder);
    throw new Error("the registry tools cannot be set up", { cause });
  }
}

function toolsIn(
  folder: string,
  storageDriver: RegistryTools["storageDriver"],
  environment: NodeJS.ProcessEnv,
): RegistryTools {
  // skopeo alone takes the list of registries from a flag and not from the environment.
  const ownFlags = (tool: ToolName, parameters: readonly string[]) =>
    tool === "skopeo" ? ["--registries-conf", join(folder, "registries.conf"), ...parameters] : parameters;
  return {
    folder,
    storageDriver,
    run: (tool, parameters, options) => runCommand(tool, ownFlags(tool, parameters), { ...options, environment }),
    async must(tool, parameters, options) {
      return (await mustRun(tool, ownFlags(tool, parameters), { ...options, environment })).replace(/\n$/, "");
    },
    login: (registry, { username, password }) =>
      runCommand("podman", ["login", "--username", username, "--password-stdin", registry], {
        environment,
        stdin: password,
      }),
    logout: (registry) => runCommand("podman", ["logout", registry], { environment }),
    async close() {
      await runCommand("podman", ["rm", "--all", "--force", "--time", "0"], { environment });
      await runCommand("buildah", ["rm", "--all"], { environment });
      if (process.getuid?.() !== 0) {
        // Files of an unprivileged user's containers belong to ids that only its user namespace may remove.
        await runCommand("buildah", ["unshare", "rm", "-rf", join(folder, "storage")], { environment });
      }
      await removeFolder(folder);
    },
  };
}

/** Writes every file that the three programs would otherwise read below /etc, and answers their environment. */
async function writeConfiguration(folder: string, registries: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const trust = join(folder, ".config", "containers");
  await mkdir(join(trust, "registries.d"), { recursive: true });
  await mkdir(join(folder, "tmp"));
  await mkdir(join(folder, "networks"));
  // The trust policy has no variable of its own: it is looked for in the home directory before /etc.
  await writeFile(join(trust, "policy.json"), JSON.stringify({ default: [{ type: "insecureAcceptAnything" }] }));
  await writeFile(join(folder, "auth.json"), "{}");
  await writeFile(
    join(folder, "registries.conf"),
    [
      "unqualified-search-registries = []",
      ...registries.map((location) => `[[registry]]\nlocation = ${JSON.stringify(location)}\ninsecure = true`),
    ].join("\n"),
  );
  await writeFile(join(folder, "containers.conf"), containersConfiguration(folder, await containerLimits()));
  return {
    PATH: process.env.PATH,
    LC_ALL: "C.UTF-8",
    HOME: folder,
    TMPDIR: join(folder, "tmp"),
    XDG_CACHE_HOME: join(folder, ".cache"),
    XDG_CONFIG_HOME: join(folder, ".config"),
    XDG_DATA_HOME: join(folder, ".local"),
    XDG_RUNTIME_DIR: join(folder, "tmp"),
    CONTAINERS_CONF: join(folder, "containers.conf"),
    CONTAINERS_REGISTRIES_CONF: join(folder, "registries.conf"),
    CONTAINERS_STORAGE_CONF: join(folder, "storage.conf"),
    REGISTRY_AUTH_FILE: join(folder, "auth.json"),
    // What separates chroot isolation from the host is little; it is meant for the images made here, not for others'.
    BUILDAH_ISOLATION: "chroot",
  };
}

/**
 * The limits of a container as podman writes them. Without them podman asks for more than a root without
 * CAP_SYS_RESOURCE may give; and it lowers its own number of processes to the kernel's highest process id.
 */
async function containerLimits(): Promise<string[]> {
  const own = await readFile("/proc/self/limits", "utf8");
  const highestProcessId = Number(await readFile("/proc/sys/kernel/pid_max", "utf8"));
  const hard = (title: string) =>
    Number(new RegExp(`^${title} +\\S+ +(\\d+)`, "m").exec(own)?.[1] ?? Number.POSITIVE_INFINITY);
  const files = Math.min(hard("Max open files"), 1_048_576);
  const processes = Math.min(hard("Max processes"), highestProcessId);
  return [`nofile=${files}:${files}`, `nproc=${processes}:${processes}`];
}

function containersConfiguration(folder: string, limits: readonly string[]): string {
  const quoted = (path: string) => JSON.stringify(join(folder, path));
  return `[containers]
netns = "host"
default_ulimits = ${JSON.stringify(limits)}
log_driver = "k8s-file"
[network]
network_config_dir = ${quoted("networks")}
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
image_copy_tmp_dir = ${quoted("tmp")}
# The default lock lives in shared memory, where every podman of one user meets.
lock_type = "file"
runtime = "runc"
static_dir = ${quoted("storage/libpod")}
tmp_dir = ${quoted("run/libpod")}
volume_path = ${quoted("storage/volumes")}
`;
}

async function writeStorage(folder: string, driver: RegistryTools["storageDriver"]): Promise<void> {
  await writeFile(
    join(folder, "storage.conf"),
    `[storage]
driver = "${driver}"
graphroot = ${JSON.stringify(join(folder, "storage"))}
runroot = ${JSON.stringify(join(folder, "run"))}
rootless_storage_path = ${JSON.stringify(join(folder, "storage"))}
`,
  );
}

/** Whether a container can be made and mounted, which is where an unfit disk or kernel shows. */
async function storageWorks(environment: NodeJS.ProcessEnv): Promise<boolean> {
  const made = await runCommand("buildah", ["from", "--name", "probe", "scratch"], { environment });
  if (made.exitCode !== 0) {
    return false;
  }
  const mount = process.getuid?.() === 0 ? ["mount", "probe"] : ["unshare", "buildah", "mount", "probe"];
  const mounted = await runCommand("buildah", mount, { environment });
  await runCommand("buildah", ["rm", "probe"], { environment });
  return mounted.exitCode === 0;
}

/** Removes a folder, or parts of it, after whatever is still mounted below it. */
export async function removeFolder(folder: string, parts: readonly string[] = [""]): Promise<void> {
  const mounts = (await readFile("/proc/self/mountinfo", "utf8"))
    .split("\n")
    .map((line) => line.split(" ")[4] ?? "")
    .filter((point) => point.startsWith(`${folder}/`));
  // The newest mount is the last line and may lie inside an older one.
  for (const point of mounts.toReversed()) {
    await runCommand("umount", ["--lazy", point]);
  }
  for (const part of parts) {
    await rm(join(folder, part), { recursive: true, force: true, maxRetries: 3 });
  }
}
