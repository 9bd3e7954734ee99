import { libraryOrganization, type ReadRule, type ReadScope } from "@layerport/registry-core";

/** A condition on `repository` (named r) for what a viewer may see; its four values are the parameters from `$<first>`
 * on. */
export function isReadable(first: number): string {
  const [everything, publicToo, organizations, rules] = [first, first + 1, first + 2, first + 3];
  return `($${everything}::boolean OR r.organization_id = ANY ($${organizations}::uuid[])
    OR ($${publicToo}::boolean AND r.visibility = 'public') OR ${fitsRule(`$${rules}`)})`;
}

/** The values for `isReadable`. */
export function readScopeValues(scope: ReadScope): readonly unknown[] {
  return [scope.everything, scope.publicRepositories, scope.organizationIds, JSON.stringify(scope.rules.map(toRow))];
}

const paths = `(SELECT r.path UNION ALL SELECT alias.path FROM repository_alias alias WHERE alias.repository_id = r.id)`;

const organizationNames = `(SELECT name FROM organization WHERE id = r.organization_id
  UNION ALL SELECT alias.name FROM organization_alias alias WHERE alias.organization_id = r.organization_id)`;

function fitsRule(rules: string): string {
  return `EXISTS (SELECT FROM jsonb_to_recordset(${rules}::jsonb)
      AS rule (organization uuid, paths jsonb, path text, names jsonb, name text, public boolean)
    WHERE (rule.organization IS NULL OR rule.organization = r.organization_id)
      AND (rule.public IS NULL OR r.visibility = 'public')
      AND (rule.paths IS NULL OR EXISTS (SELECT FROM ${paths} AS place
        WHERE jsonb_exists(rule.paths, place.path) OR '/' || place.path ~ rule.path))
      AND (rule.names IS NULL OR EXISTS (SELECT FROM ${organizationNames} AS owner, ${paths} AS place
        WHERE jsonb_exists(rule.names, owner.name || '/' || place.path)
          OR '/' || owner.name || '/' || place.path ~ rule.name)))`;
}

function toRow({ organizationId, pathPatterns, namePatterns, isPublic }: ReadRule) {
  const path = pathPatterns && splitPatterns(pathPatterns);
  const name = namePatterns && splitPatterns(namePatterns.map(inLibrary));
  return {
    organization: organizationId ?? null,
    paths: path?.exact ?? null,
    path: path?.expression ?? null,
    names: name?.exact ?? null,
    name: name?.expression ?? null,
    public: isPublic ?? null,
  };
}

/**
 * The patterns without a wildcard as keys, which Postgres finds without trying one after the other, and one expression
 * for all others, which it reads once and not once for each row. An expression goes over the text without looking back,
 * so that no pattern is slow (R12).
 */
function splitPatterns(patterns: readonly string[]) {
  const wild = patterns.filter((pattern) => /[*?]/.test(pattern));
  const exact = patterns.filter((pattern) => !/[*?]/.test(pattern));
  const expressions = wild.map((pattern) => pattern.split("/").map(toComponent).join(""));
  return {
    exact: Object.fromEntries(exact.map((pattern) => [pattern, true])),
    expression: expressions.length === 0 ? null : `^(?:${expressions.join("|")})$`,
  };
}

/** A component with the slash before it. */
function toComponent(component: string): string {
  if (component === "**") return "(?:/[^/]+)*";
  return `/${component.replaceAll(".", "\\.").replaceAll("*", "[^/]*").replaceAll("?", "[^/]")}`;
}

/** A pattern of one component other than `**` is one of the library. */
function inLibrary(pattern: string): string {
  return pattern === "**" || pattern.includes("/") ? pattern : `${libraryOrganization}/${pattern}`;
}

/** A `LIKE` pattern for text that contains the filter; `*` in the filter stands for any text, and then it fits whole. */
export function likePattern(filter: string | undefined): string | null {
  const trimmed = filter?.trim().slice(0, 128);
  if (!trimmed) return null;
  const escaped = trimmed.replace(/[\\%_]/g, "\\$&");
  return escaped.includes("*") ? escaped.replaceAll("*", "%") : `%${escaped}%`;
}
