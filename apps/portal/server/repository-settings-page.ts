import type { Viewer } from "@layerport/accounts";
import type { RepositoryDescription, RepositoryName } from "@layerport/registry-core";
import { forbidden, redirect } from "next/navigation";
import { settingsPath } from "./repository-path.ts";
import { type SettingsRights, settingsRights } from "./repository-rights.ts";
import { catalogForViewer, orNotFound, requireViewer } from "./viewer.ts";

/** A repository whose settings are shown, to whom, and what they may change. */
export interface RepositorySettingsPage {
  readonly viewer: Viewer;
  readonly repository: RepositoryDescription;
  readonly rights: SettingsRights;
}

/**
 * The repository of a page of settings. Strangers sign in first; absent and not visible are one page 404; whoever may
 * pull and no more gets the page 403; a former name leads on to the present one.
 */
export async function repositorySettingsPage(name: RepositoryName, part?: "access"): Promise<RepositorySettingsPage> {
  const viewer = await requireViewer(settingsPath(name, part));
  const catalog = await catalogForViewer();
  const repository = await orNotFound(catalog.describeRepository(name));
  if (repository.name !== name) redirect(settingsPath(repository.name, part));
  const rights = await settingsRights(name);
  if (!rights.maySee) forbidden();
  return { viewer, repository, rights };
}
