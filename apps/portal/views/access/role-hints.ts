import type { Role } from "@layerport/registry-core";

/** What each role may do, as far as a line says it. */
export const roleHints: Readonly<Record<Role | "default" | "none", string>> = {
  default: "What every member of the organization may do.",
  none: "Members may do only what is granted to them or to their teams.",
  reader: "Pulls from every repository.",
  writer: "Also pushes, creates repositories and moves tags.",
  maintainer: "Also deletes, changes the settings of repositories and sees robots.",
  owner: "Also changes members, teams, robots, grants and the organization itself.",
};
