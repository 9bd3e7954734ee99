import type { Annotations, Descriptor, Platform } from "./descriptor.ts";
import { type Digest, parseDigest, shorten } from "./digest.ts";
import { scanJson } from "./json-scan.ts";
import { baseMediaType, isImageManifestMediaType, isIndexMediaType } from "./media-type.ts";
import { RegistryError } from "./registry-error.ts";

/** The largest manifest that is accepted, in bytes. */
export const maximumManifestBytes = 4 * 1024 * 1024;

/** How many manifests an index may list. */
export const maximumIndexChildren = 1000;

/** How deep indexes may be nested, the outermost counted. */
export const maximumIndexDepth = 8;

/** A manifest that has a config and layers: an image, or an artifact with `artifactType`. */
export interface ImageManifest {
  readonly kind: "image";
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject: Descriptor | undefined;
  readonly annotations: Annotations | undefined;
}

/** A manifest that lists other manifests, one per platform, say. */
export interface ImageIndex {
  readonly kind: "index";
  readonly mediaType: string;
  readonly artifactType: string | undefined;
  readonly manifests: readonly Descriptor[];
  readonly subject: Descriptor | undefined;
  readonly annotations: Annotations | undefined;
}

/** The bytes that describe an image or artifact, understood. */
export type Manifest = ImageManifest | ImageIndex;

/** A manifest as it was pushed: these exact bytes, under this digest and media type. */
export interface StoredManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

type JsonObject = Readonly<Record<string, unknown>>;

const reservedKeys = {
  manifest: ["schemaVersion", "mediaType", "artifactType", "config", "layers", "manifests", "subject", "annotations"],
  descriptor: ["mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType"],
  platform: ["architecture", "os", "os.version", "os.features", "variant", "features"],
} as const;

const foldedReserved = {
  manifest: new Map(reservedKeys.manifest.map((key) => [foldCase(key), key])),
  descriptor: new Map(reservedKeys.descriptor.map((key) => [foldCase(key), key])),
  platform: new Map(reservedKeys.platform.map((key) => [foldCase(key), key])),
} as const;

/**
 * Understands a manifest: Docker schema 2 or OCI, image manifest or index. Unknown fields are left alone.
 * @param contentType the `Content-Type` it was sent with, if any.
 * @throws MANIFEST_INVALID for anything two readers could read differently: another media type than the declared
 * one, fields of both kinds, duplicate or oddly cased keys, sizes that are not safe integers; DIGEST_INVALID.
 */
export function parseManifest(content: Uint8Array, contentType: string | undefined): Manifest {
  const value: unknown = JSON.parse(scanJson(content));
  const fields = objectAt(value, "manifest");
  refuseCaseVariants(fields, "manifest");
  const mediaType = agreeOnMediaType(fields, contentType);
  if (fields.schemaVersion !== 2) throw invalid("schemaVersion is not 2; Docker schema 1 unsupported");

  const common = {
    mediaType,
    artifactType: optionalString(fields, "artifactType"),
    subject: fields.subject === undefined ? undefined : parseDescriptor(fields.subject, "subject"),
    annotations: parseAnnotations(fields.annotations, "annotations"),
  };
  if (isIndexMediaType(mediaType)) {
    if ("layers" in fields || "config" in fields) throw invalid("an index has neither layers nor config");
    const manifests = descriptorsAt(fields.manifests, "manifests");
    if (manifests.length > maximumIndexChildren) {
      throw invalid(`an index lists at most ${maximumIndexChildren} manifests`);
    }
    return { kind: "index", ...common, manifests };
  }
  if ("manifests" in fields) throw invalid("an image manifest has no manifests");
  return {
    kind: "image",
    ...common,
    config: parseDescriptor(fields.config, "config"),
    layers: descriptorsAt(fields.layers, "layers"),
  };
}

/**
 * What kind of artifact a manifest is, as a list of referrers shows it: its `artifactType`, or the media type of its
 * config (OCI Distribution, "Listing Referrers").
 */
export function effectiveArtifactType(manifest: Manifest): string | undefined {
  if (manifest.artifactType) return manifest.artifactType;
  return manifest.kind === "image" ? manifest.config.mediaType : undefined;
}

