/** The address of an organization's page: `/o/acme`, `/o/acme/-/teams/frontend`. */
export function organizationPath(organization: string, ...parts: readonly string[]): string {
  const start = `/o/${encodeURIComponent(organization)}`;
  return parts.length === 0 ? start : `${start}/-/${parts.map(encodeURIComponent).join("/")}`;
}

/** The same page of an organization under its present name, for whoever came by a former one. */
export function renamedPath(path: string, to: string): string {
  return path.replace(/^\/o\/[^/?#]+/, organizationPath(to));
}
