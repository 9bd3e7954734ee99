import {
  type Digest,
  type DigestAlgorithm,
  parseDigest,
  parseDigestAlgorithm,
  parseReference,
  parseRepositoryName,
  parseTag,
  parseUploadId,
  type Reference,
  RegistryError,
  type RepositoryName,
  shorten,
  type Tag,
  type UploadId,
} from "@layerport/registry-core";
import { type ListQuery, parseListQuery } from "./pagination.ts";
import { decodeOnce, queryValue, queryValues, type RequestTarget } from "./request-target.ts";

interface InRepository {
  readonly repository: RepositoryName;
}

/** end-1: the root of the API, at which clients learn how to authenticate. */
export interface BaseEndpoint {
  readonly id: "end-1";
}

/** end-2 and end-10: a blob. */
export interface BlobEndpoint extends InRepository {
  readonly id: "end-2" | "end-10";
  readonly digest: Digest;
}

/** end-3 and end-9: a manifest. */
export interface ManifestEndpoint extends InRepository {
  readonly id: "end-3" | "end-9";
  readonly reference: Reference;
}

/** end-4a and end-4c: a new upload. */
export interface StartUploadEndpoint extends InRepository {
  readonly id: "end-4a" | "end-4c";
  readonly algorithm: DigestAlgorithm | undefined;
}

/** end-4b: a whole blob in one request. */
export interface PutBlobEndpoint extends InRepository {
  readonly id: "end-4b";
  readonly digest: Digest;
}

/** end-5, end-13 and end-14: an upload on its way. */
export interface UploadEndpoint extends InRepository {
  readonly id: "end-5" | "end-13" | "end-14";
  readonly upload: UploadId;
}

/** end-6: the end of an upload. */
export interface CompleteUploadEndpoint extends InRepository {
  readonly id: "end-6";
  readonly upload: UploadId;
  readonly digest: Digest;
}

/** end-7a and end-7b: a manifest to be stored, under the tag of its path or those of its query. */
export interface PutManifestEndpoint extends InRepository {
  readonly id: "end-7a" | "end-7b";
  readonly reference: Reference;
  readonly tags: readonly Tag[];
}

/** end-8a and end-8b: the tags of a repository. */
export interface TagsEndpoint extends InRepository {
  readonly id: "end-8a" | "end-8b";
  readonly list: ListQuery;
}

/** end-11: a blob to be taken over from another repository, or from any where `from` is absent. */
export interface MountEndpoint extends InRepository {
  readonly id: "end-11";
  readonly digest: Digest;
  readonly from: RepositoryName | undefined;
}

/** end-12a and end-12b: the manifests that point at a subject. */
export interface ReferrersEndpoint extends InRepository {
  readonly id: "end-12a" | "end-12b";
  readonly digest: Digest;
  readonly artifactType: string | undefined;
  readonly list: ListQuery<Digest>;
}

/** The catalog, which the specification reserves for registries to define. */
export interface CatalogEndpoint {
  readonly id: "catalog";
  readonly list: ListQuery;
}

/** What a request below `/v2/` asks for, by the ids of OCI Distribution ("Endpoints"). Nothing in it is raw text. */
export type Endpoint =
  | BaseEndpoint
  | BlobEndpoint
  | ManifestEndpoint
  | StartUploadEndpoint
  | PutBlobEndpoint
  | UploadEndpoint
  | CompleteUploadEndpoint
  | PutManifestEndpoint
  | TagsEndpoint
  | MountEndpoint
  | ReferrersEndpoint
  | CatalogEndpoint;

/** The id of an endpoint. */
export type EndpointId = Endpoint["id"];

/** Every id there is. */
export const endpointIds = [
  "end-1",
  "end-2",
  "end-3",
  "end-4a",
  "end-4b",
  "end-4c",
  "end-5",
  "end-6",
  "end-7a",
  "end-7b",
  "end-8a",
  "end-8b",
  "end-9",
  "end-10",
  "end-11",
  "end-12a",
  "end-12b",
  "end-13",
  "end-14",
  "catalog",
] as const satisfies readonly EndpointId[];

/** The most tags that one push may set. */
export const maximumTagsPerPush = 100;

/** A resource of the API, before the method says what is wanted of it. */
type Resource =
  | { readonly kind: "base" }
  | { readonly kind: "catalog" }
  | { readonly kind: "blob" | "manifest" | "upload" | "referrers"; readonly name: string; readonly last: string }
  | { readonly kind: "uploads" | "tags"; readonly name: string };

const allowedMethods: Readonly<Record<Resource["kind"], string>> = {
  base: "GET, HEAD",
  catalog: "GET, HEAD",
  blob: "GET, HEAD, DELETE",
  manifest: "GET, HEAD, PUT, DELETE",
  uploads: "POST",
  upload: "GET, HEAD, PATCH, PUT, DELETE",
  tags: "GET, HEAD",
  referrers: "GET, HEAD",
};

/** Every route that there is: a resource with a method that it has. */
export const routes: readonly { readonly resource: string; readonly method: string }[] = Object.entries(
  allowedMethods,
).flatMap(([resource, methods]) => methods.split(", ").map((method) => ({ resource, method })));

/**
 * Reads a method and a target below `/v2`.
 * @throws NAME_INVALID, DIGEST_INVALID, MANIFEST_INVALID, MANIFEST_UNKNOWN, BLOB_UPLOAD_UNKNOWN for parts that are not
 * well formed; UNSUPPORTED for a method that the resource does not have, with `allowed` in its detail, or a page that
 * is not a number; NAME_UNKNOWN for a path that the API does not have.
 */
