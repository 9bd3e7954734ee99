import type { Permission, Role, Visibility } from "@layerport/registry-core";
import type { Viewer } from "./accounts.ts";
import type { GrantPrincipal, NewGrant } from "./grant.ts";

/** A change that is not made yet. */
export type AccessChange =
  | { readonly kind: "default-role"; readonly role: Role | undefined }
  /** `role` absent stands for the default role; for whoever is no member yet, an addition. */
  | { readonly kind: "member-role"; readonly user: string; readonly role: Role | undefined }
  | { readonly kind: "member-removed"; readonly user: string }
  | { readonly kind: "team-member-added"; readonly team: string; readonly user: string }
  | { readonly kind: "team-member-removed"; readonly team: string; readonly user: string }
  | { readonly kind: "team-deleted"; readonly team: string }
  | { readonly kind: "grant-created"; readonly grant: NewGrant }
  | { readonly kind: "grant-changed"; readonly id: string; readonly permissions: readonly Permission[] }
  | { readonly kind: "grant-removed"; readonly id: string }
  | { readonly kind: "visibility"; readonly repository: string; readonly visibility: Visibility };

/** The same permissions, gained or lost in the same places by the same people. */
export interface AccessDifference {
  /** The first 20 by name; `everybody` stands for all who are not members. */
  readonly principals: readonly (Omit<GrantPrincipal, "kind"> & {
    readonly kind: GrantPrincipal["kind"] | "everybody";
  })[];
  readonly principalCount: number;
  readonly permissions: readonly Permission[];
  /** The pattern or name of the repositories, `acme/web-*`. */
  readonly pattern: string;
  /** The first 20 repositories that exist now and in which the permissions really differ. */
  readonly repositories: readonly string[];
  readonly repositoryCount: number;
}

/** Who would gain what, and who would lose what. Rights that one has in another way besides are left out. */
export interface AccessPreview {
  readonly gains: readonly AccessDifference[];
  readonly losses: readonly AccessDifference[];
  /** "Nobody gains or loses anything." or who does, in short. */
  readonly sentence: string;
}

/** Tells of a change before it is saved. */
export interface Previews {
  /** For those who may make the change. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, and what making the change says of
   * names, patterns and permissions */
  previewChange(viewer: Viewer, organization: string, change: AccessChange): Promise<AccessPreview>;
}
