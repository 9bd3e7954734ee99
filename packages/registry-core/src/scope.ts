import { RegistryError } from "./registry-error.ts";
import { parseRepositoryName, type RepositoryName } from "./repository-name.ts";

/** What a token may be used for on a repository: the actions of the Docker token protocol. */
export type ScopeAction = "pull" | "push" | "delete";

/** One access entry of the token protocol, for a repository or for the catalog. */
export type Scope =
  | { readonly kind: "repository"; readonly repository: RepositoryName; readonly actions: readonly ScopeAction[] }
  | { readonly kind: "catalog" };

const scopeActions: readonly string[] = ["pull", "push", "delete"] satisfies readonly ScopeAction[];

/**
 * Reads one scope, `repository:acme/api:pull,push` or `registry:catalog:*`. The type ends at the first colon and the
 * actions begin after the last one. Answers `undefined` for types, names and actions that Layerport does not grant,
 * since the token protocol answers an unknown scope with fewer rights, not with an error. `*` stands for all actions.
 */
export function parseScope(text: string): Scope | undefined {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  if (first === -1 || first === last) return undefined;
  const type = text.slice(0, first);
  const name = text.slice(first + 1, last);
  const asked = text.slice(last + 1).split(",");
  if (type === "registry") return name === "catalog" && asked.includes("*") ? { kind: "catalog" } : undefined;
  if (type !== "repository" && !/^repository\([a-z0-9]+\)$/.test(type)) return undefined;
  const repository = findRepositoryName(name);
  if (repository === undefined) return undefined;
  const actions = scopeActions.filter((action) => asked.includes(action) || asked.includes("*")) as ScopeAction[];
  return actions.length === 0 ? undefined : { kind: "repository", repository, actions };
}

/** The scope in the token protocol's grammar. */
export function formatScope(scope: Scope): string {
  return scope.kind === "catalog" ? "registry:catalog:*" : `repository:${scope.repository}:${scope.actions.join(",")}`;
}

function findRepositoryName(text: string): RepositoryName | undefined {
  try {
    return parseRepositoryName(text);
  } catch (error) {
    if (RegistryError.is(error)) return undefined;
    throw new Error("a repository name could not be read", { cause: error });
  }
}