export function parseEndpoint(method: string, target: RequestTarget): Endpoint {
  const resource = findResource(target.path);
  const allowed = allowedMethods[resource.kind];
  if (!allowed.split(", ").includes(method)) {
    throw new RegistryError("UNSUPPORTED", { method, allowed }, { message: `${method} is not possible here` });
  }
  if (resource.kind === "base") return { id: "end-1" };
  if (resource.kind === "catalog") return { id: "catalog", list: parseListQuery(target.query, decodeText) };

  const repository = parseRepositoryName(decodeOnce(resource.name));
  const { query } = target;
  switch (resource.kind) {
    case "blob":
      return { id: method === "DELETE" ? "end-10" : "end-2", repository, digest: digestOf(resource.last) };
    case "manifest":
      return method === "PUT"
        ? putManifestEndpoint(repository, parseReference(decodeOnce(resource.last)), query)
        : { id: method === "DELETE" ? "end-9" : "end-3", repository, reference: referenceOf(resource.last) };
    case "uploads":
      return startEndpoint(repository, query);
    case "upload":
      return uploadEndpoint(repository, parseUploadId(resource.last), method, query);
    case "tags":
      return { id: query === "" ? "end-8a" : "end-8b", repository, list: parseListQuery(query, decodeText) };
    case "referrers": {
      const artifactType = queryValue(query, "artifactType");
      const list = parseListQuery(query, parseDigest);
      const digest = digestOf(resource.last);
      return { id: artifactType === undefined ? "end-12a" : "end-12b", repository, digest, artifactType, list };
    }
  }
}

/**
 * A name may itself contain the words of the API (`acme/blobs/api`), so a path is read from its end, where the words
 * that belong to the API stand.
 */
function findResource(path: string): Resource {
  if (path === "/v2/" || path === "/v2") return { kind: "base" };
  if (path === "/v2/_catalog") return { kind: "catalog" };
  const rest = path.slice("/v2/".length);
  const words = rest.split("/");
  const last = words.at(-1) ?? "";
  const before = words.at(-2);
  const nameUntil = (count: number) => words.slice(0, -count).join("/");

  if (words.length > 2) {
    if (before === "tags" && last === "list") return { kind: "tags", name: nameUntil(2) };
    if (before === "blobs" && last === "uploads") return { kind: "uploads", name: nameUntil(2) };
    if (before === "uploads" && words.at(-3) === "blobs" && words.length > 3) {
      return last === "" ? { kind: "uploads", name: nameUntil(3) } : { kind: "upload", name: nameUntil(3), last };
    }
    if (before === "blobs") return { kind: "blob", name: nameUntil(2), last };
    if (before === "manifests") return { kind: "manifest", name: nameUntil(2), last };
    if (before === "referrers") return { kind: "referrers", name: nameUntil(2), last };
  }
  // A reference with a slash in it names no manifest; reading it as one gives the answer that explains it.
  const manifests = rest.lastIndexOf("/manifests/");
  if (manifests > 0) {
    return { kind: "manifest", name: rest.slice(0, manifests), last: rest.slice(manifests + "/manifests/".length) };
  }
  throw new RegistryError("NAME_UNKNOWN", { path: shorten(path) }, { message: "there is nothing at this path" });
}

function putManifestEndpoint(repository: RepositoryName, reference: Reference, query: string): PutManifestEndpoint {
  const named = queryValues(query, "tag");
  if (named.length > maximumTagsPerPush) {
    throw new RegistryError(
      "UNSUPPORTED",
      { tags: named.length, maximum: maximumTagsPerPush },
      { status: 414, message: `a push sets at most ${maximumTagsPerPush} tags` },
    );
  }
  const tags = [...(reference.kind === "tag" ? [reference.tag] : []), ...named.map(parseTag)];
  return { id: named.length === 0 ? "end-7a" : "end-7b", repository, reference, tags: [...new Set(tags)] };
}

function startEndpoint(
  repository: RepositoryName,
  query: string,
): StartUploadEndpoint | PutBlobEndpoint | MountEndpoint {
  const mount = queryValue(query, "mount");
  if (mount !== undefined) {
    const from = queryValue(query, "from");
    return {
      id: "end-11",
      repository,
      digest: parseDigest(mount),
      from: from === undefined || from === "" ? undefined : parseRepositoryName(from),
    };
  }
  const digest = queryValue(query, "digest");
  if (digest !== undefined) return { id: "end-4b", repository, digest: parseDigest(digest) };
  const algorithm = queryValue(query, "digest-algorithm");
  if (algorithm === undefined) return { id: "end-4a", repository, algorithm };
  return { id: "end-4c", repository, algorithm: parseDigestAlgorithm(algorithm) };
}

function uploadEndpoint(
  repository: RepositoryName,
  upload: UploadId,
  method: string,
  query: string,
): UploadEndpoint | CompleteUploadEndpoint {
  if (method === "PATCH") return { id: "end-5", repository, upload };
  if (method === "DELETE") return { id: "end-14", repository, upload };
  if (method !== "PUT") return { id: "end-13", repository, upload };
  return { id: "end-6", repository, upload, digest: parseDigest(queryValue(query, "digest") ?? "") };
}

function digestOf(text: string): Digest {
  return parseDigest(decodeOnce(text));
}

/** No manifest can have a malformed tag, so to those who ask for one it is unknown. */
function referenceOf(text: string): Reference {
  const decoded = decodeOnce(text);
  try {
    return parseReference(decoded);
  } catch (cause) {
    if (!RegistryError.is(cause) || cause.code !== "MANIFEST_INVALID") throw cause;
    throw new RegistryError("MANIFEST_UNKNOWN", { tag: shorten(decoded) }, { cause });
  }
}

function decodeText(text: string): string {
  return text;
}
