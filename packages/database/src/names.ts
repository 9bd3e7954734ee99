/**
 * A subquery, for LATERAL, that answers the row of the organization whose name the expression holds: its present one, or
 * one that it had before. Postgres goes to the second part only when the first has found nothing, so that the usual
 * look-up costs what it would cost without it. One row at most.
 */
export function organizationNamed(name: string): string {
  return `(SELECT organization.* FROM organization WHERE organization.name = ${name}
    UNION ALL
    SELECT organization.* FROM organization_alias alias
      JOIN organization ON organization.id = alias.organization_id WHERE alias.name = ${name}
    LIMIT 1)`;
}

/** The same for the repository at a path of an organization, both expressions. */
export function repositoryAt(organizationId: string, path: string): string {
  return `(SELECT repository.* FROM repository
      WHERE repository.organization_id = ${organizationId} AND repository.path = ${path}
    UNION ALL
    SELECT repository.* FROM repository_alias alias JOIN repository ON repository.id = alias.repository_id
      WHERE alias.organization_id = ${organizationId} AND alias.path = ${path}
    LIMIT 1)`;
}
