import { AccountError, type RequestOrigin, type Viewer } from "@layerport/accounts";
import { type RepositoryName, splitRepositoryName, type Visibility } from "@layerport/registry-core";
import { cache } from "react";
import { rooms } from "./rooms.ts";
import { findViewer } from "./viewer.ts";

/** What the viewer may do with a repository's settings. */
export interface SettingsRights {
  /** Auditors see what they may not change. */
  readonly maySee: boolean;
  readonly mayRename: boolean;
  /** Owners alone decide who sees the repositories of their organization. */
  readonly maySetVisibility: boolean;
  /** Whether the viewer may be told what others may do. */
  readonly mayReadRights: boolean;
}

const noRights: SettingsRights = { maySee: false, mayRename: false, maySetVisibility: false, mayReadRights: false };

/** What this request's viewer may do with a repository's settings: what a page asks before it offers it. */
export const settingsRights = cache(async (repository: RepositoryName): Promise<SettingsRights> => {
  const viewer = await findViewer();
  if (!viewer) return noRights;
  const { accounts } = rooms();
  const { organization } = splitRepositoryName(repository);
  const [mayRename, maySetVisibility, mayReadRights] = await Promise.all([
    accounts.rightsOf(viewer.identity).may(repository, "administer"),
    accounts.mayInOrganization(viewer, organization, "set-visibility"),
    accounts.mayInOrganization(viewer, organization, "read-rights"),
  ]);
  return { maySee: mayRename || mayReadRights, mayRename, maySetVisibility, mayReadRights };
});

/** Who changes a repository, and where from. */
export interface RepositoryChanger {
  readonly viewer: Viewer;
  readonly repository: RepositoryName;
  readonly origin: RequestOrigin;
}

/** Renames a repository for whoever administers it.
 * @throws NOT_ALLOWED, and what `renameRepository` of the store says */
export async function renameAs({ viewer, repository, origin }: RepositoryChanger, to: RepositoryName): Promise<void> {
  const { accounts, store } = rooms();
  const isAllowed = await accounts.rightsOf(viewer.identity).may(repository, "administer");
  if (!isAllowed) throw new AccountError("NOT_ALLOWED");
  await store.renameRepository(repository, to, accounts.actorOf(viewer.identity, origin));
}

/** Makes a repository public or private for an owner of its organization.
 * @throws NOT_ALLOWED, and what `setVisibility` of the store says */
export async function setVisibilityAs(
  { viewer, repository, origin }: RepositoryChanger,
  visibility: Visibility,
): Promise<void> {
  const { accounts, store } = rooms();
  const { organization } = splitRepositoryName(repository);
  const isAllowed = await accounts.mayInOrganization(viewer, organization, "set-visibility");
  if (!isAllowed) throw new AccountError("NOT_ALLOWED");
  await store.setVisibility(repository, visibility, accounts.actorOf(viewer.identity, origin));
}
