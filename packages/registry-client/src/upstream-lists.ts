import {
  type Annotations,
  type Digest,
  isDigest,
  mediaTypes,
  type Page,
  type PageRequest,
  parseRepositoryName,
  parseTag,
  type Referrer,
  type ReferrerQuery,
  RegistryError,
  type RepositoryName,
  splitDigest,
  type Tag,
} from "@layerport/registry-core";
import { fieldsOf, parseJson, readFields } from "./answer-body.ts";
import type { RepositoryPaths } from "./repository-paths.ts";
import type { RegistryRequest, Transport } from "./transport.ts";
import { UpstreamError } from "./upstream-error.ts";
import type { UpstreamManifests } from "./upstream-manifests.ts";
import { parseLocation } from "./upstream-url.ts";
import type { Answer } from "./wire.ts";

interface ListRequest extends Pick<RegistryRequest, "scopes" | "headers" | "notFound"> {
  readonly target: string;
}

/** What another registry lists, whether it pages its lists, pages them by marks of its own, or not at all. */
export class UpstreamLists {
  readonly #transport: Transport;
  readonly #paths: RepositoryPaths;
  readonly #manifests: UpstreamManifests;

  constructor(transport: Transport, paths: RepositoryPaths, manifests: UpstreamManifests) {
    this.#transport = transport;
    this.#paths = paths;
    this.#manifests = manifests;
  }

