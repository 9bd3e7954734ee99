import { createHash, randomBytes } from "node:crypto";
import { type Connection, locationOf } from "./connection.ts";
import type { ImageJob, MountJob, TagJob, UploadJob, Work } from "./job.ts";
import { mustBe, withConnections } from "./timing.ts";

const octets = "Content-Type: application/octet-stream";
/** Of every manifest here; docker-registry serves none to a client that does not say that it takes it. */
export const manifestType = "application/vnd.oci.image.manifest.v1+json";

/** Bytes and their digest. */
export interface Blob {
  readonly digest: string;
  readonly content: Uint8Array;
}

/** Bytes that differ from seed to seed in their beginning, over one random stretch that is made once per size. */
export function makeBlob(seed: string, sizeBytes: number): Blob {
  const content = Buffer.from(randomStretch(sizeBytes));
  createHash("sha256").update(seed).digest().copy(content);
  return { content, digest: digestOf(content) };
}

let stretch = Buffer.alloc(0);

function randomStretch(sizeBytes: number): Buffer {
  if (stretch.length < sizeBytes) stretch = randomBytes(sizeBytes);
  return stretch.subarray(0, sizeBytes);
}

/** The digest by which a registry knows these bytes. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

/** Pushes new blobs, whole or in chunks. They and their digests are made before the clock starts. */
export function upload(job: UploadJob): Promise<Work> {
  const blobs = Array.from({ length: job.count }, (_, at) => makeBlob(`${job.seed}/${at}`, job.sizeBytes));
  return withConnections(job.address, job.connections, async (connection, timing) => {
    for (let blob = blobs.pop(); blob !== undefined; blob = blobs.pop()) {
      const begunAt = performance.now();
      await pushBlob(connection, job, blob);
      timing.note(begunAt, job.sizeBytes);
    }
  });
}

/** Pushes one blob. */
export async function pushBlob(
  connection: Connection,
  { repository, headers, chunkBytes }: Pick<UploadJob, "repository" | "headers" | "chunkBytes">,
  { digest, content }: Blob,
): Promise<void> {
  const started = await connection.send("POST", `/v2/${repository}/blobs/uploads/`, headers);
  mustBe(202, started);
  let location = locationOf(started);
  if (chunkBytes !== undefined) {
    for (let start = 0; start < content.length; start += chunkBytes) {
      const chunk = content.subarray(start, start + chunkBytes);
      const range = `Content-Range: ${start}-${start + chunk.length - 1}`;
      const appended = await connection.send("PATCH", location, [...headers, octets, range], chunk);
      mustBe(202, appended);
      location = locationOf(appended);
    }
  }
  const closing = `${location}${location.includes("?") ? "&" : "?"}digest=${digest}`;
  const whole = chunkBytes === undefined ? content : undefined;
  mustBe(201, await connection.send("PUT", closing, [...headers, octets], whole));
}

/** Pushes whole images: config, layer, manifest under a tag. */
export function pushImages(job: ImageJob): Promise<Work> {
  const numbers = Array.from({ length: job.count }, (_, at) => at).reverse();
  return withConnections(job.address, job.connections, async (connection, timing) => {
    for (let at = numbers.pop(); at !== undefined; at = numbers.pop()) {
      const begunAt = performance.now();
      const name = `${job.seed}/${at}`;
      const config = jsonBlob({ architecture: "amd64", os: "linux", created_by: name, rootfs: { type: "layers" } });
      const layer = makeBlob(name, 2_000);
      await pushBlob(connection, job, config);
      await pushBlob(connection, job, layer);
      await putManifest(connection, job, `${job.seed}-${at}`, formatManifest(config, layer));
      timing.note(begunAt, config.content.length + layer.content.length);
    }
  });
}

/** An image manifest over these two blobs. */
export function formatManifest(config: Blob, layer: Blob): string {
  const describe = (mediaType: string, { digest, content }: Blob) => ({ mediaType, digest, size: content.length });
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe("application/vnd.oci.image.config.v1+json", config),
    layers: [describe("application/vnd.oci.image.layer.v1.tar", layer)],
  });
}

/** A small JSON document as a blob. */
export function jsonBlob(value: unknown): Blob {
  const content = Buffer.from(JSON.stringify(value));
  return { content, digest: digestOf(content) };
}

/** Pushes one image under many tags, with a manifest of its own for each. */
export function pushTags(job: TagJob): Promise<Work> {
  let next = 0;
  return withConnections(job.address, job.connections, async (connection, timing) => {
    while (next < job.count) {
      const tag = `t${String(next++).padStart(5, "0")}`;
      const begunAt = performance.now();
      await putManifest(connection, job, tag, JSON.stringify({ ...JSON.parse(job.manifest), annotations: { tag } }));
      timing.note(begunAt, job.manifest.length);
    }
  });
}

/** Puts one manifest under a tag. */
export async function putManifest(
  connection: Connection,
  { repository, headers }: Pick<TagJob, "repository" | "headers">,
  tag: string,
  manifest: string,
): Promise<void> {
  const target = `/v2/${repository}/manifests/${tag}`;
  mustBe(
    201,
    await connection.send("PUT", target, [...headers, `Content-Type: ${manifestType}`], Buffer.from(manifest)),
  );
}

/** Mounts blobs, each of which must be there at once. */
export function mount(job: MountJob): Promise<Work> {
  const mounts = [...job.mounts].reverse();
  const from = encodeURIComponent(job.from);
  return withConnections(job.address, job.connections, async (connection, timing) => {
    for (let one = mounts.pop(); one !== undefined; one = mounts.pop()) {
      const begunAt = performance.now();
      const target = `/v2/${one.repository}/blobs/uploads/?mount=${one.digest}&from=${from}`;
      mustBe(201, await connection.send("POST", target, job.headers));
      timing.note(begunAt, 0);
    }
  });
}
