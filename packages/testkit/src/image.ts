import { gzipSync } from "node:zlib";
import {
  type Annotations,
  type Descriptor,
  type Digest,
  type DigestAlgorithm,
  type ManifestReceipt,
  mediaTypes,
  type Platform,
  parseTag,
  type Registry,
  type RepositoryName,
} from "@layerport/registry-core";
import { bytes, digestOf, sending } from "./bytes.ts";
import { tar } from "./tar.ts";

/** Some bytes and the descriptor that names them. */
export interface BlobFixture {
  readonly descriptor: Descriptor;
  readonly content: Uint8Array;
}

/** A manifest, and everything that a repository needs before it takes the manifest. */
export interface ManifestFixture extends BlobFixture {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Config and layers, in the manifest's order; none for an index. */
  readonly blobs: readonly BlobFixture[];
  /** The manifests that an index lists. */
  readonly children: readonly ManifestFixture[];
}

/** An image, or an artifact, with its parts. */
export interface ImageFixture extends ManifestFixture {
  readonly config: BlobFixture;
  readonly layers: readonly BlobFixture[];
}

/** What any manifest may say. */
export interface ManifestOptions {
  readonly annotations?: Annotations | undefined;
  readonly artifactType?: string | undefined;
  readonly subject?: Descriptor | undefined;
  /** With which function the manifest and its parts are named; sha256 when not given. */
  readonly algorithm?: DigestAlgorithm | undefined;
  /** Further fields of the manifest, which no specification knows. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

/** What an image is made of. */
export interface ImageOptions extends ManifestOptions {
  /** A name for each layer, from the lowest up. Layers of the same name have the same bytes. */
  readonly layers?: readonly string[] | undefined;
  readonly platform?: Platform | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean | undefined;
}

/** What an index lists. */
export interface IndexOptions extends ManifestOptions {
  readonly images?: readonly ManifestFixture[] | undefined;
  /** Descriptors to list besides, of manifests that nobody need push. */
  readonly descriptors?: readonly Descriptor[] | undefined;
  readonly docker?: boolean | undefined;
}

/** What an artifact is made of: a signature, a bill of materials, any file. */
export interface ArtifactOptions extends ManifestOptions {
  readonly content?: string | undefined;
  /** The media type of the config; the empty one when not given. */
  readonly configMediaType?: string | undefined;
}

const ociLayer = "application/vnd.oci.image.layer.v1.tar+gzip";
const dockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/** An image of real bytes: each layer is a compressed tar with files in it, and the config fits the layers. */
export function image(options: ImageOptions = {}): ImageFixture {
  const { docker = false, algorithm } = options;
  const names = options.layers ?? ["base"];
  const { os, architecture, variant, osVersion } = options.platform ?? { os: "linux", architecture: "amd64" };
  const archives = names.map((name) => tar({ [`layers/${name}.txt`]: `the ${name} layer\n`, [`bin/${name}`]: name }));
  const layers = archives.map((archive) =>
    blob(new Uint8Array(gzipSync(archive, { level: 9 })), docker ? dockerLayer : ociLayer, algorithm),
  );
  const config = blob(
    json({
      architecture,
      os,
      variant,
      "os.version": osVersion,
      created: "2025-01-01T00:00:00Z",
      config: { Entrypoint: [`/bin/${names.at(-1) ?? "none"}`], Env: ["PATH=/bin"], Labels: options.labels },
      rootfs: { type: "layers", diff_ids: archives.map((archive) => digestOf(archive)) },
      history: names.map((name) => ({ created: "2025-01-01T00:00:00Z", created_by: `COPY ${name} /` })),
    }),
    docker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
    algorithm,
  );
  return imageManifest(config, layers, options);
}

/** An artifact: one file, an empty config unless told otherwise, and a type. */
export function artifact(options: ArtifactOptions = {}): ImageFixture {
  const { content = "an artifact\n", configMediaType = mediaTypes.ociEmpty, algorithm } = options;
  return imageManifest(blob(bytes("{}"), configMediaType, algorithm), [blob(bytes(content), "text/plain", algorithm)], {
    ...options,
  });
}

/** An index of images, or of other indexes. */
export function index(options: IndexOptions = {}): ManifestFixture {
  const { images = [], descriptors = [], docker = false } = options;
  const mediaType = docker ? mediaTypes.dockerManifestList : mediaTypes.ociIndex;
  const listed = [...images.map((entry) => entry.descriptor), ...descriptors].map(descriptorFields);
  return { ...manifest(mediaType, { manifests: listed }, options), blobs: [], children: images };
}

/** A manifest of exactly these parts, whatever they are. */
export function imageManifest(
  config: BlobFixture,
  layers: readonly BlobFixture[],
  options: ImageOptions = {},
): ImageFixture {
  const mediaType = options.docker ? mediaTypes.dockerManifest : mediaTypes.ociManifest;
  const fields = {
    config: descriptorFields(config.descriptor),
    layers: layers.map((layer) => descriptorFields(layer.descriptor)),
  };
  const made = manifest(mediaType, fields, options);
  const descriptor = { ...made.descriptor, platform: options.platform };
  return { ...made, descriptor, config, layers, blobs: [config, ...layers], children: [] };
}

/** Some bytes as a blob. */
export function blob(
  content: Uint8Array,
  mediaType = "application/octet-stream",
  algorithm?: DigestAlgorithm,
): BlobFixture {
  return { content, descriptor: { mediaType, digest: digestOf(content, algorithm), size: content.length } };
}

/** Puts everything that the manifest needs, then the manifest, and points the tags at it. */
export async function push(
  registry: Registry,
  repository: RepositoryName,
  fixture: ManifestFixture,
  tags: readonly string[] = [],
): Promise<ManifestReceipt> {
  await Promise.all(fixture.blobs.map((part) => pushBlob(registry, repository, part)));
  for (const child of fixture.children) await push(registry, repository, child);
  return registry.putManifest(repository, {
    content: fixture.content,
    contentType: fixture.mediaType,
    digest: fixture.digest,
    tags: tags.map(parseTag),
    mayOverwrite: true,
  });
}

/** Puts one blob. */
export function pushBlob(registry: Registry, repository: RepositoryName, part: BlobFixture): Promise<Descriptor> {
  const { content, descriptor } = part;
  return registry.putBlob(repository, descriptor.digest, { bytes: sending(content), length: content.length });
}

function manifest(mediaType: string, fields: Readonly<Record<string, unknown>>, options: ManifestOptions) {
  const content = json({
    schemaVersion: 2,
    mediaType,
    artifactType: options.artifactType,
    ...fields,
    subject: options.subject && descriptorFields(options.subject),
    annotations: options.annotations,
    ...options.fields,
  });
  const digest = digestOf(content, options.algorithm);
  return { mediaType, content, digest, descriptor: { mediaType, digest, size: content.length } };
}

/** The descriptor as the image specification writes it, where one field has a name of its own. */
function descriptorFields(descriptor: Descriptor): Readonly<Record<string, unknown>> {
  const { platform, ...fields } = descriptor;
  if (platform === undefined) return fields;
  const { os, architecture, variant, osVersion } = platform;
  return { ...fields, platform: { os, architecture, variant, "os.version": osVersion } };
}

function json(value: unknown): Uint8Array {
  return bytes(JSON.stringify(value));
}
