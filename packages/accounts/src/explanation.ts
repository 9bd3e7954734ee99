import type { Permission, Role } from "@layerport/registry-core";
import type { Viewer } from "./accounts.ts";

/** Whose access is asked for; robots by their login name, `acme+ci`. */
export type AccessSubject =
  | { readonly kind: "user"; readonly name: string; readonly accessTokenId?: string | undefined }
  | { readonly kind: "robot"; readonly name: string }
  | { readonly kind: "anonymous" };

/** One way by which somebody has a right. */
export type AccessPath =
  | { readonly kind: "administrator" }
  | { readonly kind: "auditor" }
  | { readonly kind: "role"; readonly role: Role; readonly organization: string }
  | { readonly kind: "default-role"; readonly role: Role; readonly organization: string }
  | {
      readonly kind: "grant";
      readonly id: string;
      readonly pattern: string;
      /** The team through which it is held; absent for a grant of one's own. */
      readonly team: string | undefined;
      /** The former name of the repository that the pattern covers, where it does not cover the present one. */
      readonly formerName: string | undefined;
    }
  | { readonly kind: "public" };

/** Why a right that somebody would have does not hold. */
export type AccessBlock =
  | { readonly kind: "suspended" }
  | { readonly kind: "expired" }
  | { readonly kind: "token"; readonly token: string; readonly reason: "ended" | "permissions" | "patterns" }
  | { readonly kind: "anonymous-pull-off" };

/** Whether one permission is held, and why. */
export interface PermissionExplanation {
  readonly permission: Permission;
  readonly isAllowed: boolean;
  /** Every way that leads to it, whether or not something blocks it. */
  readonly paths: readonly AccessPath[];
  readonly blocks: readonly AccessBlock[];
  /** One sentence with a full stop. */
  readonly sentence: string;
}

/** What somebody may do in a repository, and why. */
export interface AccessExplanation {
  readonly subject: AccessSubject;
  readonly repository: string;
  readonly permissions: readonly PermissionExplanation[];
  /** The whole answer in one or two sentences. */
  readonly sentence: string;
}

/** Explains rights with the same rules that decide them. */
export interface Explanations {
  /** For owners and maintainers of the repository's organization, administrators and auditors, and for members who ask
   * about themselves. @throws ORGANIZATION_UNKNOWN, NOT_ALLOWED, NAME_INVALID, PRINCIPAL_UNKNOWN, TOKEN_UNKNOWN */
  explainAccess(viewer: Viewer, subject: AccessSubject, repository: string): Promise<AccessExplanation>;
}
