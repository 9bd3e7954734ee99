import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { debian, hostPlatform } from "./debian.ts";
import { formatPlatform, type ImageConfig, type ImageManifest, imageConfig, putImage, type Step } from "./image.ts";
import { type Made, make } from "./image-cache.ts";
import { directory, file, folderEntries, makeTar, opaque, type TarEntry, whiteout } from "./make-tar.ts";
import { type Descriptor, type Layer, OciLayout, readJsonBlob } from "./oci-layout.ts";
import { readLayerFiles } from "./read-layer.ts";
import type { ImageRecipe, ImageSummary } from "./real-image.ts";

const owner = { uid: 1000, gid: 1000 };

/**
 * What a team would ship: Debian, a Node runtime, one npm package, a small program, and a last layer that deletes
 * files of the lower ones. It starts `node server.mjs` as an ordinary user; `--version` makes it say so and end.
 */
export const nodeApp: ImageRecipe = {
  name: "node-app",
  source: import.meta.url,
  facts: [process.version, process.arch],
  needs: [debian],

  async build(folder) {
    const layout = new OciLayout(folder);
    const base = await takeBase(layout, await make(debian));
    const steps = [...base.steps, ...(await ownSteps(layout, base.layer, folder))];
    const config = imageConfig(hostPlatform, steps, {
      User: "node",
      ExposedPorts: { "3000/tcp": {} },
      Env: [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        `NODE_VERSION=${process.versions.node}`,
        "NODE_ENV=production",
      ],
      Entrypoint: ["node"],
      Cmd: ["server.mjs"],
      WorkingDir: "/app",
      StopSignal: "SIGTERM",
      Labels: {
        "org.opencontainers.image.title": "orders",
        "org.opencontainers.image.description": "Answers orders over HTTP",
        "org.opencontainers.image.version": "1.4.2",
        "org.opencontainers.image.revision": "4f2c9d0b7a61e83f5d4c2b1a0978563412fedcba",
        "org.opencontainers.image.source": "https://git.example.com/acme/orders",
        "org.opencontainers.image.url": "https://example.com/orders",
        "org.opencontainers.image.documentation": "https://example.com/orders/docs",
        "org.opencontainers.image.vendor": "Acme",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.created": "2025-01-01T00:00:00Z",
        "org.opencontainers.image.base.name": "docker.io/library/debian:bookworm",
        "org.opencontainers.image.base.digest": base.digest,
      },
    });
    const layers = steps.flatMap((step) => (step.layer ? [step.layer.descriptor] : []));
    const descriptor = await putImage(layout, config, { layers });
    await layout.finish({ "1.4.2": descriptor });
    return {
      transport: "oci",
      tag: "1.4.2",
      digest: descriptor.digest,
      mediaType: descriptor.mediaType,
      platforms: [formatPlatform(hostPlatform)],
    };
  },
};

interface Base {
  readonly digest: string;
  readonly layer: Descriptor;
  readonly steps: readonly Step[];
}

async function takeBase(layout: OciLayout, made: Made<ImageSummary>): Promise<Base> {
  const { digest } = made.summary;
  const manifest = await readJsonBlob<ImageManifest>(made.folder, digest);
  const config = await readJsonBlob<ImageConfig>(made.folder, manifest.config.digest);
  const [first] = manifest.layers;
  const [diffId] = config.rootfs.diff_ids;
  if (!first || diffId === undefined) {
    throw new Error("the Debian image has no layer");
  }
  const layer: Layer = { descriptor: await layout.takeBlob(made.folder, first), diffId };
  const steps = config.history.map(({ created_by, empty_layer }) =>
    empty_layer ? { createdBy: created_by } : { createdBy: created_by, layer },
  );
  return { digest, layer: first, steps };
}

