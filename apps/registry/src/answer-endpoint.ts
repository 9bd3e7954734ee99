import type { IncomingMessage, ServerResponse } from "node:http";
import { type Guarded, guard, type Registry, requirePermissions } from "@layerport/registry-core";
import type { Gatehouse, Principal } from "./authenticate.ts";
import { isCheaplyRead } from "./body.ts";
import type { Endpoint } from "./endpoint.ts";
import { getBase } from "./handlers/base.ts";
import { deleteBlob, getBlob } from "./handlers/blob.ts";
import { listRepositories } from "./handlers/catalog.ts";
import { deleteManifest, getManifest, putManifest } from "./handlers/manifest.ts";
import { listReferrers } from "./handlers/referrers.ts";
import { listTags } from "./handlers/tags.ts";
import {
  appendChunk,
  cancelUpload,
  completeUpload,
  getUpload,
  mountBlob,
  putBlob,
  startUpload,
} from "./handlers/upload.ts";
import type { Reply } from "./reply.ts";

/** For whom, and by which request, an endpoint is asked. */
export interface Asking {
  readonly gatehouse: Gatehouse;
  readonly principal: Principal;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Hands an endpoint to its handler, with the registry as this caller may use it. */
export async function answerEndpoint(registry: Registry, endpoint: Endpoint, asking: Asking): Promise<Reply> {
  const { gatehouse, principal, request } = asking;
  const rights: Guarded = gatehouse.rightsOf(principal.identity);
  const guarded = guard(registry, rights);
  switch (endpoint.id) {
    case "end-1":
      return getBase(gatehouse, principal);
    case "end-2":
      return getBlob(guarded, endpoint, request);
    case "end-3":
      return getManifest(guarded, endpoint, request);
    case "end-4a":
    case "end-4c":
      return startUpload(guarded, endpoint);
    case "end-4b":
      return putBlob(guarded, endpoint, asking);
    case "end-5":
      return appendChunk(guarded, endpoint, asking);
    case "end-6":
      return completeUpload(guarded, endpoint, asking);
    case "end-7a":
    case "end-7b":
      // The guard asks after the body was read, since it is handed over whole: too late for a long one.
      if (!isCheaplyRead(request)) await requirePermissions(rights, endpoint.repository, ["pull", "push"]);
      return putManifest(guarded, endpoint, asking);
    case "end-8a":
    case "end-8b":
      return listTags(guarded, endpoint);
    case "end-9":
      return deleteManifest(guarded, endpoint);
    case "end-10":
      return deleteBlob(guarded, endpoint);
    case "end-11":
      return mountBlob(guarded, endpoint);
    case "end-12a":
    case "end-12b":
      return listReferrers(guarded, endpoint);
    case "end-13":
      return getUpload(guarded, endpoint);
    case "end-14":
      return cancelUpload(guarded, endpoint);
    case "catalog":
      return listRepositories(guarded, endpoint);
  }
}
