import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { link, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip, createZstdCompress } from "node:zlib";

/** The media types that the images here are made of. */
export const mediaTypes = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  empty: "application/vnd.oci.empty.v1+json",
  layer: {
    none: "application/vnd.oci.image.layer.v1.tar",
    gzip: "application/vnd.oci.image.layer.v1.tar+gzip",
    zstd: "application/vnd.oci.image.layer.v1.tar+zstd",
  },
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
} as const;

/** How a layer's tar is packed. */
export type Compression = keyof typeof mediaTypes.layer;

/** The machine that an image runs on, in the words of an image index. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Names some bytes of a layout: what they are, their digest and their size. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A layer as stored, with the digest of its tar before compression. */
export interface Layer {
  readonly descriptor: Descriptor;
  readonly diffId: string;
}

/** The digest of some bytes, computed from them. */
export function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The path of a blob inside a layout's folder. */
export function blobPath(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}

/**
 * An OCI image layout that is being written to an empty folder. Every digest and size in it is computed from the
 * bytes as they pass, and the same calls give the same bytes.
 */
export class OciLayout {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Stores bytes as a blob. */
  async putBlob(mediaType: string, bytes: string | Uint8Array): Promise<Descriptor> {
    const digest = digestOf(bytes);
    await this.#makeFolders();
    await writeFile(blobPath(this.folder, digest), bytes);
    return { mediaType, digest, size: Buffer.byteLength(bytes) };
  }

  /** Stores a value as JSON without spaces, keys in the order given. */
  putJson(mediaType: string, value: unknown): Promise<Descriptor> {
    return this.putBlob(mediaType, JSON.stringify(value));
  }

  /** Packs and stores a tar; it is streamed, so a layer may be larger than memory. */
  async putLayer(tar: Readable, compression: Compression = "gzip"): Promise<Layer> {
    await this.#makeFolders();
    const unfinished = join(this.folder, "blobs", "sha256", `.${randomUUID()}`);
    const before = new Meter();
    const after = new Meter();
    await pipeline(tar, before, compressor(compression), after, createWriteStream(unfinished));
    const digest = after.digest();
    await rename(unfinished, blobPath(this.folder, digest));
    return {
      descriptor: { mediaType: mediaTypes.layer[compression], digest, size: after.sizeBytes },
      diffId: before.digest(),
    };
  }

  /** Takes over a blob of another layout on the same disk without copying its bytes. */
  async takeBlob(from: string, descriptor: Descriptor): Promise<Descriptor> {
    await this.#makeFolders();
    await linkOnce(blobPath(from, descriptor.digest), blobPath(this.folder, descriptor.digest));
    return descriptor;
  }

  /** Writes the two files that make the folder a layout; each tag names one manifest or index. */
  async finish(tags: Readonly<Record<string, Descriptor>>): Promise<void> {
    const manifests = Object.entries(tags).map(([tag, descriptor]) => ({
      ...descriptor,
      annotations: { ...descriptor.annotations, "org.opencontainers.image.ref.name": tag },
    }));
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
    await writeFile(join(this.folder, "index.json"), JSON.stringify(index));
    await writeFile(join(this.folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  }

  async #makeFolders(): Promise<void> {
    await mkdir(join(this.folder, "blobs", "sha256"), { recursive: true });
  }
}

/** Reads a JSON blob of a finished layout; the caller names the shape that it wrote. */
export async function readJsonBlob<Shape>(folder: string, digest: string): Promise<Shape> {
  const value: Shape = JSON.parse(await readFile(blobPath(folder, digest), "utf8"));
  return value;
}

/** The bytes of a blob of a finished layout. */
export function openBlob(folder: string, digest: string): Readable {
  return createReadStream(blobPath(folder, digest));
}

/** Makes a second name for a file; it is no error if that name is there already. */
export async function linkOnce(existing: string, name: string): Promise<void> {
  try {
    await link(existing, name);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) {
      throw new Error(`cannot link ${name}`, { cause });
    }
  }
}

/** Counts and hashes the bytes that pass. */
class Meter extends Transform {
  readonly #hash = createHash("sha256");
  sizeBytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk);
    this.sizeBytes += chunk.byteLength;
    done(null, chunk);
  }

  /** To be asked once, after the last byte. */
  digest(): string {
    return `sha256:${this.#hash.digest("hex")}`;
  }
}

function compressor(compression: Compression): Transform {
  switch (compression) {
    case "none":
      return new PassThrough();
    case "gzip":
      return createGzip({ level: 6 });
    case "zstd":
      return createZstdCompress();
  }
}
