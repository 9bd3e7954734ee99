import type { Actor } from "./actor.ts";
import type { Annotations, Descriptor, Platform } from "./descriptor.ts";
import type { Digest } from "./digest.ts";
import type { ImageConfig } from "./image-config.ts";
import type { Page, PageRequest } from "./page.ts";
import type { Visibility } from "./permission.ts";
import type { Reference, Tag } from "./reference.ts";
import type { Referrer } from "./registry.ts";
import type { OrganizationName, RepositoryName } from "./repository-name.ts";

/** A repository as a line of a list. */
export interface RepositorySummary {
  readonly name: RepositoryName;
  readonly organization: OrganizationName;
  readonly visibility: Visibility;
  readonly description: string | undefined;
  readonly tagCount: number;
  /** The newest tag by version order, or by time when no tag is a version. */
  readonly newestTag: Tag | undefined;
  readonly platforms: readonly Platform[];
  /** Compressed bytes of the newest tag's largest platform image. */
  readonly sizeBytes: number | undefined;
  readonly lastPushedAt: Date | undefined;
}

/** A repository as the head of its own pages. */
export interface RepositoryDescription extends RepositorySummary {
  readonly createdAt: Date;
  readonly untaggedCount: number;
  readonly artifactCount: number;
}

/** The image of one platform as a line of a tag. */
export interface PlatformImage {
  readonly platform: Platform;
  readonly digest: Digest;
  /** Compressed bytes: config and layers. Absent while the image is not pushed. */
  readonly sizeBytes: number | undefined;
}

/** A tag as a line of a list. */
export interface TagSummary {
  readonly tag: Tag;
  readonly digest: Digest;
  readonly mediaType: string;
  /** The platform images behind the tag, attestations left out; one entry for an image that is not an index. */
  readonly images: readonly PlatformImage[];
  /** Set when the tag names an artifact other than a container image. */
  readonly artifactType: string | undefined;
  readonly pushedAt: Date;
  readonly pushedBy: string;
}

/** How a list of tags is sorted; always over the whole repository. */
export type TagOrder = "version" | "pushed" | "name" | "size";

/** Which tags a page asks for. */
export interface TagQuery extends PageRequest {
  readonly order: TagOrder;
  /** A part of the name, or a pattern with `*`. Case does not matter. */
  readonly filter?: string | undefined;
}

/** A part of the tags, and how many there are in all. */
export interface TagPage extends Page<TagSummary> {
  readonly total: number;
}

/** One layer of an image and the instruction that made it. */
export interface LayerDescription {
  readonly descriptor: Descriptor;
  /** The history line of the layer; absent when the config has no fitting history. */
  readonly createdBy: string | undefined;
  /** In how many other images that the viewer may see this layer is used. */
  readonly sharedWith: number;
}

/** One line of the stack: a layer, or an instruction that only changed the configuration. */
export type StackEntry =
  | { readonly kind: "layer"; readonly layer: LayerDescription }
  | { readonly kind: "metadata"; readonly createdBy: string };

/** One platform's image: what it is made of and how it runs. */
export interface PlatformImageDescription {
  readonly descriptor: Descriptor;
  readonly platform: Platform;
  readonly config: ImageConfig | undefined;
  readonly configDescriptor: Descriptor;
  /** From the lowest layer up. */
  readonly stack: readonly StackEntry[];
  readonly layerCount: number;
  /** Compressed bytes: config and layers. */
  readonly sizeBytes: number;
  readonly annotations: Annotations | undefined;
}

/** A tag or digest, and everything that its page shows. */
export interface ImageDescription {
  readonly repository: RepositoryName;
  readonly reference: Reference;
  readonly descriptor: Descriptor;
  /** The exact bytes of the manifest, as text. */
  readonly manifestText: string;
  readonly annotations: Annotations | undefined;
  /** Every tag of the repository that points at the same manifest. */
  readonly tags: readonly Tag[];
  readonly pushedAt: Date;
  readonly pushedBy: string;
  readonly artifactType: string | undefined;
  /** The children of an index, without attestations, or the image itself. Missing children are listed, unsized. */
  readonly platforms: readonly PlatformImage[];
  readonly attestationCount: number;
  /** The platform that was asked for, or the first; absent for an empty index or one whose child is not pushed. */
  readonly image: PlatformImageDescription | undefined;
  readonly referrers: readonly Referrer[];
}

/** Which repositories a page asks for. */
export interface RepositoryQuery extends PageRequest {
  readonly organization?: OrganizationName | undefined;
  /** A part of the name or of the description. */
  readonly search?: string | undefined;
  readonly order: "pushed" | "name";
}

/** A part of the repositories, and how many there are in all. */
export interface RepositoryPage extends Page<RepositorySummary> {
  readonly total: number;
}

/** What has happened lately in the repositories that the viewer may see. */
export interface ActivityEntry {
  readonly repository: RepositoryName;
  readonly tag: Tag;
  readonly kind: TagEventKind;
  readonly digestBefore: Digest | undefined;
  readonly digestAfter: Digest | undefined;
  readonly at: Date;
  readonly by: Actor["name"];
}

/** What can happen to a tag. */
export type TagEventKind = "created" | "moved" | "removed" | "restored";

/** What people browse: read models, each one query or a few. Made for one viewer, it shows what that viewer may see. */
export interface Catalog {
  listRepositories(query: RepositoryQuery): Promise<RepositoryPage>;

  /** @throws NAME_UNKNOWN */
  describeRepository(repository: RepositoryName): Promise<RepositoryDescription>;

  /** @throws NAME_UNKNOWN */
  listTags(repository: RepositoryName, query: TagQuery): Promise<TagPage>;

  /** @param platform `os/architecture[/variant]` of the child to describe.
   * @throws NAME_UNKNOWN, MANIFEST_UNKNOWN */
  describeImage(repository: RepositoryName, reference: Reference, platform?: string): Promise<ImageDescription>;

  /** The newest events first. */
  listActivity(page: PageRequest): Promise<Page<ActivityEntry>>;
}
