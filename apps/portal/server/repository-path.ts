import {
  type Digest,
  parseRepositoryName,
  RegistryError,
  type RepositoryName,
  type Tag,
} from "@layerport/registry-core";

/** Whether a path is one of the routes behind a repository's addresses, which have no address of their own. */
export function isInternalRoute(pathname: string): boolean {
  return pathname.startsWith("/repository/");
}

/** The page of an image reference that was pasted as a path, `/acme/api:1.2` or `/acme/api@sha256:…`. */
export function referencePath(pathname: string): string | undefined {
  const match = /^\/([a-z0-9._/-]+?)(?:@(sha(?:256|512):[0-9a-f]+)|:([\w][\w.-]{0,127}))$/.exec(pathname);
  const name = match?.[1];
  if (name === undefined || !isRepositoryName(name)) return undefined;
  return match?.[2] ? `/r/${name}/-/manifests/${match[2]}` : `/r/${name}/-/tags/${match?.[3]}`;
}

/** The address of a repository's list of tags. */
export function tagsPath(repository: RepositoryName): string {
  return `/r/${repository}/-/tags`;
}

/** The address of a tag's page. */
export function tagPath(repository: RepositoryName, tag: Tag): string {
  return `/r/${repository}/-/tags/${tag}`;
}

/** The address of a manifest's page. */
export function manifestPath(repository: RepositoryName, digest: Digest): string {
  return `/r/${repository}/-/manifests/${digest}`;
}

/** The address of a repository's settings, or of a part of them. */
export function settingsPath(repository: RepositoryName, part?: "access"): string {
  return part === undefined ? `/r/${repository}/-/settings` : `/r/${repository}/-/settings/${part}`;
}

function isRepositoryName(text: string): boolean {
  try {
    parseRepositoryName(text);
    return true;
  } catch (error) {
    if (RegistryError.is(error)) return false;
    throw new Error("a name could not be read", { cause: error });
  }
}
