import type { Viewer } from "@layerport/accounts";
import { notFound } from "next/navigation";
import { findViewer } from "./viewer.ts";

/** The administrator or auditor who looks at this page. For everybody else there is no such page. */
export async function requireOverseer(): Promise<Viewer> {
  const viewer = await findViewer();
  return viewer?.isAdministrator || viewer?.isAuditor ? viewer : notFound();
}

/** The administrator who looks at this page. For everybody else there is no such page. */
export async function requireAdministrator(): Promise<Viewer> {
  const viewer = await findViewer();
  return viewer?.isAdministrator ? viewer : notFound();
}
