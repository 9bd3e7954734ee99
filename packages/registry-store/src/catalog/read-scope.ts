import type { ReadScope } from "@layerport/registry-core";

/** A condition on `repository` (named r) for what a viewer may see; its three values are the parameters from
 * `$<first>` on. */
export function isReadable(first: number): string {
  const [everything, publicToo, organizations] = [first, first + 1, first + 2];
  return `($${everything}::boolean OR r.organization_id = ANY ($${organizations}::uuid[])
    OR ($${publicToo}::boolean AND r.visibility = 'public'))`;
}

/** The values for `isReadable`. */
export function readScopeValues(scope: ReadScope): readonly unknown[] {
  return [scope.everything, scope.publicRepositories, scope.organizationIds];
}

/** A `LIKE` pattern for text that contains the filter; `*` in the filter stands for any text, and then it fits whole. */
export function likePattern(filter: string | undefined): string | null {
  const trimmed = filter?.trim().slice(0, 128);
  if (!trimmed) return null;
  const escaped = trimmed.replace(/[\\%_]/g, "\\$&");
  return escaped.includes("*") ? escaped.replaceAll("*", "%") : `%${escaped}%`;
}
