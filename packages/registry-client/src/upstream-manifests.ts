import { createHash } from "node:crypto";
import {
  baseMediaType,
  type Descriptor,
  type Digest,
  type DigestAlgorithm,
  formatDigest,
  formatReference,
  isDigest,
  isImageManifestMediaType,
  isIndexMediaType,
  type ManifestPush,
  type ManifestReceipt,
  mediaTypes,
  parseManifest,
  type Reference,
  RegistryError,
  type RepositoryName,
  type StoredManifest,
  splitDigest,
  type Tag,
} from "@layerport/registry-core";
import { readDocument } from "./answer-body.ts";
import type { RepositoryPaths } from "./repository-paths.ts";
import type { Transport } from "./transport.ts";
import { parseCount } from "./upstream-blob.ts";
import { UpstreamError } from "./upstream-error.ts";
import { type Answer, discard } from "./wire.ts";

const accept = [
  mediaTypes.ociIndex,
  mediaTypes.dockerManifestList,
  mediaTypes.ociManifest,
  mediaTypes.dockerManifest,
].join(", ");

/** The manifests of another registry. What it sends is believed only as far as its digest proves it. */
export class UpstreamManifests {
  readonly #transport: Transport;
  readonly #paths: RepositoryPaths;

  constructor(transport: Transport, paths: RepositoryPaths) {
    this.#transport = transport;
    this.#paths = paths;
  }

  async get(repository: RepositoryName, reference: Reference): Promise<StoredManifest> {
    const answer = await this.#ask("GET", repository, reference);
    const { limits } = this.#transport;
    const content = await readDocument(answer, limits.maximumManifestBytes, limits);
    const named = namedDigest(answer, reference);
    const digest = digestOf(content, named === undefined ? "sha256" : splitDigest(named).algorithm);
    if (named !== undefined && named !== digest) throw wrong(answer, `sends other bytes than ${named}`);
    return { digest, mediaType: mediaTypeOf(answer, content), content };
  }