function agreeOnMediaType(fields: JsonObject, contentType: string | undefined): string {
  const declared = baseMediaType(contentType);
  const own = optionalString(fields, "mediaType");
  if (own !== undefined && declared !== "" && own !== declared) {
    throw invalid("mediaType and Content-Type differ", { mediaType: shorten(own), contentType: shorten(declared) });
  }
  const mediaType = own ?? declared;
  if (mediaType === "") throw invalid("neither mediaType nor Content-Type given");
  if (!isIndexMediaType(mediaType) && !isImageManifestMediaType(mediaType)) {
    const reason = mediaType.startsWith("application/vnd.docker.distribution.manifest.v1+")
      ? "Docker schema 1 unsupported"
      : "media type is not one of a manifest";
    throw invalid(reason, { mediaType: shorten(mediaType) });
  }
  return mediaType;
}

function descriptorsAt(value: unknown, field: string): readonly Descriptor[] {
  // Go clients write null for an empty list, as for an empty map below.
  if (value === null) return [];
  if (!Array.isArray(value)) throw invalid(`${field} must be an array`);
  return value.map((entry, position) => parseDescriptor(entry, `${field}[${position}]`));
}

function parseDescriptor(value: unknown, field: string): Descriptor {
  const fields = objectAt(value, field);
  refuseCaseVariants(fields, "descriptor");
  const { digest, size } = fields;
  if (typeof digest !== "string") throw invalid(`${field}.digest must be text`);
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw invalid(`${field}.size must be an integer from 0 to 2^53 - 1`);
  }
  const mediaType = optionalString(fields, "mediaType");
  if (mediaType === undefined || mediaType === "") throw invalid(`${field}.mediaType must be text`);
  const { urls } = fields;
  if (urls !== undefined && !(Array.isArray(urls) && urls.every((url) => typeof url === "string"))) {
    throw invalid(`${field}.urls must be an array of texts`);
  }
  return {
    mediaType,
    digest: parseDigest(digest),
    size,
    artifactType: optionalString(fields, "artifactType"),
    platform: fields.platform === undefined ? undefined : parsePlatform(fields.platform, `${field}.platform`),
    annotations: parseAnnotations(fields.annotations, `${field}.annotations`),
    urls,
  };
}

function parsePlatform(value: unknown, field: string): Platform {
  const fields = objectAt(value, field);
  refuseCaseVariants(fields, "platform");
  return {
    os: optionalString(fields, "os") ?? "",
    architecture: optionalString(fields, "architecture") ?? "",
    variant: optionalString(fields, "variant") || undefined,
    osVersion: optionalString(fields, "os.version") || undefined,
  };
}

function parseAnnotations(value: unknown, field: string): Annotations | undefined {
  // Go clients write "annotations": null for an empty map.
  if (value === undefined || value === null) return undefined;
  const fields = objectAt(value, field);
  for (const key of Object.keys(fields)) {
    if (typeof fields[key] !== "string") throw invalid(`${field} must map texts to texts`);
  }
  return fields as Annotations;
}

function objectAt(value: unknown, field: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(`${field} must be an object`);
  return value as JsonObject;
}

function optionalString(fields: JsonObject, key: string): string | undefined {
  const value = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (value !== undefined && typeof value !== "string") throw invalid(`${key} must be text`);
  return value;
}

/** A reader that ignores case (Go's) and one that does not must see the same fields. */
function refuseCaseVariants(fields: JsonObject, kind: keyof typeof foldedReserved): void {
  for (const key of Object.keys(fields)) {
    const reserved = foldedReserved[kind].get(foldCase(key));
    if (reserved !== undefined && reserved !== key) throw invalid(`write ${reserved}, not ${shorten(key)}`);
  }
}

/** As Go folds it, for which a long s is an s and the Kelvin sign a k; neither change of case alone covers both. */
function foldCase(key: string): string {
  return key.toLowerCase().toUpperCase();
}

function invalid(reason: string, detail: Readonly<Record<string, string>> = {}): RegistryError {
  return new RegistryError("MANIFEST_INVALID", { reason, ...detail });
}