async function ownSteps(layout: OciLayout, base: Descriptor, folder: string): Promise<Step[]> {
  const step = async (createdBy: string, entries: TarEntry[]): Promise<Step> => ({
    createdBy,
    layer: await layout.putLayer(makeTar(entries)),
  });
  return [
    await step("RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node node", await userEntries(folder, base)),
    { createdBy: `ENV NODE_VERSION=${process.versions.node}` },
    await step("COPY node /usr/local/bin/ # the runtime", [
      directory("usr"),
      directory("usr/local"),
      directory("usr/local/bin"),
      { kind: "copy", path: "usr/local/bin/node", from: process.execPath, mode: 0o755 },
      { kind: "symlink", path: "usr/local/bin/nodejs", target: "node" },
    ]),
    { createdBy: "ENV NODE_ENV=production" },
    await step("WORKDIR /app", [directory("app", owner)]),
    await step("RUN npm ci --omit=dev # node_modules", await moduleEntries()),
    await step("COPY --chown=node:node . . # the program", programEntries()),
    await step("RUN npm run prune # deletes what only the build needed", pruneEntries()),
    { createdBy: "LABEL org.opencontainers.image.title=orders" },
    { createdBy: "EXPOSE map[3000/tcp:{}]" },
    { createdBy: "USER node" },
    { createdBy: 'ENTRYPOINT ["node"]' },
    { createdBy: 'CMD ["server.mjs"]' },
  ];
}

/** The base's own account files with one line more, as useradd would leave them: files that a layer changes. */
async function userEntries(folder: string, base: Descriptor): Promise<TarEntry[]> {
  const added = {
    "etc/group": "node:x:1000:\n",
    "etc/passwd": "node:x:1000:1000::/home/node:/bin/sh\n",
  };
  const before = await readLayerFiles(folder, base, Object.keys(added));
  return [
    directory("etc"),
    ...Object.entries(added).map(([path, line]) => file(path, `${before.get(path) ?? ""}${line}`)),
    directory("home"),
    directory("home/node", { ...owner, mode: 0o700 }),
  ];
}

async function moduleEntries(): Promise<TarEntry[]> {
  const undici = dirname(fileURLToPath(import.meta.resolve("undici/package.json")));
  return [
    directory("app", owner),
    directory("app/node_modules", owner),
    ...(await folderEntries(undici, "app/node_modules/undici", owner)),
  ];
}

const manifest = {
  name: "orders",
  version: "1.4.2",
  private: true,
  type: "module",
  main: "server.mjs",
};

const program = `import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { MockAgent } from "undici";

const { name, version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

if (process.argv.includes("--version")) {
  console.log(\`\${name} \${version} on node \${process.versions.node}, \${typeof MockAgent} from undici\`);
} else {
  createServer((request, response) => response.end("no orders yet\\n")).listen(3000);
}
`;

function programEntries(): TarEntry[] {
  return [
    directory("app", owner),
    file("app/.env.example", "DATABASE_URL=\n", owner),
    file("app/README.md", "# orders\n\nAnswers orders over HTTP.\n", owner),
    file("app/package.json", `${JSON.stringify(manifest, null, 2)}\n`, owner),
    file("app/server.mjs", program, owner),
    directory("app/test", owner),
    file("app/test/server.test.mjs", 'import "../server.mjs";\n', owner),
    directory("app/tools", owner),
    file("app/tools/build.sh", "#!/bin/sh\nexit 0\n", { ...owner, mode: 0o755 }),
  ];
}

/** Whiteouts of a file, of a directory, of something in the base layer; and an opaque directory with a new file in it. */
function pruneEntries(): TarEntry[] {
  return [
    directory("app", owner),
    whiteout("app/.env.example"),
    whiteout("app/test"),
    directory("app/tools", owner),
    whiteout("app/tools/build.sh"),
    directory("app/node_modules", owner),
    directory("app/node_modules/undici", owner),
    directory("app/node_modules/undici/docs", owner),
    opaque("app/node_modules/undici/docs"),
    file("app/node_modules/undici/docs/REMOVED.md", "The documents are at the package's site.\n", owner),
    directory("usr"),
    directory("usr/share"),
    whiteout("usr/share/doc"),
  ];
}