  async resolve(repository: RepositoryName, reference: Reference): Promise<Descriptor> {
    const answer = await this.#ask("HEAD", repository, reference);
    await discard(answer);
    const digest = namedDigest(answer, reference);
    const size = parseCount(answer.header("content-length"));
    const mediaType = baseMediaType(answer.header("content-type"));
    if (digest !== undefined && size !== undefined && isManifestMediaType(mediaType)) {
      if (size > this.#transport.limits.maximumManifestBytes) throw wrong(answer, "offers an oversized manifest");
      return { mediaType, digest, size };
    }
    // Not every registry says all of this without being asked for the bytes.
    const manifest = await this.get(repository, reference);
    return { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.content.byteLength };
  }

  /** Several tags are set in one step where the registry can do that, and one after another where it cannot. */
  async put(repository: RepositoryName, push: ManifestPush): Promise<ManifestReceipt> {
    const { content, tags } = push;
    const digest = digestOf(content, push.digest === undefined ? "sha256" : splitDigest(push.digest).algorithm);
    if (push.digest !== undefined && push.digest !== digest) {
      throw new RegistryError("DIGEST_INVALID", { digest: push.digest });
    }
    if (!push.mayOverwrite) await this.#refuseToMove(repository, digest, tags);
    const [first] = tags;
    const isPlain = tags.length === 1 && first !== undefined && push.digest === undefined;
    const query = isPlain ? "" : tags.map((tag, at) => `${at === 0 ? "?" : "&"}tag=${tag}`).join("");
    const answer = await this.#put(repository, `${isPlain ? first : digest}${query}`, push);
    const receipt = this.#receiptOf(answer, push, digest);
    const set = new Set(isPlain ? tags : answer.headers("oci-tag").flatMap((header) => header.split(/[\s,]+/)));
    for (const tag of tags.filter((wanted) => !set.has(wanted))) await this.#put(repository, tag, push);
    return receipt;
  }

  async delete(repository: RepositoryName, reference: Reference): Promise<void> {
    const answer = await this.#transport.ask({
      method: "DELETE",
      target: this.#paths.path(repository, `manifests/${formatReference(reference)}`),
      scopes: this.#paths.scopes(repository, "delete"),
      expected: [200, 202, 204],
      notFound: "MANIFEST_UNKNOWN",
    });
    await discard(answer);
  }

  #ask(method: "GET" | "HEAD", repository: RepositoryName, reference: Reference): Promise<Answer> {
    return this.#transport.ask({
      method,
      target: this.#paths.path(repository, `manifests/${formatReference(reference)}`),
      scopes: this.#paths.scopes(repository, "pull"),
      headers: { accept },
      expected: [200],
      notFound: "MANIFEST_UNKNOWN",
    });
  }

  async #put(repository: RepositoryName, rest: string, { content, contentType }: ManifestPush): Promise<Answer> {
    if (contentType !== undefined && !/^[\x20-\x7e]*$/.test(contentType)) {
      throw new RegistryError("MANIFEST_INVALID", { reason: "a media type is printable" });
    }
    const answer = await this.#transport.ask({
      method: "PUT",
      target: this.#paths.path(repository, `manifests/${rest}`),
      scopes: this.#paths.scopes(repository, "pull,push"),
      headers: contentType === undefined ? {} : { "content-type": contentType },
      body: content,
      isRepeatable: true,
      expected: [200, 201, 202],
      notFound: "NAME_UNKNOWN",
    });
    await discard(answer);
    return answer;
  }

  #receiptOf(answer: Answer, { content, contentType, tags }: ManifestPush, digest: Digest): ManifestReceipt {
    const stored = answer.header("docker-content-digest");
    if (stored !== undefined && (!isDigest(stored) || stored !== digestOf(content, splitDigest(stored).algorithm))) {
      throw wrong(answer, "stored a manifest under a digest that its bytes do not have");
    }
    const subject = answer.header("oci-subject");
    return {
      descriptor: { mediaType: mediaTypeIn(content, contentType), digest, size: content.byteLength },
      subject: subject !== undefined && isDigest(subject) ? subject : undefined,
      tags,
    };
  }

  /** The protocol has no way to say it, so it is looked up before; a push in between is not seen. */
  async #refuseToMove(repository: RepositoryName, digest: Digest, tags: readonly Tag[]): Promise<void> {
    for (const tag of tags) {
      const held = await this.resolve(repository, { kind: "tag", tag }).catch((error: unknown) => {
        if (RegistryError.is(error) && error.status === 404) return undefined;
        throw error;
      });
      if (held !== undefined && held.digest !== digest) {
        throw new RegistryError("DENIED", { tag }, { message: "the tag may not be moved" });
      }
    }
  }
}

/** The digest of some bytes. */
export function digestOf(content: Uint8Array, algorithm: DigestAlgorithm): Digest {
  return formatDigest(algorithm, createHash(algorithm).update(content).digest("hex"));
}

/** The digest that was asked for, or that the answer says the tag has. */
function namedDigest(answer: Answer, reference: Reference): Digest | undefined {
  const said = answer.header("docker-content-digest");
  if (reference.kind === "tag") {
    if (said !== undefined && !isDigest(said)) throw wrong(answer, "names a digest that is none");
    return said;
  }
  // A registry may name the same bytes by another algorithm.
  const isOther = said !== undefined && said.split(":", 1)[0] === reference.digest.split(":", 1)[0];
  if (isOther && said !== reference.digest) throw wrong(answer, "names another manifest than it was asked for");
  return reference.digest;
}

function mediaTypeOf(answer: Answer, content: Uint8Array): string {
  const said = baseMediaType(answer.header("content-type"));
  if (isManifestMediaType(said)) return said;
  try {
    return parseManifest(content, undefined).mediaType;
  } catch (cause) {
    throw new UpstreamError("untrustworthy", `${answer.url.host} sends something that is no manifest`, { cause });
  }
}

/** The registry has accepted the manifest, so one of the two says what it is. */
function mediaTypeIn(content: Uint8Array, contentType: string | undefined): string {
  const declared = baseMediaType(contentType);
  return declared === "" ? parseManifest(content, undefined).mediaType : declared;
}

function isManifestMediaType(mediaType: string): boolean {
  return isImageManifestMediaType(mediaType) || isIndexMediaType(mediaType);
}

function wrong({ url }: Answer, what: string): UpstreamError {
  return new UpstreamError("untrustworthy", `${url.host} ${what}`);
}
