import {
  type Descriptor,
  type Digest,
  effectiveArtifactType,
  type ImageConfig,
  isForeignLayerMediaType,
  type Manifest,
} from "@layerport/registry-core";

/** The columns of a manifest that come from its own bytes and its config's. */
export interface ManifestFacts {
  readonly artifactType: string | null;
  readonly subjectDigest: Digest | null;
  readonly configDigest: Digest | null;
  /** JSON text. */
  readonly annotations: string | null;
  readonly os: string | null;
  readonly architecture: string | null;
  readonly variant: string | null;
}

/** One thing that a manifest names, as a row. */
export interface ReferenceRow {
  readonly kind: "config" | "layer" | "child" | "subject";
  readonly position: number;
  readonly digest: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly os: string | null;
  readonly architecture: string | null;
  readonly variant: string | null;
  readonly isAttestation: boolean;
}

export function factsOf(manifest: Manifest, config: ImageConfig | undefined): ManifestFacts {
  return {
    artifactType: storedText(effectiveArtifactType(manifest)),
    subjectDigest: manifest.subject?.digest ?? null,
    configDigest: manifest.kind === "image" ? manifest.config.digest : null,
    annotations: manifest.annotations ? JSON.stringify(manifest.annotations) : null,
    os: storedText(config?.platform.os),
    architecture: storedText(config?.platform.architecture),
    variant: storedText(config?.platform.variant),
  };
}

/** Everything that a manifest names, in its order. */
export function referencesOf(manifest: Manifest): readonly ReferenceRow[] {
  const rows = manifest.subject ? [toRow("subject", 0, manifest.subject)] : [];
  if (manifest.kind === "index") {
    return [...rows, ...manifest.manifests.map((child, position) => toRow("child", position, child))];
  }
  return [
    ...rows,
    toRow("config", 0, manifest.config),
    ...manifest.layers.map((layer, position) => toRow("layer", position, layer)),
  ];
}

/** The blobs that must be in the repository before the manifest is. A layer that lives elsewhere need not be. */
export function requiredBlobs(manifest: Manifest): readonly Descriptor[] {
  return manifest.kind === "image" ? [manifest.config, ...manifest.layers.filter((layer) => !isElsewhere(layer))] : [];
}

/** Compressed bytes of config and layers. */
export function imageBytesOf(manifest: Manifest): number | null {
  if (manifest.kind === "index") return null;
  return manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
}

function isElsewhere(layer: Descriptor): boolean {
  return isForeignLayerMediaType(layer.mediaType) && (layer.urls?.length ?? 0) > 0;
}

function toRow(kind: ReferenceRow["kind"], position: number, descriptor: Descriptor): ReferenceRow {
  const { digest, mediaType, size, platform, annotations } = descriptor;
  return {
    kind,
    position,
    digest,
    mediaType: storedText(mediaType) ?? "",
    sizeBytes: size,
    os: storedText(platform?.os),
    architecture: storedText(platform?.architecture),
    variant: storedText(platform?.variant),
    isAttestation: annotations?.["vnd.docker.reference.type"] === "attestation-manifest",
  };
}

/** An author's text as Postgres can hold it: without NUL. The manifest itself keeps its bytes. */
function storedText(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text.replaceAll("\0", "\ufffd");
}
