import { createHash } from "node:crypto";
import { request } from "undici";
import { Connection } from "./load/connection.ts";
import { type Blob, formatManifest, jsonBlob, makeBlob, manifestType, pushBlob, putManifest } from "./load/push.ts";
import { pullAndPush, type Side } from "./sides/side.ts";
import type { Bench } from "./workload.ts";

/** An image that every side has. */
export interface SeededImage {
  readonly repository: string;
  readonly tag: string;
  readonly manifest: string;
  readonly digest: string;
  readonly layer: Blob;
}

/** A repository name of this run. */
export function repositoryName(bench: Bench, name: string): string {
  return `ada/${bench.runId}-${name}`;
}

/** Pushes the same image, with a layer of this size, to every side, and reads it back from each. */
export async function seedImage(bench: Bench, name: string, layerBytes: number): Promise<SeededImage> {
  const repository = repositoryName(bench, name);
  const config = jsonBlob({ architecture: "amd64", os: "linux", rootfs: { type: "layers" }, created_by: name });
  const layer = makeBlob(`${bench.runId}/${name}`, layerBytes);
  const manifest = formatManifest(config, layer);
  const digest = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  const tag = "latest";
  for (const side of bench.sides) {
    const headers = await side.headersFor([pullAndPush(repository)]);
    await withConnection(side, async (connection) => {
      await pushBlob(connection, { repository, headers }, config);
      await pushBlob(connection, { repository, headers }, layer);
      await putManifest(connection, { repository, headers }, tag, manifest);
    });
    await mustServe(side, `/v2/${repository}/manifests/${tag}`, [...headers, `Accept: ${manifestType}`], digest);
    await mustServe(side, `/v2/${repository}/blobs/${layer.digest}`, headers, layer.digest);
  }
  return { repository, tag, manifest, digest, layer };
}

async function withConnection(side: Side, use: (connection: Connection) => Promise<void>): Promise<void> {
  const connection = await Connection.open(side.address);
  try {
    await use(connection);
  } finally {
    connection.close();
  }
}

/** The comparison is worth nothing unless both sides serve the very same bytes. */
async function mustServe(side: Side, target: string, headers: readonly string[], digest: string): Promise<void> {
  const { host, port } = side.address;
  const answer = await request(`http://${host}:${port}${target}`, {
    headers: headers.flatMap((line) => line.split(": ")),
  });
  const hash = createHash("sha256");
  for await (const chunk of answer.body) hash.update(chunk);
  const served = `sha256:${hash.digest("hex")}`;
  if (served !== digest) throw new Error(`${side.name} serves ${served} (${answer.statusCode}) at ${target}`);
}

const manyTags = new WeakMap<Bench, Promise<SeededImage>>();

/** A repository of very many tags on every side, the same for all that ask. */
export function seedManyTags(bench: Bench): Promise<SeededImage> {
  const seeded = manyTags.get(bench) ?? seedTags(bench);
  manyTags.set(bench, seeded);
  return seeded;
}

async function seedTags(bench: Bench): Promise<SeededImage> {
  const image = await seedImage(bench, "many", 2_000);
  for (const side of bench.sides) {
    await bench.generator.run({
      kind: "tag",
      address: side.address,
      headers: await side.headersFor([pullAndPush(image.repository)]),
      connections: 8,
      repository: image.repository,
      manifest: image.manifest,
      count: bench.scale.tags,
    });
  }
  return image;
}

/** Makes so many repositories, each with one mounted blob, on every side; answers their names in order. */
export async function seedRepositories(bench: Bench, image: SeededImage): Promise<readonly string[]> {
  const names = Array.from({ length: bench.scale.repositories }, (_, at) =>
    repositoryName(bench, `r${String(at).padStart(5, "0")}`),
  );
  const scopesPerToken = 50;
  for (const side of bench.sides) {
    for (let at = 0; at < names.length; at += scopesPerToken) {
      const part = names.slice(at, at + scopesPerToken);
      await bench.generator.run({
        kind: "mount",
        address: side.address,
        headers: await side.headersFor([pullAndPush(image.repository), ...part.map(pullAndPush)]),
        connections: 4,
        from: image.repository,
        mounts: part.map((repository) => ({ repository, digest: image.layer.digest })),
      });
    }
  }
  return names;
}
