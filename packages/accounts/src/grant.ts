import type { Permission } from "@layerport/registry-core";
import type { Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";

/** Whom a grant is for, by name; a robot by its name inside the organization. */
export interface GrantPrincipal {
  readonly kind: "user" | "team" | "robot";
  readonly name: string;
}

/** What a principal may do in the repositories that a pattern covers. */
export interface AccessGrant {
  readonly id: string;
  readonly principal: GrantPrincipal;
  /** The whole pattern, `acme/web-*`, under the organization's present name. */
  readonly pattern: string;
  /** Weakest first, with all that they imply. */
  readonly permissions: readonly Permission[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly lastUsedAt: Date | undefined;
  /** Neither used nor made within 90 days. */
  readonly isUnused: boolean;
}

/** A grant that is to be made. */
export interface NewGrant {
  readonly principal: GrantPrincipal;
  /** A pattern inside the organization: `acme/**`, `acme/web-*`, `acme/api`. */
  readonly pattern: string;
  /** At least one. Each implies pull, and overwrite implies push. */
  readonly permissions: readonly Permission[];
}

/** Which grants a list is about; all of the organization's where nothing is given. */
export interface GrantFilter {
  readonly principal?: GrantPrincipal | undefined;
  /** Only those that cover this repository, `acme/api`, whether or not it exists. */
  readonly repository?: string | undefined;
}

/** Grants: every member of an organization sees them, and owners change them. */
export interface Grants {
  /** By pattern, then by principal. @throws ORGANIZATION_UNKNOWN */
  listGrants(viewer: Viewer, organization: string, filter?: GrantFilter): Promise<readonly AccessGrant[]>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, GRANT_PATTERN_INVALID, GRANT_PERMISSIONS_INVALID, PRINCIPAL_UNKNOWN for
   * whoever does not belong to the organization, GRANT_EXISTS when the principal has one for the same pattern */
  createGrant(viewer: Viewer, organization: string, grant: NewGrant, origin?: RequestOrigin): Promise<AccessGrant>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, GRANT_UNKNOWN, GRANT_PERMISSIONS_INVALID */
  changeGrant(
    viewer: Viewer,
    organization: string,
    change: { readonly id: string; readonly permissions: readonly Permission[] },
    origin?: RequestOrigin,
  ): Promise<AccessGrant>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, GRANT_UNKNOWN */
  removeGrant(viewer: Viewer, organization: string, id: string, origin?: RequestOrigin): Promise<void>;
}
