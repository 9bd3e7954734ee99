import type { Role } from "@layerport/registry-core";
import type { Viewer } from "./accounts.ts";
import type { RequestOrigin } from "./identity.ts";
import type { OrganizationOperation } from "./operations.ts";

/** An organization as a line of a list. */
export interface OrganizationSummary {
  readonly id: string;
  readonly name: string;
  readonly kind: "personal" | "shared";
  readonly displayName: string | undefined;
  readonly isMember: boolean;
  /** What the viewer is in it, the default role included; absent for administrators and auditors who are no members,
   * and for members who have only what is granted to them. */
  readonly role: Role | undefined;
}

/** An organization as its pages show it. */
export interface OrganizationDescription extends OrganizationSummary {
  readonly description: string | undefined;
  readonly createdAt: Date;
  /** What every member may do at least; absent when that is nothing. */
  readonly defaultRole: Role | undefined;
  readonly memberCount: number;
  /** The first ten owners by name, whom one may ask. */
  readonly owners: readonly string[];
  /** Names that it had before, which still pull; newest first. */
  readonly formerNames: readonly string[];
}

/** What an owner may change of an organization; what is absent stays. */
export interface OrganizationChanges {
  /** The empty text takes it away. */
  readonly displayName?: string | undefined;
  /** The empty text takes it away. */
  readonly description?: string | undefined;
  /** Reader, writer or maintainer; "none" for members who may do only what is granted to them. */
  readonly defaultRole?: Exclude<Role, "owner"> | "none" | undefined;
}

/** Organizations: the owners of repositories. */
export interface Organizations {
  /** The viewer becomes its owner. Every member is a reader until the default role is changed.
   * @throws NAME_INVALID, NAME_RESERVED, NAME_TAKEN, DISPLAY_NAME_INVALID */
  createOrganization(
    viewer: Viewer,
    organization: { readonly name: string; readonly displayName?: string | undefined },
    origin?: RequestOrigin,
  ): Promise<OrganizationSummary>;
  /** The viewer's organizations by name; every one for administrators and auditors. */
  listOrganizations(viewer: Viewer): Promise<readonly OrganizationSummary[]>;
  /** By its name or a former one; `name` in the answer is the present one.
   * @throws ORGANIZATION_UNKNOWN, alike for absent and for not visible */
  describeOrganization(viewer: Viewer, name: string): Promise<OrganizationDescription>;
  /** Whether the viewer may do this in the organization: what a page asks before it offers it. */
  mayInOrganization(viewer: Viewer, organization: string, operation: OrganizationOperation): Promise<boolean>;
  /** @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, DISPLAY_NAME_INVALID, DESCRIPTION_INVALID */
  changeOrganization(
    viewer: Viewer,
    organization: string,
    changes: OrganizationChanges,
    origin?: RequestOrigin,
  ): Promise<OrganizationDescription>;
  /** The old name goes on pulling, and nobody else can take it. A personal organization has its person's name: see
   * `renameUser`. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, NAME_INVALID, NAME_RESERVED, NAME_TAKEN */
  renameOrganization(
    viewer: Viewer,
    organization: string,
    to: string,
    origin?: RequestOrigin,
  ): Promise<OrganizationDescription>;
  /** Only without repositories. For 90 days nobody can take the name.
   * @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, ORGANIZATION_NOT_EMPTY */
  deleteOrganization(viewer: Viewer, organization: string, origin?: RequestOrigin): Promise<void>;
}
