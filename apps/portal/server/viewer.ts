import type { Identity, Viewer } from "@layerport/accounts";
import { type Catalog, guardCatalog, RegistryError, systemActor } from "@layerport/registry-core";
import { openCatalog } from "@layerport/registry-store";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { getServerSession } from "next-auth";
import { cache } from "react";
import { requestOrigin } from "./request-origin.ts";
import { rooms } from "./rooms.ts";
import { sessionOptions } from "./session.ts";

/** Who looks at this page: read from the database once for each request, `undefined` for a stranger. */
export const findViewer = cache(async (): Promise<Viewer | undefined> => {
  const session: unknown = await getServerSession(sessionOptions());
  if (typeof session !== "object" || session === null || !("sessionId" in session)) return undefined;
  return typeof session.sessionId === "string" ? rooms().accounts.findViewer(session.sessionId) : undefined;
});

/** The person who looks at this page; a stranger is sent to sign in and comes back to `path`. */
export async function requireViewer(path: string): Promise<Viewer> {
  const viewer = await findViewer();
  return viewer ?? redirect(`/login?callbackUrl=${encodeURIComponent(path)}`);
}

/** Where the current request came from, for the records of what it changes. */
export async function currentOrigin() {
  return requestOrigin(await headers());
}

/** The path and query of this page, as the visitor sees it. */
export async function currentPath(): Promise<string> {
  return (await headers()).get("x-layerport-path") ?? "/";
}

/** For whom the catalog of this request is made. */
export async function currentIdentity(): Promise<Identity> {
  return (await findViewer())?.identity ?? rooms().accounts.anonymous;
}

/** What people browse, as this request's viewer may see it. */
export const catalogForViewer = cache(async (): Promise<Catalog> => {
  const { accounts, database, store } = rooms();
  const identity = await currentIdentity();
  const scope = await accounts.readScope(identity);
  const catalog = openCatalog(database, store.registryFor(systemActor), scope);
  return guardCatalog(catalog, accounts.rightsOf(identity).may);
});

/** Awaits what a page asks of the catalog; what is unknown, or hidden from the viewer, becomes the page 404. */
export async function orNotFound<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (RegistryError.is(error) && (error.code.endsWith("_UNKNOWN") || error.code.endsWith("_INVALID"))) notFound();
    throw error;
  }
}