  async listTags(repository: RepositoryName, page: PageRequest): Promise<Page<Tag>> {
    const request = {
      target: this.#paths.path(repository, "tags/list"),
      scopes: this.#paths.scopes(repository, "pull"),
      notFound: "NAME_UNKNOWN",
    } as const;
    const { entries, next } = await this.#listNames(request, "tags", page);
    return { entries: entries.map((name) => this.#read(name, parseTag)), next };
  }

  async listRepositories(page: PageRequest): Promise<Page<RepositoryName>> {
    const request = { target: "/v2/_catalog", scopes: ["registry:catalog:*"], notFound: "NAME_UNKNOWN" } as const;
    const { entries, next } = await this.#listNames(request, "repositories", page);
    return { entries: entries.map((name) => this.#read(name, parseRepositoryName)), next };
  }

  /** The specification lets a registry page this list by marks of its own only, so all of it is read and then paged. */
  async listReferrers(
    repository: RepositoryName,
    subject: Digest,
    query: ReferrerQuery,
  ): Promise<Page<Referrer, Digest>> {
    const { artifactType, after, limit } = query;
    const found = new Map<Digest, Referrer>();
    for (const referrer of await this.#readReferrers(repository, subject, artifactType)) {
      const isWanted = artifactType === undefined || referrer.artifactType === artifactType;
      if (isWanted && (after === undefined || referrer.digest > after)) found.set(referrer.digest, referrer);
    }
    const sorted = [...found.values()].sort((one, other) => (one.digest < other.digest ? -1 : 1));
    const entries = sorted.slice(0, limit);
    return { entries, next: entries.length < sorted.length ? entries.at(-1)?.digest : undefined };
  }

  async #readReferrers(repository: RepositoryName, subject: Digest, artifactType: string | undefined) {
    const filter = artifactType === undefined ? "" : `?artifactType=${encodeURIComponent(artifactType)}`;
    const request = {
      target: `${this.#paths.path(repository, `referrers/${subject}`)}${filter}`,
      scopes: this.#paths.scopes(repository, "pull"),
      headers: { accept: mediaTypes.ociIndex },
      // Where the endpoint is unknown, the answer says nothing about the repository.
      notFound: "MANIFEST_UNKNOWN",
    } as const;
    try {
      const referrers: Referrer[] = [];
      for await (const { fields, url } of this.#readPages(request)) referrers.push(...referrersOf(fields, url));
      return referrers;
    } catch (error) {
      const isMissing = RegistryError.is(error) && error.status === 404 && error.code !== "NAME_UNKNOWN";
      if (!isMissing) throw error;
      return this.#readReferrersTag(repository, subject);
    }
  }

  /** Where registries without the endpoint keep the list ("Referrers Tag Schema"). */
  async #readReferrersTag(repository: RepositoryName, subject: Digest): Promise<readonly Referrer[]> {
    const { algorithm, hex } = splitDigest(subject);
    const tag = parseTag(`${algorithm}-${hex}`.slice(0, 128));
    try {
      const { content } = await this.#manifests.get(repository, { kind: "tag", tag });
      return referrersOf(fieldsOf(parseJson(content)) ?? {}, this.#transport.registry);
    } catch (error) {
      if (RegistryError.is(error) && error.code === "MANIFEST_UNKNOWN") return [];
      throw error;
    }
  }

  /**
   * Up to `limit` names after `after`. A registry that ignores `last` or `n` begins anew or sends everything, so what
   * is not after `after` is passed over, and what is too much is cut off.
   */
  async #listNames(
    request: ListRequest,
    field: "tags" | "repositories",
    { limit, after }: PageRequest,
  ): Promise<Page<string>> {
    // Even a page of nothing tells whether there is a list.
    const last = after === undefined ? "" : `&last=${encodeURIComponent(after)}`;
    const target = `${request.target}?n=${Math.max(limit, 1)}${last}`;
    const names: string[] = [];
    for await (const { fields, url, isLast } of this.#readPages({ ...request, target })) {
      const listed = fields[field] ?? [];
      if (!Array.isArray(listed) || !listed.every((name) => typeof name === "string")) {
        throw new UpstreamError("untrustworthy", `${url.host} lists something other than names`);
      }
      names.push(...listed.filter((name) => after === undefined || name > after));
      // Some send everything at once and in no order. What comes in pages has to be in order already.
      names.sort();
      if (names.length > limit || (names.length === limit && !isLast)) {
        const entries = names.slice(0, limit);
        return { entries, next: entries.at(-1) };
      }
    }
    return { entries: names, next: undefined };
  }

  async *#readPages(
    request: ListRequest,
  ): AsyncGenerator<{ fields: Readonly<Record<string, unknown>>; url: URL; isLast: boolean }> {
    const { limits, registry } = this.#transport;
    let target: string | URL | undefined = request.target;
    for (let pages = 0; target !== undefined; pages += 1) {
      if (pages >= limits.maximumPages) {
        throw new UpstreamError("untrustworthy", `${registry.host} has a list without an end`);
      }
      const asked: RegistryRequest = { ...request, target, method: "GET", expected: [200] };
      const answer = await this.#transport.ask(asked);
      const fields = await readFields(answer, limits.maximumListBytes, limits);
      target = nextTarget(answer, registry);
      yield { fields, url: answer.url, isLast: target === undefined };
    }
  }

  #read<Name>(text: string, parse: (text: string) => Name): Name {
    try {
      return parse(text);
    } catch (cause) {
      const { host } = this.#transport.registry;
      throw new UpstreamError("untrustworthy", `${host} lists a name that is none`, { cause });
    }
  }
}

/** RFC 8288; a list goes on at the registry itself or nowhere. */
function nextTarget(answer: Answer, registry: URL): URL | undefined {
  const link = answer.headers("link").flatMap((header) => /<([^>]*)>\s*;[^,]*rel="?next"?/i.exec(header)?.[1] ?? []);
  const [first] = link;
  if (first === undefined) return undefined;
  const next = parseLocation(first, answer.url);
  // Answered from elsewhere after a redirect, a relative link would lead there.
  if (next.origin !== registry.origin) {
    throw new UpstreamError("untrustworthy", `${registry.host} has a list that goes on elsewhere`);
  }
  return next;
}

function referrersOf(fields: Readonly<Record<string, unknown>>, url: URL): readonly Referrer[] {
  const listed = fields.manifests ?? [];
  if (!Array.isArray(listed)) throw noReferrer(url);
  return listed.map((entry) => {
    const { mediaType, digest, size, artifactType, annotations } = fieldsOf(entry) ?? {};
    const isNamed = typeof mediaType === "string" && typeof digest === "string" && isDigest(digest);
    if (!isNamed || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw noReferrer(url);
    return {
      mediaType,
      digest,
      size,
      artifactType: typeof artifactType === "string" && artifactType !== "" ? artifactType : undefined,
      annotations: annotationsOf(annotations, url),
    };
  });
}

function annotationsOf(value: unknown, url: URL): Annotations | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  if (!Object.values(fields).every((text) => typeof text === "string")) throw noReferrer(url);
  return fields as Annotations;
}

function noReferrer(url: URL): UpstreamError {
  return new UpstreamError("untrustworthy", `${url.host} lists a referrer that is none`);
}
